// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ControlMessageTest {
    private final ByteBuffer slab = ByteBuffer.allocateDirect(10_000);

    @Test
    void theBytesAreThoseOfTheReadme() {
        ControlMessage.write(slab, 16, ControlMessage.ANSWER, 0xFEDC, 0x0102030405060708L);
        ControlMessage.writeReport(slab, 16, 0xABCD, 0x1_8765_4321L, 0x0000_FFFF_EEEE_DDDDL, 9);
        byte[] bytes = new byte[ControlMessage.BYTES];
        slab.get(16, bytes);
        assertEquals("0200fedc" + "0102030405060708" + "abcd0000" + "87654321" + "0000ffffeeeedddd" + "00000009", HexFormat.of().formatHex(bytes));
    }

    @Test
    void whatIsWrittenIsRead() {
        Random random = new Random(20);
        for (int i = 0; i < 1000; i++) {
            int at = random.nextInt(5000);
            int kind = 1 + random.nextInt(2);
            int size = random.nextInt(65_536);
            long token = random.nextLong();
            int stream = random.nextInt(65_536);
            long accepted = random.nextLong() >>> 32;
            long next = random.nextLong();
            long late = random.nextLong() >>> 32;
            ControlMessage.write(slab, at, kind, size, token);
            ControlMessage.writeReport(slab, at, stream, accepted, next, late);
            assertEquals(ControlMessage.OK, ControlMessage.check(slab, at, ControlMessage.BYTES));
            assertEquals(kind, ControlMessage.kind(slab, at));
            assertEquals(size, ControlMessage.size(slab, at));
            assertEquals(token, ControlMessage.token(slab, at));
            assertEquals(stream, ControlMessage.stream(slab, at));
            assertEquals(accepted, ControlMessage.accepted(slab, at));
            assertEquals(next, ControlMessage.next(slab, at));
            assertEquals(late, ControlMessage.late(slab, at));
        }
    }

    @Test
    void shortAndUnknownAreRefusedAndLongerAndReservedIgnored() {
        ControlMessage.write(slab, 0, ControlMessage.PROBE, 1452, 1);
        slab.put(1, (byte) 7);
        slab.putShort(14, (short) 7);
        for (int length = 0; length < ControlMessage.BYTES; length++) {
            assertEquals(ControlMessage.TOO_SHORT, ControlMessage.check(slab, 0, length));
        }
        assertEquals(ControlMessage.OK, ControlMessage.check(slab, 0, 5000));
        assertEquals(1452, ControlMessage.size(slab, 0));
        for (int kind = 0; kind < 256; kind++) {
            slab.put(0, (byte) kind);
            int wanted = kind == 1 || kind == 2 ? ControlMessage.OK : ControlMessage.UNKNOWN_KIND;
            assertEquals(wanted, ControlMessage.check(slab, 0, ControlMessage.BYTES));
        }
    }

    @Test
    void paddingIsZerosUpToTheLength() {
        for (int length : new int[] {0, 32, 33, 39, 40, 1436, 1441}) {
            for (int i = 0; i < 2000; i++) slab.put(i, (byte) 0x55);
            ControlMessage.pad(slab, 16, length);
            byte[] wanted = new byte[2000];
            for (int i = 0; i < 2000; i++) wanted[i] = (byte) (i >= 48 && i < 16 + length ? 0 : 0x55);
            byte[] bytes = new byte[2000];
            slab.get(0, bytes);
            assertArrayEquals(wanted, bytes);
        }
    }
}
