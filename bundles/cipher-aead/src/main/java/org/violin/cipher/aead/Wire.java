// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The messages of the key exchange, as the README lays them out. Network byte order. Any thread. */
final class Wire {
    static final int VERSION = 1;
    static final int INITIATION = 1;
    static final int RESPONSE = 2;
    static final int COOKIE = 3;
    static final int CONFIRM = 4;

    /** Type, version, suite of the handshake, 0, index. */
    static final int HEADER = 8;
    static final int MAC = 16;
    static final int SALT = 24;
    static final int RESPONSE_PAYLOAD = 16;
    static final int RESPONSE_LENGTH = HEADER + Curve.KEY + RESPONSE_PAYLOAD + Suite.TAG + MAC;
    static final int COOKIE_LENGTH = HEADER + SALT + MAC + Suite.TAG;
    static final int CONFIRM_LENGTH = HEADER + Long.BYTES + Suite.TAG;
    static final int LEAST_INITIATION = HEADER + NoiseIk.BEFORE_PAYLOAD + Suite.TAG + 2 * MAC;
    static final int LONGEST = 1024;
    private static final byte[] PROLOGUE = "VIOLIN cipher-aead 1".getBytes(StandardCharsets.US_ASCII);
    private static final int FIXED = Timestamps.LENGTH + Long.BYTES + Short.BYTES + 1;
    private static final int PAD = 16;
    private static final int MOST_SUITES = 8;

    private Wire() {}

    /** What an initiation says under its keys. Strings of at most 255 bytes each. */
    record Offer(byte[] timestamp, long epoch, int channel, List<Suite> suites, String initiator, String responder, String violin) {}

    static byte[] header(int type, Suite suite, int index) {
        return ByteBuffer.allocate(HEADER).put((byte) type).put((byte) VERSION).put((byte) (suite == null ? 0 : suite.number)).putInt(4, index).array();
    }

    /** What both sides hash before the first message. */
    static byte[] prologue(byte[] initiation) {
        return ByteBuffer.allocate(PROLOGUE.length + HEADER).put(PROLOGUE).put(initiation, 0, HEADER).array();
    }

    static int index(byte[] message) {
        return ByteBuffer.wrap(message).getInt(4);
    }

    static byte[] write(Offer offer) {
        byte[][] names = {utf(offer.initiator), utf(offer.responder), utf(offer.violin)};
        int length = FIXED + offer.suites.size();
        for (byte[] name : names) length += 1 + name.length;
        ByteBuffer out = ByteBuffer.allocate((length + PAD - 1) / PAD * PAD);
        out.put(offer.timestamp).putLong(offer.epoch).putShort((short) offer.channel).put((byte) offer.suites.size());
        for (Suite suite : offer.suites) out.put((byte) suite.number);
        for (byte[] name : names) out.put((byte) name.length).put(name);
        return out.array();
    }

    private static byte[] utf(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 255) throw new IllegalArgumentException("name of " + bytes.length + " bytes, longer than 255");
        return bytes;
    }

    /** Null: not one. Suites that are not known here are left out. */
    static Offer read(byte[] payload) {
        ByteBuffer in = ByteBuffer.wrap(payload);
        if (in.remaining() < FIXED) return null;
        byte[] timestamp = new byte[Timestamps.LENGTH];
        in.get(timestamp);
        long epoch = in.getLong();
        int channel = in.getShort() & 0xFFFF;
        int count = in.get() & 0xFF;
        if (count > MOST_SUITES || in.remaining() < count) return null;
        List<Suite> suites = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Suite suite = Suite.of(in.get() & 0xFF);
            if (suite != null && !suites.contains(suite)) suites.add(suite);
        }
        String[] names = new String[3];
        for (int i = 0; i < names.length; i++) {
            if (!in.hasRemaining()) return null;
            int length = in.get() & 0xFF;
            if (in.remaining() < length) return null;
            names[i] = new String(payload, in.position(), length, StandardCharsets.UTF_8);
            in.position(in.position() + length);
        }
        return new Offer(timestamp, epoch, channel, suites, names[0], names[1], names[2]);
    }

    /** The sender's epoch and index, and the suite that was chosen. */
    static byte[] answer(long epoch, int index, Suite suite) {
        return ByteBuffer.allocate(RESPONSE_PAYLOAD).putLong(epoch).putInt(index).put((byte) suite.number).array();
    }

    /** mac1: its sender knows this public key. */
    static byte[] mac1(byte[] receiver, byte[] message) {
        return java.util.Arrays.copyOf(Hashes.hmac(Hashes.labelled("mac1----", receiver), message), MAC);
    }

    /** The key under which a cookie goes to who knows this public key. */
    static byte[] cookieKey(byte[] sender, byte[] salt) {
        return Hashes.hmac(Hashes.labelled("cookie--", sender), salt);
    }

    static byte[] join(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) length += part.length;
        ByteBuffer all = ByteBuffer.allocate(length);
        for (byte[] part : parts) all.put(part);
        return all.array();
    }
}
