// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ChecksumTest {
    private static ByteBuffer hex(String text) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(text.replace(" ", "")));
    }

    @Test
    void theExampleOfRfc1071AddsUp() {
        ByteBuffer bytes = hex("00 01 f2 03 f4 f5 f6 f7");
        assertEquals(0xddf2, Checksum.add(0, bytes, 0, 8));
        assertEquals(0x220d, Checksum.of(bytes, 0, 8));
    }

    @Test
    void anIpv4HeaderWithItsChecksumSumsToZero() {
        ByteBuffer header = hex("45 00 00 73 00 00 40 00 40 11 00 00 c0 a8 00 01 c0 a8 00 c7");
        int checksum = Checksum.of(header, 0, 20);
        assertEquals(0xb861, checksum);
        header.putShort(10, (short) checksum);
        assertEquals(0, Checksum.of(header, 0, 20));
    }

    @Test
    void anyPartingOfTheBytesGivesTheNaiveSum() {
        Random random = new Random(1071);
        for (int round = 0; round < 500; round++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            long naive = 0;
            for (int i = 0; i < bytes.length; i++) naive += (bytes[i] & 0xFFL) << (i % 2 == 0 ? 8 : 0);
            int cut = bytes.length == 0 ? 0 : random.nextInt(bytes.length) & ~1;
            ByteBuffer slab = ByteBuffer.wrap(bytes);
            int sum = Checksum.add(Checksum.add(0, slab, 0, cut), slab, cut, bytes.length - cut);
            assertEquals(Checksum.fold(naive), sum, "round " + round);
        }
    }

    @Test
    void changingOneWordUpdatesTheChecksumAsRecomputingDoes() {
        Random random = new Random(1624);
        for (int round = 0; round < 500; round++) {
            byte[] bytes = new byte[40];
            random.nextBytes(bytes);
            ByteBuffer slab = ByteBuffer.wrap(bytes);
            int before = Checksum.of(slab, 0, 40);
            int oldWord = slab.getShort(12) & 0xFFFF;
            int newWord = random.nextInt(0x10000);
            slab.putShort(12, (short) newWord);
            assertEquals(Checksum.of(slab, 0, 40), Checksum.update(before, oldWord, newWord), "round " + round);
        }
    }

    @Test
    void finishingAPartialChecksumMakesTheUdpDatagramRight() {
        ByteBuffer packet = ByteBuffer.allocate(20 + 8 + 5);
        packet.putInt(12, 0x0a000001).putInt(16, 0x0a000002);
        packet.putShort(20, (short) 7).putShort(22, (short) 9).putShort(24, (short) 13);
        packet.put(28, "hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        int pseudo = Checksum.pseudoHeader(packet, 12, 4, 17, 13);
        packet.putShort(26, (short) pseudo);
        Checksum.finish(packet, 20, 6, 33);
        assertEquals(0, Checksum.invert(Checksum.add(pseudo, packet, 20, 13)));
    }
}
