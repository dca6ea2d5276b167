// SPDX-License-Identifier: Apache-2.0
package org.violin.runtime.netns;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.Guest;

class ExecTest {
    private Lab lab;
    private Guest guest;

    @BeforeEach
    void open() throws Exception {
        lab = new Lab();
        guest = lab.start("x");
    }

    @AfterEach
    void close() throws Exception {
        if (lab != null) lab.close();
    }

    @Test
    void the_status_is_the_programs_or_128_plus_its_signal_or_127() throws Exception {
        assertEquals(7, Lab.sh(guest, "exit 7").status());
        assertEquals(128 + 9, Lab.sh(guest, "kill -9 $$").status());
        assertEquals(128 + 15, Lab.sh(guest, "kill $$").status());
        Lab.Output missing = Lab.run(guest, ExecRequest.of(List.of("no-such-program")));
        assertEquals(127, missing.status());
        assertEquals("no-such-program: command not found\n", missing.err());
    }

    @Test
    void a_megabyte_of_any_bytes_passes_unchanged_and_ends() throws Exception {
        byte[] sent = new byte[1 << 20];
        new Random(7).nextBytes(sent);
        try (ExecSession session = guest.exec(ExecRequest.of(List.of("cat")))) {
            Thread writer = new Thread(() -> {
                try (var in = session.stdin()) {
                    in.write(sent);
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            writer.start();
            assertArrayEquals(sent, session.stdout().readAllBytes());
            writer.join();
            assertEquals(0, session.waitFor());
        }
    }

    @Test
    void errors_are_a_stream_of_their_own_and_the_environment_is_passed() throws Exception {
        List<String> command = List.of("/bin/sh", "-c", "echo out $COLOUR; echo err >&2");
        ExecRequest request = new ExecRequest(command, Map.of("COLOUR", "blue"), false, 0, 0);
        Lab.Output output = Lab.run(guest, request);
        assertEquals("out blue\n", output.out());
        assertEquals("err\n", output.err());
    }

    @Test
    void a_terminal_has_its_size_and_echoes() throws Exception {
        try (ExecSession session = guest.exec(new ExecRequest(List.of("/bin/sh"), Map.of("PS1", ""), true, 33, 99))) {
            session.stdin().write("tty; stty size; exit 5\n".getBytes());
            session.stdin().flush();
            String out = Lab.text(session.stdout());
            assertTrue(out.contains("/dev/pts/0\r\n") && out.contains("33 99\r\n"), out);
            assertEquals(5, session.waitFor());
        }
        try (ExecSession session = guest.exec(new ExecRequest(List.of("cat"), Map.of(), true, 24, 80))) {
            session.stdin().write("end of input\n".getBytes());
            session.stdin().close();
            assertTrue(Lab.text(session.stdout()).contains("end of input\r\nend of input\r\n"));
            assertEquals(0, session.waitFor());
        }
    }

    @Test
    void closing_ends_the_program_with_its_children_even_in_sessions_of_their_own() throws Exception {
        String script = "sleep 1111 & setsid sleep 2222 & echo up; wait; wait; sleep 3333";
        ExecSession session = guest.exec(ExecRequest.of(List.of("/bin/sh", "-c", script)));
        assertEquals('u', session.stdout().read());
        session.close();
        Lab.await("all are gone", () -> sleepers().isEmpty());
        assertEquals(128 + 15, session.waitFor());
    }

    @Test
    void a_daemon_outlives_the_program_that_started_it_and_holds_nobody_up() throws Exception {
        assertEquals(0, Lab.sh(guest, "sleep 4444 & echo started").status());
        assertEquals("sleep 4444 ", sleepers());
    }

    private String sleepers() {
        try {
            return Lab.sh(guest, "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -o 'sleep [0-9]* ' | tr -d '\\n'").out();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
