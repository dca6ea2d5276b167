// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.violin.api.cluster.HostInfo;
import org.violin.shell.KarafShell.Answer;
import org.violin.shell.link.RemoteHosts;

/** Commands on host1 for nodes on host2, over real TLS. */
class TwoHostsTest {
    private final List<LocalProgram> started = new CopyOnWriteArrayList<>();
    private final Doors doors = new Doors();
    private volatile String fping = "while read a; do echo \"$a : 0.10 0.30\" >&2; done";
    private KarafShell far;
    private int port;
    private RemoteHosts remotes;
    private KarafShell shell;

    @BeforeEach
    void start() throws Exception {
        far = shell("host2", 1, null);
        port = doors.open(far, "host2");
        remotes = new RemoteHosts(doors.authority.identity("host1"));
        shell = shell("host1", port, remotes);
    }

    @AfterEach
    void stop() throws Exception {
        remotes.close();
        doors.close();
        shell.close();
        far.close();
    }

    private KarafShell shell(String self, int port2, RemoteHosts hosts) {
        HostInfo h = Fakes.HOST1;
        HostInfo host2 = doors.host("host2", port2);
        List<Object> services = new ArrayList<>(List.of(new Fakes.FakeViolins(), new Fakes.FakeMembers(self.equals("host1") ? h : host2,
                List.of(h, host2)),
                new Fakes.FakeGuests(self, (node, request) -> {
                    List<String> command = request.command().get(0).equals("fping") ? List.of("sh", "-c", fping) : request.command();
                    LocalProgram program = new LocalProgram(command);
                    started.add(program);
                    return program;
                })));
        if (hosts != null) services.add(hosts);
        return new KarafShell(services.toArray());
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) Thread.onSpinWait();
        assertTrue(condition.getAsBoolean(), what);
    }

    @Test
    void bytesStreamsAndStatusPassBetweenHosts() throws Exception {
        byte[] bytes = new byte[3_000_000];
        new Random(2).nextBytes(bytes);
        Answer answer = shell.call(bytes, "exec", "figure2", "vHost2", "--", "cat");
        assertArrayEquals(bytes, answer.bytes());
        assertEquals(0, answer.result());
        Answer both = shell.call("exec", "figure2", "vHost2", "--", "sh", "-c", "echo \"$1\"; echo err >&2; exit 42", "x",
                "a 'b' $c; ü --help");
        assertEquals("a 'b' $c; ü --help\n", both.out());
        assertEquals("err\n", both.err());
        assertEquals(42, both.result());
    }

    @Test
    void connectTravelsWithItsSize() throws Exception {
        assertEquals("hi\n", shell.call("connect", "figure2", "vHost2", "--", "echo", "hi").out());
        assertEquals(1L, doors.server().counters().get("connections"));
    }

    @Test
    void anInterruptedCommandEndsTheProgramFarAway() throws Exception {
        Thread thread = new Thread(() -> {
            try {
                shell.run("violin:call " + CallVerb.encode(List.of("exec", "figure2", "vHost2", "--", "sleep", "100")),
                        InputStream.nullInputStream(),
                        OutputStream.nullOutputStream(), OutputStream.nullOutputStream());
            } catch (Exception e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.start();
        await("the program starts", () -> !started.isEmpty());
        thread.interrupt();
        await("the program ends", () -> !started.get(0).alive());
        thread.join(10_000);
        assertFalse(thread.isAlive());
    }

    @Test
    void pingAllAddsUpBothHosts() throws Exception {
        Answer answer = shell.call("ping-all", "figure2");
        assertEquals(0, answer.result(), answer.out() + answer.err());
        assertTrue(answer.out().startsWith("figure2: 4 of 4 pairs reachable, rtt min/avg/max 0.100/0.200/0.300 ms, in "), answer.out());
        assertTrue(shell.call("ping-all", "-6", "figure2").out().startsWith("figure2: 2 of 2 pairs"));
        fping = "while read a; do case $a in 10.0.1.3) echo \"$a : - -\" >&2;; *) echo \"$a : 1 -\" >&2;; esac; done; exit 1";
        Answer lossy = shell.call("ping-all", "figure2");
        assertEquals(1, lossy.result());
        assertTrue(lossy.out().contains("vHost1  vHost2  10.0.1.3  no answer"), lossy.out());
        assertTrue(lossy.out().contains("3 of 4 pairs"), lossy.out());
        fping = "exit 127";
        assertTrue(shell.call("ping-all", "figure2").out().contains("apt-get install fping"));
    }

    @Test
    void aHostThatDoesNotAnswerIsNamed() throws Exception {
        doors.close();
        Answer answer = shell.call("exec", "figure2", "vHost2", "--", "ls");
        assertEquals(1, answer.result());
        assertTrue(answer.err().contains("overlay host host2 cannot be reached at 127.0.0.1:" + port), answer.err());
        Answer pings = shell.call("ping-all", "figure2");
        assertEquals(1, pings.result());
        assertTrue(pings.out().contains("2 of 4 pairs"), pings.out());
    }

    @Test
    void anotherHostAtThatAddressIsRefused() throws Exception {
        doors.close();
        doors.open(far, "host3", port);
        Answer refused = shell.call("exec", "figure2", "vHost2", "--", "true");
        assertEquals(1, refused.result());
        assertTrue(refused.err().contains("host2") && refused.err().contains("it is overlay host host3"), refused.err());
        assertTrue(started.isEmpty());
    }

    @Test
    void expellingTheAskerEndsItsProgram() throws Exception {
        CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return shell.call("exec", "figure2", "vHost2", "--", "sleep", "100");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        await("the program starts", () -> !started.isEmpty());
        doors.authority.expel("host1");
        await("the program ends", () -> !started.get(0).alive());
        assertEquals(255, answer.get(10, TimeUnit.SECONDS).result());
        assertTrue(answer.get().err().contains("the connection to overlay host host2 broke"), answer.get().err());
        assertEquals(1L, doors.server().counters().get("expelled"));
        Answer again = shell.call("exec", "figure2", "vHost2", "--", "true");
        assertEquals(1, again.result());
        assertTrue(again.err().contains("overlay host host2 cannot be reached"), again.err());
        assertEquals(1, started.size());
    }

    @Test
    void withoutAnIdentityTheReasonIsGiven() throws Exception {
        try (KarafShell alone = shell("host1", port, null)) {
            Answer answer = alone.call("exec", "figure2", "vHost2", "--", "true");
            assertEquals(1, answer.result());
            assertTrue(answer.err().contains("org.violin.trust"), answer.err());
        }
    }
}
