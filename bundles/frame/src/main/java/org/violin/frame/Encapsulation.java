// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/**
 * The bytes of a VIOLIN datagram, version 3. All numbers are in network byte order; only the offload header inside a record is
 * little-endian. The README of {@code tunnel-udp} draws it byte by byte.
 *
 * <pre>
 *   clear    'V' | 0x30 | channel u16 | incarnation u32 | stream u16 | sequence u48
 *   sealed   'V' | 0x31 (records) or 0x32 (control) | index u32 | sequence u48
 *   exchange 'V' | 0x33 | cipher u8 | the cipher's message
 *   payload  first u16 | slice of the record stream; of a sealed datagram it is sealed
 *   record   length u24 | vni u24 | offload header, Ethernet frame
 *   repair   0x800000 + length u24 | vni u24 | length of the record before this one u24 | that record's first bytes
 * </pre>
 *
 * Clear datagrams of stream 0 are for control: their payload is a message between the tunnels, and their sequence is one of its own.
 *
 * Called by: tunnels, for each datagram; nothing here allocates or throws on any input whose length was checked by {@link #type}.
 * Buffers must be big-endian, as every fresh ByteBuffer is.
 */
public final class Encapsulation {
    /** "V". */
    public static final int MAGIC = 0x56;

    /** The upper half of the second byte. */
    public static final int VERSION = 3;
    /** {@link #type}: a datagram that anybody can read. */
    public static final int CLEAR = 0x30;
    /** {@link #type}: records under seal. */
    public static final int SEALED = 0x31;
    /** {@link #type}: a control message under seal. */
    public static final int SEALED_CONTROL = 0x32;
    /** {@link #type}: a message by which ciphers agree on keys. */
    public static final int EXCHANGE = 0x33;
    /** Bytes in front of the payload of a clear datagram. */
    public static final int HEADER = 16;
    /** Bytes in front of what is sealed; all of them are authenticated. */
    public static final int SEALED_HEADER = 12;
    /** Bytes in front of a message of the key exchange. */
    public static final int EXCHANGE_HEADER = 3;
    /** Bytes of {@code first} in front of the slice. */
    public static final int FIRST = 2;
    /** Bytes in front of each record. */
    public static final int RECORD = 6;
    /** {@code first} when no record begins in this datagram. */
    public static final int NONE = 0xFFFF;
    /** Set in a record's length field: it is a repair, which a sender adds on a lossy path. */
    public static final int REPAIR = 0x80_0000;
    /** Bytes of the length in front of a repair's copy. */
    public static final int REPAIR_LENGTH = 3;
    /** Longest body of a repair. */
    public static final int MAX_REPAIR = 512;
    /** The stream of control datagrams. */
    public static final int CONTROL_STREAM = 0;
    /** The highest VNI. */
    public static final int MAX_VNI = 0xFF_FFFF;
    /** The highest sequence number; a sender stops there (at a million datagrams a second: after nine years). */
    public static final long MAX_SEQUENCE = 0xFFFF_FFFF_FFFFL;

    /** {@link #type} results that are no type. */
    public static final int BAD_MAGIC = -1;

    public static final int BAD_VERSION = -2;
    public static final int TOO_SHORT = -3;

    private static final long CONTROL_CLASS = Long.MIN_VALUE;

    private Encapsulation() {}

    /** A container's incarnation in 32 bits. */
    public static int fold(long incarnation) {
        return (int) (incarnation ^ incarnation >>> 32);
    }

    /** Writes the header of a clear datagram. */
    public static void writeHeader(ByteBuffer slab, int at, int channel, int incarnation, long counter) {
        slab.putInt(at, (MAGIC << 8 | CLEAR) << 16 | channel & 0xFFFF);
        slab.putInt(at + 4, incarnation);
        slab.putLong(at + 8, counter);
    }

    /** Writes the header of a sealed datagram, but for the index, which the cipher writes. */
    public static void writeSealed(ByteBuffer slab, int at, int type, long sequence) {
        slab.putInt(at, (MAGIC << 8 | type) << 16);
        slab.putLong(at + 4, sequence);
    }

    /** Writes what stands in front of a record. */
    public static void writeRecord(ByteBuffer slab, int at, int length, int vni) {
        slab.putInt(at, length << 8 | vni >>> 16);
        slab.putShort(at + 4, (short) vni);
    }

    /**
     * What a datagram of this length is: {@link #CLEAR}, {@link #SEALED}, {@link #SEALED_CONTROL}, {@link #EXCHANGE}, or {@link #BAD_MAGIC},
     * {@link #BAD_VERSION}, {@link #TOO_SHORT}. Of a type, the header and what every payload has can be read.
     */
    public static int type(ByteBuffer slab, int at, int length) {
        if (length < 2) return TOO_SHORT;
        int word = slab.getShort(at) & 0xFFFF;
        if (word >>> 8 != MAGIC) return BAD_MAGIC;
        int type = word & 0xFF;
        int least = switch (type) {
            case CLEAR -> HEADER + FIRST;
            case SEALED, SEALED_CONTROL -> SEALED_HEADER + FIRST;
            case EXCHANGE -> EXCHANGE_HEADER;
            default -> -1;
        };
        return least < 0 ? BAD_VERSION : length < least ? TOO_SHORT : type;
    }

    /** Of a clear datagram. */
    public static int channel(ByteBuffer slab, int at) {
        return slab.getShort(at + 2) & 0xFFFF;
    }

    /** Of a sealed datagram: the number that its receiver gave its sender. */
    public static int index(ByteBuffer slab, int at) {
        return slab.getInt(at + 2);
    }

    /** Of a sealed datagram. */
    public static long sealedSequence(ByteBuffer slab, int at) {
        return slab.getLong(at + 4) & MAX_SEQUENCE;
    }

    /** Of a sealed datagram: what the cipher counts, the sequence, with the top bit set for control. */
    public static long sealedCounter(ByteBuffer slab, int at) {
        long sequence = sealedSequence(slab, at);
        return (slab.get(at + 1) & 0xFF) == SEALED_CONTROL ? CONTROL_CLASS | sequence : sequence;
    }

    /** Of a clear datagram. */
    public static int incarnation(ByteBuffer slab, int at) {
        return slab.getInt(at + 4);
    }

    /** Of a clear datagram: stream and sequence together, unique for a sender's incarnation. */
    public static long counter(ByteBuffer slab, int at) {
        return slab.getLong(at + 8);
    }

    public static long counter(int stream, long sequence) {
        return (long) stream << 48 | sequence;
    }

    public static int stream(long counter) {
        return (int) (counter >>> 48);
    }

    public static long sequence(long counter) {
        return counter & MAX_SEQUENCE;
    }
}
