// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/**
 * The bytes of a VIOLIN datagram, version 2: a clear header, then a payload that a cipher may seal. All numbers are in network byte
 * order; only the offload header inside a record is little-endian. The README of {@code tunnel-udp} draws it byte by byte.
 *
 * <pre>
 *   header   magic u16 | version u8 | flags u8 | incarnation u32 | stream u16 | sequence u48
 *   payload  first u16 | slice of the record stream
 *   record   length u24 | vni u24 | offload header, Ethernet frame
 *   repair   0x800000 + length u24 | vni u24 | length of the record before this one u24 | that record's first bytes
 * </pre>
 *
 * Datagrams of stream 0 are for control: their payload is a message between the tunnels, and their sequence is one of its own.
 *
 * Called by: tunnels, for each datagram; nothing here allocates or throws on any input whose length was checked by {@link #check}.
 * Buffers must be big-endian, as every fresh ByteBuffer is.
 */
public final class Encapsulation {
    /** "VI". */
    public static final int MAGIC = 0x5649;

    public static final int VERSION = 2;
    /** Bytes in front of the payload. */
    public static final int HEADER = 16;
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

    /** {@link #check} results. */
    public static final int OK = 0;

    public static final int BAD_MAGIC = 1;
    public static final int BAD_VERSION = 2;
    public static final int TOO_SHORT = 3;

    private Encapsulation() {}

    /** A container's incarnation in 32 bits. */
    public static int fold(long incarnation) {
        return (int) (incarnation ^ incarnation >>> 32);
    }

    /** Writes the header. */
    public static void writeHeader(ByteBuffer slab, int at, int incarnation, long counter) {
        slab.putInt(at, MAGIC << 16 | VERSION << 8);
        slab.putInt(at + 4, incarnation);
        slab.putLong(at + 8, counter);
    }

    /** Writes what stands in front of a record. */
    public static void writeRecord(ByteBuffer slab, int at, int length, int vni) {
        slab.putInt(at, length << 8 | vni >>> 16);
        slab.putShort(at + 4, (short) vni);
    }

    /** Whether a datagram of this length can be read: {@link #OK}, {@link #BAD_MAGIC}, {@link #BAD_VERSION} or {@link #TOO_SHORT}. */
    public static int check(ByteBuffer slab, int at, int length) {
        if (length < 4) return TOO_SHORT;
        int word = slab.getInt(at);
        if (word >>> 16 != MAGIC) return BAD_MAGIC;
        if ((word & 0xFFFF) != VERSION << 8) return BAD_VERSION;
        return length < HEADER + FIRST ? TOO_SHORT : OK;
    }

    public static int incarnation(ByteBuffer slab, int at) {
        return slab.getInt(at + 4);
    }

    /** Stream and sequence together: unique for a sender's incarnation, so a cipher's counter. */
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
