// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.violin.api.cluster.HostInfo;
import org.violin.shell.KarafShell.Answer;

/** Commands on host1 for nodes on host2, over a real SSH connection. */
class TwoHostsTest {
    @TempDir
    Path dir;

    private final List<LocalProgram> started = new CopyOnWriteArrayList<>();
    private volatile String fping = "while read a; do echo \"$a : 0.10 0.30\" >&2; done";
    private KeyPair clusterKey;
    private KarafShell far;
    private ShellServer server;
    private RemoteHosts remotes;
    private KarafShell shell;

    @BeforeEach
    void start() throws Exception {
        clusterKey = key();
        save("violin-cluster-key", clusterKey);
        far = shell("host2", 1, null);
        server = new ShellServer(far, key(), clusterKey.getPublic(), 0);
        remotes = new RemoteHosts(dir, dir);
        shell = shell("host1", server.port(), remotes);
    }

    @AfterEach
    void stop() throws Exception {
        remotes.close();
        server.close();
        shell.close();
        far.close();
    }

    private static KeyPair key() throws Exception {
        KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
        keys.initialize(256);
        return keys.generateKeyPair();
    }

    private void save(String name, KeyPair pair) throws Exception {
        try (OutputStream out = Files.newOutputStream(dir.resolve(name))) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "test", null, out);
        }
    }

    private KarafShell shell(String self, int port2, RemoteHosts hosts) {
        HostInfo h = Fakes.HOST1;
        HostInfo host2 = new HostInfo("host2", "127.0.0.1", 4789, port2, 1099, 2, h.memoryBytes(), h.runtimes(), "0.1", 8, 0);
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
        assertEquals(1, server.commands.get());
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
        server.close();
        Answer answer = shell.call("exec", "figure2", "vHost2", "--", "ls");
        assertEquals(1, answer.result());
        assertTrue(answer.err().contains("overlay host host2 cannot be reached at 127.0.0.1:" + server.port()), answer.err());
        Answer pings = shell.call("ping-all", "figure2");
        assertEquals(1, pings.result());
        assertTrue(pings.out().contains("2 of 4 pairs"), pings.out());
    }

    @Test
    void aHostThatShowsAnotherKeyThanBeforeIsRefused() throws Exception {
        assertEquals(0, shell.call("exec", "figure2", "vHost2", "--", "true").result());
        int port = server.port();
        assertTrue(Files.readString(dir.resolve("violin-known-hosts")).startsWith("127.0.0.1:" + port + " SHA256:"));
        server.close();
        KeyPair other = key();
        server = new ShellServer(far, other, clusterKey.getPublic(), port);
        Answer refused = shell.call("exec", "figure2", "vHost2", "--", "true");
        assertEquals(1, refused.result());
        assertTrue(refused.err().contains("host2") && refused.err().contains("violin-known-hosts"), refused.err());
        save("host.key", other);
        assertEquals(0, shell.call("exec", "figure2", "vHost2", "--", "true").result(), "a key that all hosts share is good");
    }

    @Test
    void withoutTheKeyOfTheClusterTheFileIsNamed() throws Exception {
        Files.delete(dir.resolve("violin-cluster-key"));
        Answer answer = shell.call("exec", "figure2", "vHost2", "--", "true");
        assertTrue(answer.err().contains(dir.resolve("violin-cluster-key").toString()), answer.err());
    }
}
