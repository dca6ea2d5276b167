// SPDX-License-Identifier: Apache-2.0
package org.violin.shell.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.violin.api.guest.ExecSession;

/** Honest hosts: streams, status, ends, bounds. */
class LinkTest extends LinkFixture {
    private static byte[] cat(ExecSession session, byte[] bytes) throws Exception {
        CompletableFuture<byte[]> back = CompletableFuture.supplyAsync(() -> {
            try {
                return session.stdout().readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        session.stdin().write(bytes);
        session.stdin().close();
        return back.get(60, TimeUnit.SECONDS);
    }

    @Test
    void megabytes_go_both_ways_and_the_end_of_input_is_passed_on() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        byte[] bytes = new byte[5_000_001];
        new Random(seed).nextBytes(bytes);
        try (ExecSession session = exec("cat")) {
            assertArrayEquals(bytes, cat(session, bytes));
            assertEquals(0, session.waitFor());
            assertEquals("", text(session.stderr()));
        }
        assertEquals(List.of("host1"), commands.hosts, "the server knows who asks");
    }

    @Test
    void words_and_status_arrive_unchanged() throws Exception {
        try (ExecSession session = exec("words", "", "a 'b' $c; ü\n", "--help")) {
            assertEquals("|a 'b' $c; ü\n|--help", text(session.stdout()));
            assertEquals(0, session.waitFor());
        }
        for (int status : new int[] {0, 1, 42, 255, -1}) {
            try (ExecSession session = exec("exit", "" + status)) {
                assertEquals(status, session.waitFor());
            }
        }
        try (ExecSession session = exec("break")) {
            assertEquals(1, session.waitFor());
            assertEquals("violin: it broke\n", text(session.stderr()));
        }
    }

    @Test
    void a_client_that_leaves_ends_its_command() throws Exception {
        ExecSession session = exec("hang");
        await("it runs", () -> commands.running.get() == 1);
        session.close();
        await("it was interrupted", () -> commands.interrupted.get() == 1 && commands.running.get() == 0);
        ExecSession flood = exec("flood");
        await("it runs", () -> commands.running.get() == 1);
        flood.close();
        await("a writer that waits for room ends", () -> commands.running.get() == 0);
        await("both are counted", () -> count("gone") == 2);
        await("its place is free", () -> client.connections() == 0);
    }

    @Test
    void a_server_that_leaves_is_status_255_and_a_line() throws Exception {
        ExecSession session = exec("hang");
        await("it runs", () -> commands.running.get() == 1);
        server.close();
        assertEquals(RemoteHosts.CONNECTION_LOST, session.waitFor());
        assertTrue(text(session.stderr()).startsWith("the connection to overlay host host2 broke"));
        assertThrows(IOException.class, () -> session.stdin().write(1));
    }

    @Test
    void a_stream_that_is_not_read_holds_up_only_itself() throws Exception {
        ExecSession slow = exec("flood");
        assertEquals("flood begins", new String(slow.stderr().readNBytes(12), java.nio.charset.StandardCharsets.UTF_8));
        try (ExecSession other = exec("words", "quick")) {
            assertEquals("quick", text(other.stdout()));
        }
        assertEquals(1, commands.running.get(), "it waits for room");
        assertEquals(TestCommands.FLOOD_BYTES, slow.stdout().readAllBytes().length);
        assertEquals(0, slow.waitFor());
        slow.close();
    }

    @Test
    void input_that_nobody_reads_does_not_hide_the_end() throws Exception {
        ExecSession session = exec("read");
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try {
                session.stdin().write(new byte[4_000_000]);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertEquals(0, session.waitFor());
        assertThrows(CompletionException.class, writer::join);
    }

    @Test
    void the_65th_connection_is_refused_with_a_sentence() throws Exception {
        RemoteHosts third = new RemoteHosts(authority.identity("host3"));
        List<ExecSession> open = new ArrayList<>();
        try {
            for (int i = 0; i < LinkServer.MAX_CONNECTIONS; i++) open.add(exec("hang"));
            assertTrue(assertThrows(IOException.class, () -> exec("hang")).getMessage().contains("more than 64 connections to other"));
            IOException e = assertThrows(IOException.class, () -> third.exec(host2, List.of("words", "x")));
            assertTrue(e.getMessage().contains("it refuses: more than 64 connections; try again later"), e.getMessage());
            assertEquals(1, count("full"));
            assertEquals(LinkServer.MAX_CONNECTIONS, server.connected().size());
            open.remove(0).close();
            await("there is room again", () -> works(third));
        } finally {
            open.forEach(ExecSession::close);
            third.close();
        }
    }

    private boolean works(RemoteHosts from) {
        try (ExecSession session = from.exec(host2, List.of("exit", "0"))) {
            return session.waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void what_cannot_be_sent_is_named() {
        assertTrue(assertThrows(IOException.class, () -> exec("words", "a\0b")).getMessage().contains("NUL"));
        assertTrue(assertThrows(IOException.class, () -> exec("words", "x".repeat(70_000))).getMessage().contains("at most 65536"));
        assertEquals(0, client.connections());
    }
}
