// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Records in a guarded direct buffer, and what came out of an outlet. */
final class Slab {
    static final int AT = 37;
    private static final byte GUARD = 0x5a;

    private Slab() {}

    /** The record at {@link #AT}, guards on both sides. */
    static ByteBuffer of(byte[] record) {
        ByteBuffer slab = ByteBuffer.allocateDirect(AT + record.length + AT);
        for (int i = 0; i < slab.capacity(); i++) slab.put(i, GUARD);
        return slab.put(AT, record);
    }

    /** Nothing outside the record was written. */
    static void assertGuards(ByteBuffer slab) {
        for (int i = 0; i < AT; i++) {
            assertEquals(GUARD, slab.get(i), "byte before the record");
            assertEquals(GUARD, slab.get(slab.capacity() - 1 - i), "byte behind the record");
        }
    }

    static byte[] copy(ByteBuffer slab, int offset, int length) {
        byte[] bytes = new byte[length];
        slab.get(offset, bytes);
        return bytes;
    }

    /** Copies of all records. */
    static final class Recorder implements Outlet {
        final List<byte[]> records = new ArrayList<>();
        final List<Integer> offsets = new ArrayList<>();

        @Override
        public void frame(ByteBuffer slab, int offset, int length) {
            records.add(copy(slab, offset, length));
            offsets.add(offset);
        }
    }

    static List<String> hex(List<byte[]> records) {
        return records.stream().map(r -> java.util.HexFormat.of().formatHex(r)).toList();
    }
}
