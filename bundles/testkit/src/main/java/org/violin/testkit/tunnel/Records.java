// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.tunnel;

import java.nio.ByteBuffer;
import org.violin.api.dataplane.Frames;

/** Records whose every byte follows from serial number and length, so that a receiver can tell whether one is whole. */
public final class Records {
    /** Room of a slab that holds any record. */
    public static final int SLAB = Frames.MAX_RECORD;

    private Records() {}

    /** Writes a record at the offset. The length is a legal record length. */
    public static void write(ByteBuffer slab, int offset, int length, int serial) {
        byte[] bytes = new byte[length];
        fill(bytes, serial);
        slab.put(offset, bytes);
    }

    /** The serial number of a record, or -1 when any byte of it is wrong. */
    public static int serial(ByteBuffer slab, int offset, int length) {
        byte[] bytes = new byte[length];
        slab.get(offset, bytes);
        byte[] expected = new byte[length];
        int serial = slab.getInt(offset);
        fill(expected, serial);
        return java.util.Arrays.equals(bytes, expected) ? serial : -1;
    }

    private static void fill(byte[] bytes, int serial) {
        int value = serial * 0x9E3779B1 + bytes.length;
        for (int i = 8; i < bytes.length; i++) bytes[i] = (byte) ((value += 0x6D2B79F5) >>> 24);
        ByteBuffer.wrap(bytes).putInt(0, serial).putInt(4, bytes.length);
    }
}
