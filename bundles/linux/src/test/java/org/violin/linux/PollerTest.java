// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.Poller;

class PollerTest {
    private final ByteBuffer eight = ByteBuffer.allocateDirect(8).putLong(0, 1L << 56 | 1);

    @Test
    void a_readable_descriptor_gives_its_token_until_it_is_read_or_removed() {
        int fd = Libc.eventfd(0, Libc.O_NONBLOCK);
        int[] tokens = new int[4];
        try (Poller poller = new EpollPollerProvider().open()) {
            poller.add(fd, 42);
            assertEquals(0, poller.await(0, tokens));
            Libc.write(fd, Slabs.of(eight), 8);
            assertEquals(1, poller.await(-1, tokens));
            assertEquals(42, tokens[0]);
            assertEquals(1, poller.await(0, tokens));
            poller.add(fd, 43);
            assertEquals(1, poller.await(0, tokens));
            assertEquals(43, tokens[0]);
            poller.remove(fd);
            poller.remove(fd);
            assertEquals(0, poller.await(0, tokens));
            assertThrows(IllegalArgumentException.class, () -> poller.add(fd, -1));
        } finally {
            Libc.close(fd);
        }
    }

    @Test
    void wake_and_close_end_a_wait_without_time_limit() throws Exception {
        Poller poller = new EpollPollerProvider().open();
        CompletableFuture<Integer> woken = CompletableFuture.supplyAsync(() -> poller.await(-1, new int[1]));
        poller.wake();
        assertEquals(0, woken.get(10, TimeUnit.SECONDS));
        CompletableFuture<Integer> closed = CompletableFuture.supplyAsync(() -> poller.await(-1, new int[1]));
        poller.close();
        assertEquals(0, closed.get(10, TimeUnit.SECONDS));
        poller.close();
        poller.wake();
        assertEquals(0, poller.await(-1, new int[1]));
    }

    @Test
    void more_ready_descriptors_than_room_come_with_the_next_calls() {
        int[] fds = new int[10];
        try (Poller poller = new EpollPollerProvider().open()) {
            for (int i = 0; i < fds.length; i++) {
                fds[i] = Libc.eventfd(1, Libc.O_NONBLOCK);
                poller.add(fds[i], i);
            }
            java.util.Set<Integer> seen = new java.util.HashSet<>();
            int[] tokens = new int[3];
            for (int round = 0; round < 50; round++) {
                int n = poller.await(0, tokens);
                assertEquals(3, n);
                for (int i = 0; i < n; i++) seen.add(tokens[i]);
            }
            assertEquals(10, seen.size());
        } finally {
            for (int fd : fds) Libc.close(fd);
        }
    }
}
