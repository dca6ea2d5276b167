// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.FrameCipher;

/** Sealing goes on in other threads while keys are replaced, handed over and wiped: no native key is used after its end, no nonce twice. */
final class ConcurrencyTest {
    @Test
    void keysMayGoWhileTheySeal() throws Exception {
        TestLab lab = new TestLab();
        lab.options = new AeadOptions(300_000_000L, 1L << 40, 10_000);
        Pair pair = new Pair(lab).agree();
        AtomicReference<FrameCipher> cipher = new AtomicReference<>(pair.ab);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicLong counter = new AtomicLong();
        Set<Long> nonces = ConcurrentHashMap.newKeySet();
        AtomicLong sealed = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
            Thread thread = new Thread(() -> {
                ByteBuffer slab = ByteBuffer.allocateDirect(256);
                try {
                    while (!stop.get()) {
                        long used = counter.incrementAndGet();
                        int length = cipher.get().seal(slab, 0, 12, 64, used);
                        Thread.yield();
                        if (length < 0) continue;
                        sealed.incrementAndGet();
                        if (!nonces.add((long) slab.getInt(2) << 32 | used)) throw new AssertionError("nonce used twice");
                    }
                } catch (Throwable e) {
                    failure.set(e);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (int round = 0; round < 90; round++) {
            pair.net.ticks(3);
            switch (round % 3) {
                case 0 -> pair.a.replace(lab.provider("host-a"));
                case 1 -> lab.hosts.put("host-b", lab.identities.admit("host-b", lab.hosts.get("host-b").keys()));
                default -> pair.a.cipher.forget(pair.toB.id());
            }
            cipher.set(pair.a.cipher.peer(pair.toB, Pair.EPOCH_A));
        }
        stop.set(true);
        for (Thread thread : threads) thread.join();
        assertNull(failure.get());
        assertTrue(sealed.get() > 0);
        assertEquals(sealed.get(), nonces.size());
    }
}
