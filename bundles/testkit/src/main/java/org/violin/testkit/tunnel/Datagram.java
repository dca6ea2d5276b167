// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.tunnel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.Random;
import org.violin.api.dataplane.FrameCipher;

/** A datagram of the sealed wire format in a slab, with guards on both sides: for tests of ciphers. */
public final class Datagram {
    /** Bytes in front of the payload. */
    public static final int HEADER = 12;

    private static final int AT = 37;
    private static final int SPARE = 64;
    private static final byte GUARD = 0x5A;

    private final byte[] plain;
    private final ByteBuffer slab;
    private int length;

    private Datagram(byte[] plain) {
        this.plain = plain;
        this.length = plain.length;
        slab = ByteBuffer.allocateDirect(AT + HEADER + plain.length + SPARE + AT);
        for (int i = 0; i < slab.capacity(); i++) slab.put(i, GUARD);
        slab.put(AT + HEADER, plain);
    }

    /** Random content. */
    public static Datagram of(int length, Random random) {
        byte[] plain = new byte[length];
        random.nextBytes(plain);
        return new Datagram(plain);
    }

    /** That content. */
    public static Datagram of(byte[] plain) {
        return new Datagram(plain.clone());
    }

    /** A copy as it is now. */
    public Datagram copy() {
        Datagram copy = new Datagram(plain);
        copy.slab.put(0, slab, 0, slab.capacity());
        copy.length = length;
        return copy;
    }

    /** Writes the header's sequence and seals; the result of {@link FrameCipher#seal}. */
    public int seal(FrameCipher cipher, long counter) {
        slab.putShort(AT, (short) (counter < 0 ? 0x5632 : 0x5631));
        slab.putShort(AT + 6, (short) (counter >> 32)).putInt(AT + 8, (int) counter);
        int result = cipher.seal(slab, AT, AT + HEADER, length, counter);
        if (result >= 0) length = result;
        assertGuards();
        return result;
    }

    /** Opens; the result of {@link FrameCipher#open}. */
    public int open(FrameCipher cipher, long counter) {
        int result = cipher.open(slab, AT, AT + HEADER, length, counter);
        assertGuards();
        if (result >= 0) length = result;
        return result;
    }

    /** Who it is for, as the sender's cipher wrote it. */
    public int index() {
        return slab.getInt(AT + 2);
    }

    /** Bits of header and content as it is now. */
    public int bits() {
        return (HEADER + length) * 8;
    }

    /** Turns one of {@link #bits} over. */
    public void flip(int bit) {
        int at = AT + bit / 8;
        slab.put(at, (byte) (slab.get(at) ^ 1 << bit % 8));
    }

    /** Cuts off the end. */
    public void truncate(int bytes) {
        length -= bytes;
    }

    /** Header and content as they are now. */
    public byte[] bytes() {
        byte[] bytes = new byte[HEADER + length];
        slab.get(AT, bytes);
        return bytes;
    }

    /** It holds what it was made of. */
    public void assertPlain() {
        byte[] now = new byte[length];
        slab.get(AT + HEADER, now);
        assertArrayEquals(plain, now);
    }

    private void assertGuards() {
        for (int i = 0; i < AT; i++) assertEquals(GUARD, slab.get(i), "before the header");
        for (int i = AT + HEADER + plain.length + SPARE; i < slab.capacity(); i++) assertEquals(GUARD, slab.get(i), "behind the tag's room");
    }
}
