// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The dear part of the key exchange: all Diffie-Hellman. One thread, the worker, which is not the tunnel's. */
final class Exchange {
    private final Common common;
    /** By {@link Association#target}. */
    private final Map<String, Association> targets;

    Exchange(Common common, Map<String, Association> targets) {
        this.common = common;
        this.targets = targets;
    }

    /** Begins, or begins again, as initiator. */
    void initiate(Association association, long nowNanos) {
        var peer = association.peer();
        Optional<byte[]> key = common.identity.tunnelKey(peer.host());
        List<Suite> suites = common.engines().suites();
        if (key.isEmpty() || suites.isEmpty()) return;
        int index = common.index(association);
        Suite suite = suites.get(0);
        byte[] header = Wire.header(Wire.INITIATION, suite, index);
        NoiseIk noise = NoiseIk.initiator(suite, Wire.prologue(header), common.identity, Curve.generate(), key.get());
        long epoch = association.ownEpoch();
        byte[] payload = Wire.write(new Wire.Offer(
                common.timestamps.next(), epoch, peer.channel(), suites, common.host, peer.host(), peer.violin()));
        byte[] body = noise.initiation(payload);
        if (body == null) {
            common.indices.remove(index);
            return;
        }
        byte[] covered = Wire.join(header, body);
        byte[] mac1 = Wire.mac1(key.get(), covered);
        covered = Wire.join(covered, mac1);
        byte[] message = Wire.join(covered, association.mac2(covered, nowNanos));
        boolean first = association.first();
        if (!association.begin(new Pending(noise, index, suite, key.get(), mac1, suites, epoch, nowNanos, first))) return;
        common.counters.count(Event.INITIATIONS_SENT);
        ByteBuffer slab = ByteBuffer.allocateDirect(message.length).put(message);
        common.outbox.add(() -> common.link.send(peer.address(), slab, 0, message.length));
        common.outbox.drain();
    }

    /** An initiation came, whose mac1 is good. */
    void initiation(InetSocketAddress from, byte[] message, long nowNanos) {
        Event refusal = respond(from, message, nowNanos);
        if (refusal != null) common.counters.count(refusal);
    }

    private Event respond(InetSocketAddress from, byte[] message, long nowNanos) {
        Suite suite = Suite.of(message[2] & 0xFF);
        if (suite == null) return Event.MALFORMED;
        byte[] body = Arrays.copyOfRange(message, Wire.HEADER, message.length - 2 * Wire.MAC);
        NoiseIk noise = NoiseIk.responder(suite, Wire.prologue(message), common.identity);
        try {
            byte[] key = noise.initiator(body);
            if (key == null) return Event.BAD_HANDSHAKE;
            Optional<String> host = common.identity.host(key);
            if (host.isEmpty()) return stranger(key);
            byte[] payload = noise.payload(body);
            if (payload == null) return Event.BAD_HANDSHAKE;
            Wire.Offer offer = Wire.read(payload);
            if (offer == null) return Event.MALFORMED;
            if (!offer.initiator().equals(host.get()) || !offer.responder().equals(common.host)) return Event.WRONG_PEER;
            Association association = targets.get(Association.target(host.get(), offer.violin(), offer.channel()));
            if (association == null) return Event.UNKNOWN_PEER;
            if (!common.timestamps.accept(association.target(), offer.timestamp())) return Event.REPLAYED_INITIATION;
            Suite chosen = common.engines().choose(offer.suites());
            if (chosen == null) return Event.NO_SUITE;
            if (association.insists(nowNanos)) return Event.TIES;
            answer(association, noise, suite, offer, chosen, key, from, message, nowNanos);
            return null;
        } finally {
            noise.wipe();
        }
    }

    private Event stranger(byte[] key) {
        for (Association association : targets.values()) if (association.knew(key)) return Event.EXPELLED;
        return Event.UNKNOWN_KEY;
    }

    private void answer(
            Association association, NoiseIk noise, Suite suite, Wire.Offer offer, Suite chosen, byte[] key, InetSocketAddress from, byte[] message, long nowNanos) {
        KeyPair ephemeral = Curve.generate();
        long epoch = association.ownEpoch();
        int index = common.index(association);
        byte[] body = noise.response(ephemeral, Wire.answer(epoch, index, chosen));
        if (body == null) {
            common.indices.remove(index);
            common.counters.count(Event.BAD_HANDSHAKE);
            return;
        }
        byte[] covered = Wire.join(Wire.header(Wire.RESPONSE, suite, Wire.index(message)), body);
        byte[] response = Wire.join(covered, Wire.mac1(key, covered));
        Session session = common.session(index, Wire.index(message), false, chosen, nowNanos, offer.epoch(), noise.split());
        if (association.offer(session, key, epoch, from, response)) return;
        common.indices.remove(index);
        session.close();
    }

    /** A response came, whose mac1 is good. */
    void response(InetSocketAddress from, byte[] message, long nowNanos) {
        Association association = common.indices.get(Wire.index(message));
        Pending pending = association == null ? null : association.answered(Wire.index(message));
        if (pending == null) {
            common.counters.count(Event.UNKNOWN_INDEX);
            return;
        }
        byte[] body = Arrays.copyOfRange(message, Wire.HEADER, message.length - Wire.MAC);
        byte[] payload = (message[2] & 0xFF) == pending.suite.number ? pending.noise.accept(body) : null;
        if (payload == null) {
            common.counters.count(Event.BAD_HANDSHAKE);
            return;
        }
        ByteBuffer in = ByteBuffer.wrap(payload);
        Suite chosen = Suite.of(in.get(12) & 0xFF);
        if (chosen == null || !pending.offered.contains(chosen)) {
            common.counters.count(Event.DOWNGRADE);
            return;
        }
        Session session = common.session(pending.index, in.getInt(8), true, chosen, nowNanos, in.getLong(0), pending.noise.split());
        if (!association.accept(pending, session, from, nowNanos)) session.close();
    }

    /** A cookie reply came. */
    void cookie(byte[] message, long nowNanos) {
        Association association = common.indices.get(Wire.index(message));
        Pending pending = association == null ? null : association.answered(Wire.index(message));
        if (pending == null) {
            common.counters.count(Event.UNKNOWN_INDEX);
            return;
        }
        byte[] salt = Arrays.copyOfRange(message, Wire.HEADER, Wire.HEADER + Wire.SALT);
        byte[] sealed = Arrays.copyOfRange(message, Wire.HEADER + Wire.SALT, message.length);
        try {
            association.cookie(Doorman.seal(false, Wire.cookieKey(pending.remoteKey, salt), pending.mac1, sealed), nowNanos);
            common.counters.count(Event.COOKIES_RECEIVED);
        } catch (GeneralSecurityException e) {
            common.counters.count(Event.BAD_HANDSHAKE);
        }
    }
}
