// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.TunnelCipher;

/** The cipher of one tunnel: sorts messages on the tunnel's thread, and leaves what is dear to the worker. */
final class AeadCipher implements TunnelCipher {
    private static final long LEGACY_NANOS = 30_000_000_000L;

    private final Common common;
    private final Executor worker;
    private final Exchange exchange;
    private final Map<String, Association> byId = new ConcurrentHashMap<>();
    private final Map<String, Association> byTarget = new ConcurrentHashMap<>();
    private final byte[] message = new byte[Wire.LONGEST];
    private final AutoCloseable listening;
    private volatile byte[] ownKey;
    private volatile Doorman doorman;
    private volatile boolean closed;
    /** Guarded by itself. */
    private final Legacy legacy;
    private long legacyNanos;

    /**
     * @param worker one thread, with a bounded queue: rejects what it has no room for
     * @param before of whatever kind; null: nothing
     */
    AeadCipher(Common common, Executor worker, HandOver before) {
        legacy = Legacy.read(before, common.timestamps);
        this.common = common;
        this.worker = worker;
        exchange = new Exchange(common, byTarget);
        own();
        listening = common.identity.listen(this::identityChanged);
    }

    private void own() {
        ownKey = common.identity.tunnelKey();
        doorman = new Doorman(ownKey, common.options.initiationsPerSecond(), common.random);
    }

    private void identityChanged() {
        if (!Arrays.equals(ownKey, common.identity.tunnelKey())) own();
        for (Association association : byId.values()) association.recheck();
        common.outbox.drain();
    }

    @Override
    public int overhead() {
        return Suite.TAG;
    }

    @Override
    public FrameCipher peer(Peer peer, long epoch) {
        Association association = byId.compute(peer.id(), (id, known) -> {
            String target = Association.target(peer.host(), peer.violin(), peer.channel());
            if (known != null && known.target().equals(target)) {
                known.update(peer, epoch);
                return known;
            }
            if (known != null) end(known);
            Association fresh = new Association(common, target, peer, epoch);
            inherit(fresh, epoch);
            byTarget.put(target, fresh);
            return fresh;
        });
        if (closed) association.close();
        common.outbox.drain();
        return association;
    }

    private void inherit(Association fresh, long epoch) {
        Legacy.Estate estate;
        synchronized (legacy) {
            estate = legacy.estates.remove(fresh.peer().id());
        }
        if (estate == null) return;
        boolean believed = common.identity.tunnelKey(fresh.peer().host()).filter(key -> Arrays.equals(key, estate.remoteKey())).isPresent();
        if (believed && estate.target().equals(fresh.target()) && estate.epoch() == epoch) fresh.adopt(estate);
        else discard(estate);
    }

    private void discard(Legacy.Estate estate) {
        for (int i = 0; i < estate.count(); i++) {
            int index = ByteBuffer.wrap(estate.sessions()).getInt(i * Legacy.session());
            common.outbox.add(() -> common.link.withdraw(index));
        }
        estate.wipe();
    }

    /** What nobody asked for in time. */
    private void discardUnclaimed(long nowNanos) {
        synchronized (legacy) {
            if (legacy.estates.isEmpty()) return;
            if (legacyNanos == 0) legacyNanos = nowNanos;
            if (nowNanos - legacyNanos < LEGACY_NANOS) return;
            legacy.estates.values().forEach(this::discard);
            legacy.estates.clear();
        }
    }

    @Override
    public void forget(String peerId) {
        byId.computeIfPresent(peerId, (id, known) -> {
            end(known);
            return null;
        });
        common.outbox.drain();
    }

    private void end(Association association) {
        byTarget.remove(association.target(), association);
        association.close();
    }

    @Override
    public void exchange(InetSocketAddress from, ByteBuffer slab, int offset, int length, long nowNanos) {
        if (length < Wire.HEADER || length > Wire.LONGEST || slab.get(offset + 1) != Wire.VERSION || slab.get(offset + 3) != 0) {
            common.counters.count(Event.MALFORMED);
            return;
        }
        int type = slab.get(offset);
        if (type == Wire.INITIATION && length >= Wire.LEAST_INITIATION) initiation(from, copy(slab, offset, length), length, nowNanos);
        else if (type == Wire.RESPONSE && length == Wire.RESPONSE_LENGTH) answer(from, slab, offset, length, nowNanos);
        else if (type == Wire.COOKIE && length == Wire.COOKIE_LENGTH) cookie(slab, offset, length, nowNanos);
        else if (type == Wire.CONFIRM && length == Wire.CONFIRM_LENGTH) confirm(from, slab, offset, nowNanos);
        else common.counters.count(Event.MALFORMED);
    }

    private byte[] copy(ByteBuffer slab, int offset, int length) {
        slab.get(offset, message, 0, length);
        return message;
    }

    private void initiation(InetSocketAddress from, byte[] bytes, int length, long nowNanos) {
        Doorman door = doorman;
        if (!door.knowsUs(bytes, length - 2 * Wire.MAC)) {
            common.counters.count(Event.BAD_MAC);
            return;
        }
        switch (door.admit(from, bytes, length, nowNanos)) {
            case ADMIT -> {
                byte[] kept = Arrays.copyOf(bytes, length);
                work(() -> exchange.initiation(from, kept, nowNanos));
            }
            case COOKIE -> {
                byte[] reply = door.reply(from, bytes, length);
                ByteBuffer out = ByteBuffer.allocateDirect(reply.length).put(reply);
                common.counters.count(Event.COOKIES_SENT);
                common.outbox.add(() -> common.link.send(from, out, 0, reply.length));
                common.outbox.drain();
            }
            default -> common.counters.count(Event.OVERLOAD);
        }
    }

    private boolean unknown(ByteBuffer slab, int offset) {
        if (common.indices.containsKey(slab.getInt(offset + 4))) return false;
        common.counters.count(Event.UNKNOWN_INDEX);
        return true;
    }

    private void answer(InetSocketAddress from, ByteBuffer slab, int offset, int length, long nowNanos) {
        if (unknown(slab, offset)) return;
        if (!doorman.knowsUs(copy(slab, offset, length), length - Wire.MAC)) {
            common.counters.count(Event.BAD_MAC);
            return;
        }
        byte[] kept = Arrays.copyOf(message, length);
        work(() -> exchange.response(from, kept, nowNanos));
    }

    private void cookie(ByteBuffer slab, int offset, int length, long nowNanos) {
        if (unknown(slab, offset)) return;
        byte[] kept = Arrays.copyOf(copy(slab, offset, length), length);
        work(() -> exchange.cookie(kept, nowNanos));
    }

    private void confirm(InetSocketAddress from, ByteBuffer slab, int offset, long nowNanos) {
        int index = slab.getInt(offset + 4);
        Association association = common.indices.get(index);
        if (association == null) {
            common.counters.count(Event.UNKNOWN_INDEX);
            return;
        }
        association.confirmed(from, slab, offset, nowNanos);
    }

    private void work(Runnable task) {
        if (closed) return;
        try {
            worker.execute(task);
        } catch (RejectedExecutionException e) {
            common.counters.count(Event.OVERLOAD);
        }
    }

    @Override
    public void tick(long nowNanos) {
        discardUnclaimed(nowNanos);
        for (Association association : byId.values()) {
            if (association.tick(nowNanos)) work(() -> exchange.initiate(association, nowNanos));
        }
        common.outbox.drain();
    }

    @Override
    public Map<String, Long> counters() {
        return common.counters.all();
    }

    @Override
    public HandOver release() {
        closed = true;
        try {
            listening.close();
        } catch (Exception e) {
            common.counters.count(Event.TUNNEL_FAILED);
        }
        HandOver left = Legacy.write(new TreeMap<>(byId), common.timestamps);
        byId.clear();
        byTarget.clear();
        synchronized (legacy) {
            legacy.estates.values().forEach(this::discard);
            legacy.estates.clear();
        }
        common.outbox.drain();
        return left;
    }
}
