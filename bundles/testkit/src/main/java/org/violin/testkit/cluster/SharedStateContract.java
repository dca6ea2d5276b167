// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.violin.testkit.cluster.Eventually.eventually;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.StateException;

/** What every {@link SharedState} does. Extended by the test of each implementation, which ends what it made after each test. */
public abstract class SharedStateContract {
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofSeconds(20);

    /** A fresh host's way to the one state of this test; the state is empty at the first call. */
    protected abstract SharedState join(String host) throws Exception;

    /** Plays the sudden death of that host. */
    protected abstract void die(SharedState host) throws Exception;

    @Test
    void what_one_host_writes_another_reads() throws Exception {
        SharedState a = join("a");
        SharedState b = join("b");
        assertTrue(b.read("/violins/x/spec").isEmpty());
        assertEquals(0, a.write("/violins/x/spec", bytes("one"), SharedState.ABSENT));
        assertEquals("one", text(b.read("/violins/x/spec").orElseThrow()));
        assertEquals(0, b.read("/violins/x/spec").orElseThrow().version());
        assertEquals(1, b.write("/violins/x/spec", bytes("two"), 0));
        assertEquals("two", text(a.read("/violins/x/spec").orElseThrow()));
    }

    @Test
    void the_second_writer_of_one_version_is_told_of_the_conflict() throws Exception {
        SharedState a = join("a");
        SharedState b = join("b");
        a.write("/x", bytes("0"), SharedState.ABSENT);
        a.write("/x", bytes("1"), 0);
        StateException late = assertThrows(StateException.class, () -> b.write("/x", bytes("lost"), 0));
        assertTrue(late.conflict());
        assertTrue(late.getMessage().contains("/x"), late.getMessage());
        assertEquals("1", text(b.read("/x").orElseThrow()));
    }

    @Test
    void absent_refuses_a_value_that_exists_and_a_version_one_that_is_gone() throws Exception {
        SharedState a = join("a");
        a.write("/x", bytes("0"), SharedState.ABSENT);
        assertTrue(assertThrows(StateException.class, () -> a.write("/x", bytes("1"), SharedState.ABSENT)).conflict());
        a.delete("/x");
        assertTrue(assertThrows(StateException.class, () -> a.write("/x", bytes("1"), 0)).conflict());
        assertTrue(a.read("/x").isEmpty());
    }

    @Test
    void any_writes_whatever_is_there() throws Exception {
        SharedState a = join("a");
        assertEquals(0, a.write("/deep/down/x", bytes("0"), SharedState.ANY));
        assertEquals(1, a.write("/deep/down/x", bytes("1"), SharedState.ANY));
        a.delete("/deep/down/x");
        assertEquals(0, a.write("/deep/down/x", bytes("2"), SharedState.ANY));
    }

    @Test
    void parents_made_on_the_way_are_empty_values() throws Exception {
        SharedState a = join("a");
        a.write("/p/q", bytes("x"), SharedState.ABSENT);
        assertArrayEquals(new byte[0], a.read("/p").orElseThrow().data());
        assertEquals(0, a.read("/p").orElseThrow().version());
    }

    @Test
    void a_value_of_the_bound_fits_and_one_byte_more_does_not() throws Exception {
        SharedState a = join("a");
        byte[] big = new byte[SharedState.MAX_BYTES];
        big[big.length - 1] = 7;
        a.write("/big", big, SharedState.ABSENT);
        assertArrayEquals(big, join("b").read("/big").orElseThrow().data());
        StateException refused = assertThrows(StateException.class,
                () -> a.write("/big", new byte[SharedState.MAX_BYTES + 1], SharedState.ANY));
        assertFalse(refused.conflict());
        assertEquals(SharedState.MAX_BYTES, a.read("/big").orElseThrow().data().length);
    }

    @Test
    void children_are_sorted_names_of_the_level_below() throws Exception {
        SharedState a = join("a");
        assertEquals(List.of(), a.children("/v"));
        for (String name : List.of("c", "a", "b", "b-more", "b/deep")) a.write("/v/" + name, bytes(name), SharedState.ANY);
        a.write("/vv", bytes(""), SharedState.ANY);
        assertEquals(List.of("a", "b", "b-more", "c"), a.children("/v"));
        assertEquals(List.of("v", "vv"), a.children("/"));
        assertEquals(List.of(), a.children("/v/a"));
    }

    @Test
    void delete_removes_all_below_and_nothing_beside() throws Exception {
        SharedState a = join("a");
        for (String path : List.of("/v/a/1", "/v/a/2/x", "/v/ab", "/v/b")) a.write(path, bytes("x"), SharedState.ANY);
        a.delete("/v/a");
        a.delete("/v/a");
        a.delete("/never/was");
        assertEquals(List.of("ab", "b"), a.children("/v"));
        assertTrue(a.read("/v/a/2/x").isEmpty());
    }

    @Test
    void bad_paths_are_refused_as_mistakes_of_the_caller() throws Exception {
        SharedState a = join("a");
        for (String path : List.of("", "x", "/x/", "//x", "/x/../y", "/a b")) {
            assertThrows(IllegalArgumentException.class, () -> a.read(path), path);
            assertThrows(IllegalArgumentException.class, () -> a.write(path, new byte[0], SharedState.ANY), path);
            assertThrows(IllegalArgumentException.class, () -> a.delete(path), path);
        }
    }

    @Test
    void a_watch_calls_for_what_exists_then_for_each_change_in_order_on_one_thread() throws Exception {
        SharedState a = join("a");
        SharedState b = join("b");
        a.write("/w/old", bytes("x"), SharedState.ANY);
        a.write("/wider", bytes("x"), SharedState.ANY);
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        AutoCloseable watch = b.watch("/w", path -> {
            threads.add(Thread.currentThread());
            seen.add(path);
        });
        eventually("what exists is told", () -> seen.containsAll(List.of("/w", "/w/old")));
        seen.clear();
        a.write("/w/new", bytes("1"), SharedState.ANY);
        a.write("/w/old", bytes("2"), SharedState.ANY);
        b.write("/w/new/deep", bytes("3"), SharedState.ANY);
        a.write("/wider", bytes("y"), SharedState.ANY);
        a.delete("/w/old");
        eventually("four changes are told, not " + seen, () -> seen.size() >= 4);
        assertEquals(List.of("/w/new", "/w/old", "/w/new/deep", "/w/old"), seen);
        assertEquals(1, threads.size());
        watch.close();
    }

    @Test
    void a_watch_on_nothing_waits_for_it_and_a_closed_one_is_silent() throws Exception {
        SharedState a = join("a");
        AtomicInteger first = new AtomicInteger();
        AtomicInteger second = new AtomicInteger();
        AutoCloseable watch = a.watch("/later/x", p -> first.incrementAndGet());
        a.watch("/later/x", p -> second.incrementAndGet());
        a.write("/later/x", bytes("1"), SharedState.ANY);
        eventually("both are told", () -> first.get() == 1 && second.get() == 1);
        watch.close();
        a.write("/later/x", bytes("2"), SharedState.ANY);
        eventually("the open one is told", () -> second.get() == 2);
        assertEquals(1, first.get());
    }

    @Test
    void a_callback_that_throws_is_called_again() throws Exception {
        SharedState a = join("a");
        AtomicInteger calls = new AtomicInteger();
        a.watch("/t", p -> {
            calls.incrementAndGet();
            throw new IllegalStateException("thrown on purpose by a test");
        });
        a.write("/t", bytes("1"), SharedState.ANY);
        eventually("first call", () -> calls.get() >= 1);
        assertEquals(1, calls.get());
        a.write("/t", bytes("2"), SharedState.ANY);
        eventually("second call", () -> calls.get() == 2);
    }

    @Test
    void a_lock_is_held_by_one_host_at_a_time() throws Exception {
        SharedState a = join("a");
        SharedState b = join("b");
        AutoCloseable lock = a.lock("apply", SHORT).orElseThrow();
        assertTrue(b.lock("apply", SHORT).isEmpty());
        assertTrue(a.lock("apply", SHORT).isEmpty(), "not even the same host may hold it twice");
        Optional<AutoCloseable> other = b.lock("other", SHORT);
        assertTrue(other.isPresent());
        lock.close();
        lock.close();
        AutoCloseable next = b.lock("apply", LONG).orElseThrow();
        assertTrue(a.lock("apply", SHORT).isEmpty());
        next.close();
        other.get().close();
    }

    @Test
    void a_lock_is_freed_from_another_thread_than_the_one_that_took_it() throws Exception {
        SharedState a = join("a");
        AutoCloseable lock = a.lock("apply", SHORT).orElseThrow();
        Thread closer = new Thread(() -> {
            try {
                lock.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        closer.start();
        closer.join();
        a.lock("apply", LONG).orElseThrow().close();
    }

    @Test
    void the_lock_of_a_host_that_dies_becomes_free() throws Exception {
        SharedState a = join("a");
        SharedState b = join("b");
        a.lock("apply", SHORT).orElseThrow();
        die(a);
        b.lock("apply", LONG).orElseThrow().close();
        assertThrows(StateException.class, () -> a.read("/x"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(SharedState.Value value) {
        return new String(value.data(), StandardCharsets.UTF_8);
    }
}
