// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.tunnel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameCipher;

/** What tunnels expect of any cipher. A plugin's test extends this. */
public abstract class CipherContract {
    private static final int FRONT = 18;

    /** The plugin under test. Two ciphers that it creates must understand each other. */
    protected abstract CipherProvider provider();

    /** Whether changed payloads are rejected; a cipher that says no must take them as they are. */
    protected boolean authenticates() {
        return true;
    }

    /** What opening a wrong payload of that length gives. */
    private int rejected(int length) {
        return authenticates() ? FrameCipher.REJECTED : length;
    }

    private static ByteBuffer slab(int length, int overhead, long seed) {
        byte[] bytes = new byte[FRONT + length + overhead + 8];
        new Random(seed).nextBytes(bytes);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).clear();
    }

    @Test
    void theKindIsAWord() {
        assertTrue(provider().kind().matches("[a-z][a-z0-9-]*"), provider().kind());
    }

    @Test
    void sealingAndOpeningGivesThePayloadBackForEveryLength() {
        FrameCipher sender = provider().create();
        FrameCipher receiver = provider().create();
        for (int length = 0; length <= 9000; length += length < 70 ? 1 : 487) {
            ByteBuffer slab = slab(length, sender.overhead(), length);
            ByteBuffer payload = ByteBuffer.allocate(length).put(0, slab, FRONT, length);
            assertEquals(length + sender.overhead(), sender.seal(slab, FRONT, length, length + 1L), "sealed length");
            assertEquals(length, receiver.open(slab, FRONT, length + sender.overhead(), length + 1L), "opened length");
            assertEquals(payload, slab.slice(FRONT, length), "payload of " + length);
        }
    }

    @Test
    void bytesOutsideThePayloadAndItsOverheadAreNotTouched() {
        FrameCipher cipher = provider().create();
        ByteBuffer slab = slab(100, cipher.overhead(), 1);
        ByteBuffer before = ByteBuffer.allocate(slab.capacity()).put(0, slab, 0, slab.capacity());
        cipher.seal(slab, FRONT, 100, 1);
        int end = FRONT + 100 + cipher.overhead();
        assertEquals(before.slice(0, FRONT), slab.slice(0, FRONT));
        assertEquals(before.slice(end, 8), slab.slice(end, 8));
        assertEquals(0, slab.position());
        assertEquals(slab.capacity(), slab.limit());
    }

    @Test
    void aPayloadChangedInAnyByteIsRejectedIfTheCipherAuthenticates() {
        for (int at = 0; at < 40 + provider().create().overhead(); at++) {
            FrameCipher sender = provider().create();
            ByteBuffer slab = slab(40, sender.overhead(), at);
            int length = sender.seal(slab, FRONT, 40, 9);
            slab.put(FRONT + at, (byte) (slab.get(FRONT + at) ^ 1));
            assertEquals(rejected(40), provider().create().open(slab, FRONT, length, 9), "byte " + at);
        }
    }

    @Test
    void aPayloadUnderAnotherCounterIsRejectedIfTheCipherAuthenticates() {
        FrameCipher sender = provider().create();
        ByteBuffer slab = slab(40, sender.overhead(), 3);
        int length = sender.seal(slab, FRONT, 40, 9);
        assertEquals(rejected(40), provider().create().open(slab, FRONT, length, 10));
    }

    @Test
    void garbageOfAnyLengthNeverThrows() {
        FrameCipher cipher = provider().create();
        for (int length = 0; length < 200; length++) {
            ByteBuffer slab = slab(length, 0, length);
            int opened = cipher.open(slab, FRONT, length, length);
            assertFalse(opened < FrameCipher.REJECTED || opened > length, "opened " + opened + " of " + length);
        }
    }
}
