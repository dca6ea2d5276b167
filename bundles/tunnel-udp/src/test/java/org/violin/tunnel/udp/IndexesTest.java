// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class IndexesTest {
    private final Indexes indexes = new Indexes();

    @Test
    void itSaysWhatAMapSays() {
        long seed = 81;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Map<Integer, Association> model = new HashMap<>();
        Association[] peers = {new Association("a"), new Association("b"), new Association("c")};
        for (int i = 0; i < 200_000; i++) {
            int index = random.nextInt(40) == 0 ? 0 : random.nextInt(300) * 0x0100_0000;
            Association peer = peers[random.nextInt(3)];
            int kind = random.nextInt(1000);
            if (kind == 0) {
                indexes.forget(peer);
                model.values().removeIf(one -> one == peer);
            } else if (kind < 400) {
                indexes.assign(index, peer);
                model.put(index, peer);
            } else if (kind < 700) {
                indexes.withdraw(index);
                model.remove(index);
            }
            assertSame(model.get(index), indexes.of(index));
            assertEquals(model.size(), indexes.size());
        }
    }

    @Test
    void itIsBounded() {
        Association peer = new Association("a");
        for (int i = 0; i < Indexes.MOST + 10; i++) indexes.assign(i * 31, peer);
        assertEquals(Indexes.MOST, indexes.size());
        assertEquals(10, indexes.refused.sum());
        assertNull(indexes.of(Indexes.MOST * 31));
        indexes.withdraw(0);
        indexes.assign(-1, peer);
        assertSame(peer, indexes.of(-1));
        assertSame(peer, indexes.of(31));
    }

    @Test
    void readersFindWhatStaysWhileOthersChange() throws InterruptedException {
        Association stays = new Association("stays");
        for (int i = 0; i < 20; i++) indexes.assign(-i, stays);
        AtomicReference<String> wrong = new AtomicReference<>();
        Thread reader = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                for (int i = 0; i < 20; i++) if (indexes.of(-i) != stays) wrong.set("lost " + -i);
            }
        });
        reader.start();
        Association other = new Association("other");
        for (int i = 1; i < 100_000; i++) {
            indexes.assign(i, other);
            if (i > 50) indexes.withdraw(i - 50);
        }
        reader.interrupt();
        reader.join();
        assertNull(wrong.get());
        assertTrue(indexes.size() <= 70);
    }
}
