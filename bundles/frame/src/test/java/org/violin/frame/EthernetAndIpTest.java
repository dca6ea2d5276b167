// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The codecs on bytes written by hand from the RFCs. */
final class EthernetAndIpTest {
    private static ByteBuffer hex(String text) {
        String digits = text.replace(" ", "");
        ByteBuffer b = ByteBuffer.allocate(digits.length() / 2);
        for (int i = 0; i < b.capacity(); i++) b.put(i, (byte) Integer.parseInt(digits.substring(2 * i, 2 * i + 2), 16));
        return b;
    }

    @Test
    void fieldsAreBigEndianInABufferOfAnyOrder() {
        ByteBuffer b = hex("ff 0180c2000003 02005e100001 88cc");
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            b.order(order);
            assertEquals(0x0180c2000003L, Ethernet.destination(b, 1));
            assertEquals(0x02005e100001L, Ethernet.source(b, 1));
            assertEquals(0x88cc, Ethernet.type(b, 1));
        }
    }

    @Test
    void groupAndReservedAddressesAreTold() {
        assertTrue(Ethernet.isGroup(Ethernet.BROADCAST) && Ethernet.isGroup(0x01005e000001L));
        assertFalse(Ethernet.isGroup(0x02005e100001L));
        assertTrue(Ethernet.isReserved(0x0180c200000eL));
        assertFalse(Ethernet.isReserved(0x0180c2000010L) || Ethernet.isReserved(0x0180c2000100L));
        assertEquals(0x01005e01_0203L, Ethernet.ofIpv4Group(0xef81_0203));
        assertTrue(Ethernet.isIpv4Group(0x01005e7fffffL));
        assertFalse(Ethernet.isIpv4Group(0x01005e800000L));
        assertEquals(0x3333ffabcdefL, Ethernet.ofIpv6Group(0xffabcdef));
        assertTrue(Ethernet.isIpv6Group(0x3333ffabcdefL));
    }

    @Test
    void theTypeIsFoundBehindUpToTwoTags() {
        ByteBuffer b = hex("000000000000 000000000000 88a8 0001 8100 0002 0800");
        assertEquals(20, Vlan.typeOffset(b, 0, 22));
        assertEquals(Vlan.NONE, Vlan.typeOffset(b, 0, 21));
        assertEquals(Vlan.NONE, Vlan.typeOffset(hex("000000000000 000000000000 8100 0001 8100 0001 8100 0001 0800"), 0, 26));
        assertEquals(12, Vlan.typeOffset(hex("000000000000 000000000000 0806"), 0, 14));
    }

    @Test
    void anIpv4HeaderIsReadOrRefused() {
        ByteBuffer b = hex("46 c0 0020 0000 4000 01 02 0000 0a000001 e0000016 94040000 1100ee9b 00000000 ");
        assertEquals(24, Ipv4.headerBytes(b, 0, b.capacity()));
        assertEquals(-1, Ipv4.headerBytes(b, 0, 23));
        assertEquals(-1, Ipv4.headerBytes(b, 0, 19));
        assertEquals(-1, Ipv4.headerBytes(b, 1, b.capacity()));
        assertEquals(32, Ipv4.totalBytes(b, 0));
        assertEquals(Ipv4.PROTOCOL_IGMP, Ipv4.protocol(b, 0));
        assertEquals(0x0a000001, Ipv4.source(b, 0));
        assertTrue(Ipv4.isLocalGroup(Ipv4.destination(b, 0)));
        assertFalse(Ipv4.isLaterFragment(b, 0));
        assertFalse(Ipv4.isLocalGroup(0xe0000100));
        assertTrue(Ipv4.isGroup(0xefffffff));
        assertFalse(Ipv4.isGroup(0xf0000000));
    }

    @Test
    void anIgmpQueryIsSoundOnlyWithItsChecksum() {
        // Type 0x11, 10 s, group 0: the words 1164 and ee9b add up to ffff (RFC 1071).
        ByteBuffer b = hex("1164 ee9b 00000000");
        assertTrue(Igmp.isSound(b, 0, 8));
        assertFalse(Igmp.isSound(b, 0, 7));
        b.put(7, (byte) 1);
        assertFalse(Igmp.isSound(b, 0, 8));
    }

    @Test
    void ipv6ScopesAreTold() {
        ByteBuffer b = hex("ff020000000000000000000000000001 ff0200000000000000000001ffabcdef ff050000000000000000000000000002");
        assertTrue(Ipv6.isLocalGroup(b, 0) && Ipv6.isLocalGroup(b, 16));
        assertFalse(Ipv6.isLocalGroup(b, 32));
        assertFalse(Ipv6.isSolicitedNode(b, 0));
        assertTrue(Ipv6.isSolicitedNode(b, 16));
        assertEquals(0xffabcdef, Ipv6.low32(b, 16));
        assertTrue(Ipv6.isUnspecified(ByteBuffer.allocate(16), 0));
    }

    @Test
    void findingMldStaysInsideTheFrameWhateverTheBytes() {
        Random random = new Random(5);
        int found = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[Ipv6.HEADER + random.nextInt(60)];
            random.nextBytes(bytes);
            bytes[6] = 0;
            if (bytes.length > 41) bytes[40] = Ipv6.ICMPV6;
            if (bytes.length > 42) bytes[41] = (byte) random.nextInt(3);
            ByteBuffer b = ByteBuffer.wrap(bytes);
            int at = Mld.find(b, 0, bytes.length);
            if (at < 0) continue;
            found++;
            assertTrue(at + 8 <= bytes.length);
            Mld.isSound(b, 0, at, bytes.length);
        }
        assertTrue(found > 0);
    }

    @Test
    void groupRecordsJoinOrLeave() {
        assertTrue(GroupRecord.isJoin(GroupRecord.TO_EXCLUDE, 0) && GroupRecord.isJoin(GroupRecord.IS_INCLUDE, 1));
        assertFalse(GroupRecord.isJoin(GroupRecord.IS_INCLUDE, 0) || GroupRecord.isJoin(GroupRecord.BLOCK_OLD, 3));
        assertTrue(GroupRecord.isLeave(GroupRecord.TO_INCLUDE, 0));
        assertFalse(GroupRecord.isLeave(GroupRecord.TO_INCLUDE, 1));
    }
}
