// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.violin.frame.Checksum;
import org.violin.frame.OffloadHeader;
import org.violin.frame.Outlet;
import org.violin.frame.Segmenter;

/** Records for tests, and what their packets are. */
final class Packets {
    static final int TCP = 6;
    static final int UDP = 17;

    private Packets() {}

    /** A frame of so many bytes of Ethernet that nobody interprets, with its number inside. */
    static ByteBuffer plain(int frameBytes, int number) {
        ByteBuffer record = ByteBuffer.allocateDirect(OffloadHeader.BYTES + frameBytes);
        record.putShort(OffloadHeader.BYTES + 12, (short) 0x88b5);
        if (frameBytes >= 18) record.putInt(OffloadHeader.BYTES + 14, number);
        return record;
    }

    static int number(byte[] record) {
        return ByteBuffer.wrap(record).getInt(OffloadHeader.BYTES + 14);
    }

    /** TCP or UDP over IPv4 or IPv6, checksum left open: a super-frame when the payload is longer than {@code gsoSize}. */
    static ByteBuffer open(boolean four, int protocol, int payload, int gsoSize, int ecn) {
        int l3 = OffloadHeader.BYTES + 14;
        int l4 = l3 + (four ? 20 : 40);
        int l4Header = protocol == TCP ? 20 : 8;
        ByteBuffer r = ByteBuffer.allocateDirect(l4 + l4Header + payload);
        for (int i = l4 + l4Header; i < r.capacity(); i++) r.put(i, (byte) (i * 31 ^ i >> 8));
        r.putShort(l3 - 2, (short) (four ? 0x0800 : 0x86dd));
        int after = l4Header + payload;
        if (four) {
            r.putShort(l3, (short) (0x4500 | ecn)).putShort(l3 + 2, (short) (20 + after)).putShort(l3 + 4, (short) 7);
            r.putShort(l3 + 6, (short) 0x4000).put(l3 + 8, (byte) 64).put(l3 + 9, (byte) protocol);
            r.putInt(l3 + 12, 0x0a000001).putInt(l3 + 16, 0x0a000002);
            r.putShort(l3 + 10, (short) Checksum.of(r, l3, 20));
        } else {
            r.putInt(l3, 6 << 28 | ecn << 20).putShort(l3 + 4, (short) after).put(l3 + 6, (byte) protocol).put(l3 + 7, (byte) 64);
            r.putLong(l3 + 8, 0xfd00L << 48).putLong(l3 + 16, 1).putLong(l3 + 24, 0xfd00L << 48).putLong(l3 + 32, 2);
        }
        r.putShort(l4, (short) 1000).putShort(l4 + 2, (short) 2000);
        int field = protocol == TCP ? 16 : 6;
        if (protocol == TCP) r.putInt(l4 + 4, 5000).put(l4 + 12, (byte) 0x50).put(l4 + 13, (byte) 0x18);
        else r.putShort(l4 + 4, (short) after);
        r.putShort(l4 + field, (short) Checksum.pseudoHeader(r, l3 + (four ? 12 : 8), four ? 4 : 16, protocol, after));
        boolean gso = payload > gsoSize;
        int type = !gso ? 0 : protocol == UDP ? OffloadHeader.GSO_UDP_L4 : four ? OffloadHeader.GSO_TCPV4 : OffloadHeader.GSO_TCPV6;
        OffloadHeader.write(r, 0, 1, type, gso ? l4 + l4Header - OffloadHeader.BYTES : 0, gso ? gsoSize : 0, l4 - OffloadHeader.BYTES, field);
        return r;
    }

    /** The plain finished frames that a record stands for. */
    static List<byte[]> finished(byte[] record) {
        List<byte[]> out = new ArrayList<>();
        ByteBuffer slab = ByteBuffer.allocateDirect(record.length).put(0, record);
        Outlet outlet = (s, offset, length) -> {
            byte[] frame = new byte[length];
            s.get(offset, frame);
            out.add(frame);
        };
        assertTrue(new Segmenter().finish(slab, 0, record.length, true, outlet) > 0, "malformed");
        return out;
    }

    static List<byte[]> finished(ByteBuffer record) {
        byte[] bytes = new byte[record.capacity()];
        record.get(0, bytes);
        return finished(bytes);
    }

    /** The ECN bits of a finished frame; its IPv4 header checksum is right. */
    static int ecn(byte[] frame) {
        ByteBuffer r = ByteBuffer.wrap(frame);
        int l3 = OffloadHeader.BYTES + 14;
        if (frame[l3] >> 4 == 6) return r.getShort(l3) >> 4 & 3;
        assertEquals(0, Checksum.of(r, l3, 20), "IPv4 header");
        return frame[l3 + 1] & 3;
    }

    /** TCP or UDP checksum of a finished frame. */
    static boolean isRight(byte[] frame) {
        ByteBuffer r = ByteBuffer.wrap(frame);
        int l3 = OffloadHeader.BYTES + 14;
        boolean four = frame[l3] >> 4 == 4;
        int l4 = l3 + (four ? 20 : 40);
        int bytes = frame.length - l4;
        int protocol = frame[l3 + (four ? 9 : 6)];
        int sum = Checksum.add(Checksum.pseudoHeader(r, l3 + (four ? 12 : 8), four ? 4 : 16, protocol, bytes), r, l4, bytes);
        return sum == 0xffff;
    }
}
