// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.nio.ByteBuffer;

/**
 * The payload of a control datagram: one of stream 0, which never carries records. A probe asks "did this size arrive", the answer says
 * so; both carry what their sender has heard of the other's data. Network byte order, absolute access, nothing allocates or throws once
 * {@link #check} said {@link #OK}.
 *
 * <pre>
 *   0 kind u8 | 1 reserved u8 | 2 size u16 | 4 token u64 | 12 stream u16 | 14 reserved u16 | 16 accepted u32 | 20 next u64 | 28 late u32
 * </pre>
 *
 * Growth: reserved bytes are sent as 0 and not looked at, bytes behind {@link #BYTES} are ignored (a probe's padding lies there), a kind
 * that is not known is dropped. Called by: the event loop of a tunnel, a few times a second for each peer.
 */
final class ControlMessage {
    /** Padded to its size; wants an {@link #ANSWER}. */
    static final int PROBE = 1;
    /** Echoes a probe's size and token; never padded, so it fits wherever the base size does. */
    static final int ANSWER = 2;
    /** Length of a message without padding. */
    static final int BYTES = 32;
    /** The stream number that control datagrams have in their clear header. */
    static final int STREAM = 0;

    /** {@link #check} results. */
    static final int OK = 0;

    static final int TOO_SHORT = 1;
    static final int UNKNOWN_KIND = 2;

    private ControlMessage() {}

    /**
     * Writes kind, size and token; {@link #writeReport} writes the rest.
     *
     * @param size UDP payload bytes of the probe's whole datagram, header and what the cipher adds included; in an answer those of the
     *     probe answered
     * @param token in a probe the sender's nanoTime; in an answer that of the probe
     */
    static void write(ByteBuffer slab, int at, int kind, int size, long token) {
        slab.putInt(at, kind << 24 | size & 0xFFFF);
        slab.putLong(at + 4, token);
    }

    /**
     * Writes the receive report.
     *
     * @param stream the peer's data stream heard, 0 if none yet
     * @param accepted data datagrams of that stream accepted, each once; taken modulo 2^32
     * @param next highest sequence accepted + 1
     * @param late those that came out of order; taken modulo 2^32
     */
    static void writeReport(ByteBuffer slab, int at, int stream, long accepted, long next, long late) {
        slab.putInt(at + 12, stream << 16);
        slab.putInt(at + 16, (int) accepted);
        slab.putLong(at + 20, next);
        slab.putInt(at + 28, (int) late);
    }

    /** Fills a probe with zeros: from behind the message to {@code at + length}, both of the payload before it is sealed. */
    static void pad(ByteBuffer slab, int at, int length) {
        int i = at + BYTES;
        int end = at + length;
        for (; i + 8 <= end; i += 8) slab.putLong(i, 0);
        for (; i < end; i++) slab.put(i, (byte) 0);
    }

    /** Whether an opened payload of this length can be read: {@link #OK}, {@link #TOO_SHORT} or {@link #UNKNOWN_KIND}. */
    static int check(ByteBuffer slab, int at, int length) {
        if (length < BYTES) return TOO_SHORT;
        int kind = kind(slab, at);
        return kind == PROBE || kind == ANSWER ? OK : UNKNOWN_KIND;
    }

    static int kind(ByteBuffer slab, int at) {
        return slab.get(at) & 0xFF;
    }

    static int size(ByteBuffer slab, int at) {
        return slab.getShort(at + 2) & 0xFFFF;
    }

    static long token(ByteBuffer slab, int at) {
        return slab.getLong(at + 4);
    }

    static int stream(ByteBuffer slab, int at) {
        return slab.getShort(at + 12) & 0xFFFF;
    }

    /** 0 to 2^32 - 1. */
    static long accepted(ByteBuffer slab, int at) {
        return slab.getInt(at + 16) & 0xFFFF_FFFFL;
    }

    /** As it came: whoever uses it takes care of values above 2^48. */
    static long next(ByteBuffer slab, int at) {
        return slab.getLong(at + 20);
    }

    /** 0 to 2^32 - 1. */
    static long late(ByteBuffer slab, int at) {
        return slab.getInt(at + 28) & 0xFFFF_FFFFL;
    }
}
