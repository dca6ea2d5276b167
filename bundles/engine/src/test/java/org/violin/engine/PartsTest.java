// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The small parts by themselves, each against the obvious. */
final class PartsTest {
    @Test
    void theVniTableIsAMap() {
        Random random = new Random(3);
        VniTable table = new VniTable();
        Map<Integer, RemoteEnd> model = new HashMap<>();
        for (int step = 0; step < 100_000; step++) {
            int vni = 1 + random.nextInt(random.nextBoolean() ? 50 : 3000);
            RemoteEnd end = model.get(vni);
            assertSame(end, table.get(vni), "seed 3, step " + step);
            if (end != null) {
                table.remove(end);
                model.remove(vni);
            } else {
                end = new RemoteEnd(null, vni, null);
                table.add(end);
                model.put(vni, end);
            }
        }
    }

    @Test
    void thePortSetIsASetOfNumbers() {
        Random random = new Random(4);
        PortSet set = new PortSet();
        for (int round = 0; round < 200; round++) {
            TreeSet<Integer> model = new TreeSet<>();
            set.clear();
            for (int i = random.nextInt(50); i > 0; i--) {
                int port = random.nextInt(round % 2 == 0 ? 64 : Vswitch.MAX_PORTS);
                set.add(port);
                model.add(port);
            }
            List<Integer> walked = new ArrayList<>();
            for (int port = set.next(0); port >= 0; port = set.next(port + 1)) walked.add(port);
            assertEquals(List.copyOf(model), walked, "seed 4, round " + round);
        }
    }

    @Test
    void theFloodLimitHoldsOverTimeAndAllowsATenthOfASecondAtOnce() {
        FloodLimit limit = new FloodLimit();
        long now = Long.MAX_VALUE - 500_000_000L;
        int atOnce = 0;
        while (limit.allows(now, 1000)) atOnce++;
        assertEquals(100, atOnce);
        int passed = 0;
        for (int i = 0; i < 10_000; i++) {
            now += 200_000;
            if (limit.allows(now, 1000)) passed++;
        }
        assertEquals(2000, passed, 1);
        assertTrue(limit.allows(now, 0));
    }

    @Test
    void graceWaitsForThreadsInsideAndForNobodyElse() throws InterruptedException {
        Grace grace = new Grace();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        AtomicBoolean left = new AtomicBoolean();
        Thread thread = new Thread(() -> {
            Cycle cycle = grace.register(Thread.currentThread());
            cycle.enter();
            inside.countDown();
            try {
                leave.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            left.set(true);
            cycle.exit();
        });
        thread.start();
        inside.await();
        assertFalse(grace.await(Duration.ofMillis(20)));
        Thread opener = new Thread(leave::countDown);
        opener.start();
        assertTrue(grace.await(Duration.ofSeconds(20)));
        assertTrue(left.get());
        thread.join();
        assertTrue(grace.await(Duration.ofMillis(1)));
        Cycle own = grace.register(Thread.currentThread());
        own.enter();
        assertTrue(grace.await(Duration.ofMillis(1)), "a thread does not wait for itself");
        own.exit();
    }

    @Test
    void numbersOutOfRangeAreReplacedAndReported() {
        List<String> warnings = new ArrayList<>();
        Engine.Config config = new Engine.Config() {
            @Override
            public Class<? extends java.lang.annotation.Annotation> annotationType() {
                return Engine.Config.class;
            }

            @Override
            public String tunnel() {
                return "udp";
            }

            @Override
            public String cipher() {
                return "none";
            }

            @Override
            public int workers() {
                return 0;
            }

            @Override
            public int pathMtuBytes() {
                return 100;
            }

            @Override
            public int queueBytes() {
                return 1 << 20;
            }

            @Override
            public int floodPerSecond() {
                return -1;
            }
        };
        EngineSettings settings = EngineSettings.of(config, 16, warnings::add);
        assertEquals(new EngineSettings("udp", "none", 4, 1280, 1 << 20, 0), settings);
        assertEquals(2, warnings.size());
        assertTrue(warnings.get(0).startsWith("org.violin.engine: pathMtuBytes 100: must be 1280 to 9000; using 1280"), warnings.get(0));
    }
}
