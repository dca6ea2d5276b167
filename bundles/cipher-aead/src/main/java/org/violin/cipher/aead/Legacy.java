// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.violin.api.dataplane.HandOver;

/**
 * Sessions that one cipher leaves to the next: {@link HandOver} of kind {@code aead-sessions}, version 1. Holds keys. Nobody who is not in
 * this process ever sees it; times are of its clock.
 */
final class Legacy {
    static final String KIND = "aead-sessions";
    static final int VERSION = 1;
    private static final int MOST_SESSIONS = 3;
    private static final int FIXED = 128;

    /** What was left of one peer. */
    record Estate(String target, long epoch, byte[] remoteKey, byte[] sessions, int count) {
        void wipe() {
            Arrays.fill(sessions, (byte) 0);
        }
    }

    /** By peer id; guarded by the cipher that opens. */
    final Map<String, Estate> estates = new HashMap<>();

    private Legacy() {}

    /** Closes all sessions into a record; null: there are none. */
    static HandOver write(Map<String, Association> associations, Timestamps timestamps) {
        int most = Integer.BYTES;
        for (Map.Entry<String, Association> one : associations.entrySet()) {
            most += FIXED + 3 * (one.getKey().length() + one.getValue().target().length()) + MOST_SESSIONS * session();
        }
        ByteBuffer out = ByteBuffer.allocate(most);
        out.putInt(0);
        int count = 0;
        for (Map.Entry<String, Association> one : associations.entrySet()) {
            int start = out.position();
            text(out, one.getKey());
            text(out, one.getValue().target());
            byte[] greatest = timestamps.greatest(one.getValue().target());
            out.put(greatest == null ? new byte[Timestamps.LENGTH] : greatest);
            if (one.getValue().release(out)) count++;
            else out.position(start);
        }
        out.putInt(0, count);
        byte[] data = Arrays.copyOf(out.array(), out.position());
        Arrays.fill(out.array(), (byte) 0);
        return count == 0 ? null : new HandOver(KIND, VERSION, data);
    }

    /** Reads what was left and wipes it. What is of another kind or version, or broken, is nothing. */
    static Legacy read(HandOver left, Timestamps timestamps) {
        Legacy legacy = new Legacy();
        if (left == null || !left.kind().equals(KIND) || left.version() != VERSION) return legacy;
        try {
            ByteBuffer in = ByteBuffer.wrap(left.data());
            for (int count = in.getInt(); count > 0; count--) {
                String id = text(in);
                String target = text(in);
                timestamps.accept(target, bytes(in, Timestamps.LENGTH));
                long epoch = in.getLong();
                byte[] remoteKey = bytes(in, Curve.KEY);
                int sessions = in.get();
                if (sessions < 0 || sessions > MOST_SESSIONS) throw new IllegalArgumentException("sessions");
                legacy.estates.put(id, new Estate(target, epoch, remoteKey, bytes(in, sessions * session()), sessions));
            }
        } catch (RuntimeException e) { // truncated, or no record of ours: begin anew
            legacy.wipe();
        }
        Arrays.fill(left.data(), (byte) 0);
        return legacy;
    }

    void wipe() {
        for (Estate estate : estates.values()) estate.wipe();
        estates.clear();
    }

    /** Bytes of one session. */
    static int session() {
        return 32 + SendKey.SIZE + ReceiveKey.SIZE;
    }

    /** Closes a session into the record. @param slot what it was for: 0 current, 1 previous, 2 next */
    static boolean write(ByteBuffer out, Session session, int slot) {
        if (session == null) return false;
        int start = out.position();
        out.putInt(session.index).putInt(session.remoteIndex);
        out.put((byte) slot).put((byte) (session.initiator ? 1 : 0)).put((byte) session.suite.number).put((byte) (session.heard ? 1 : 0)).putInt(0);
        out.putLong(session.createdNanos).putLong(session.peerEpoch);
        boolean whole = session.send.write(out);
        whole &= session.receive.write(out);
        if (!whole) out.position(start);
        return whole;
    }

    /** A session's slot in the record that begins here. */
    static int slot(ByteBuffer in) {
        return in.get(in.position() + 8);
    }

    /** Goes on with a session. */
    static Session read(ByteBuffer in, Engines engines) {
        int index = in.getInt();
        int remoteIndex = in.getInt();
        in.get();
        boolean initiator = in.get() == 1;
        Suite suite = Suite.of(in.get());
        boolean heard = in.get() == 1;
        in.getInt();
        long createdNanos = in.getLong();
        long peerEpoch = in.getLong();
        byte[] sending = bytes(in, Suite.KEY);
        SendKey send = new SendKey(engines.key(suite, true, sending), sending);
        send.read(in);
        byte[] receiving = bytes(in, Suite.KEY);
        ReceiveKey receive = new ReceiveKey(engines.key(suite, false, receiving), receiving);
        receive.read(in);
        Session session = new Session(index, remoteIndex, initiator, suite, createdNanos, peerEpoch, send, receive);
        session.heard = heard;
        return session;
    }

    private static byte[] bytes(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static void text(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.putShort((short) bytes.length).put(bytes);
    }

    private static String text(ByteBuffer in) {
        return new String(bytes(in, in.getShort() & 0xFFFF), StandardCharsets.UTF_8);
    }
}
