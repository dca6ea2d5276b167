// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.violin.testkit.cluster.Eventually.eventually;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What strangers do at the enrolment port, and to its messages. */
class HostileTest {
    private static final byte[] SERVER = {1, 2, 3};
    private static final byte[] SECRET = new byte[32];

    @TempDir
    Path root;

    private Lab lab;

    @BeforeEach
    void open() {
        lab = new Lab(root);
    }

    @AfterEach
    void close() throws Exception {
        lab.close();
    }

    @Test
    void garbage_in_the_clear_and_over_tls_hurts_nobody() throws Exception {
        HostTrust one = lab.authority("host1");
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            byte[] garbage = new byte[random.nextInt(9_000)];
            random.nextBytes(garbage);
            boolean tls = round % 2 == 1;
            try (Socket socket = tls ? stranger(one.port()) : new Socket(InetAddress.getLoopbackAddress(), one.port())) {
                if (round % 4 == 3) garbage = new String(garbage, StandardCharsets.ISO_8859_1).replaceAll("[^ -~\n]", "x").getBytes(StandardCharsets.US_ASCII);
                socket.getOutputStream().write(garbage);
                socket.getOutputStream().flush();
            } catch (IOException e) {
                assertNotNull(e.getMessage(), "seed " + seed);
            }
        }
        HostTrust two = lab.member("host2", one);
        assertEquals("host2", Lab.identity(two).name(), "seed " + seed);
    }

    @Test
    void half_a_protocol_hurts_nobody() throws Exception {
        HostTrust one = lab.authority("host1");
        String id = one.token("", java.time.Duration.ofHours(1)).split("\\.")[1];
        for (String said : new String[] {"end\n", "violin-enrol 1\nend\n", "violin-enrol 2\ntoken x\nend\n", "violin-enrol 1\ntoken ../../x\nnonce x\nend\n",
            "violin-enrol 1\ntoken " + id + "\nend\n", "violin-enrol 1\ntoken " + id + "\nnonce " + "0".repeat(64) + "\nend\nviolin-host 1\nend\n",
            "violin-renew 1\naddress 127.0.0.1\nrequest x\nend\n", "mac " + "0".repeat(64) + "\nend\n", "x\n".repeat(50), "y".repeat(5_000)}) {
            try (SSLSocket socket = stranger(one.port())) {
                socket.getOutputStream().write(said.getBytes(StandardCharsets.US_ASCII));
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                assertFalse(answer.contains("violin-admitted") || answer.contains("violin-renewed"), said);
                assertFalse(answer.contains(Lab.identity(one).labSecret()));
            } catch (IOException e) {
                assertNotNull(e.getMessage());
            }
        }
        assertEquals(1, one.tokens().size());
        lab.member("host2", one);
    }

    @Test
    void those_that_say_nothing_are_cut_and_others_come_in() throws Exception {
        HostTrust one = lab.authority("host1", new Guard.Limits(4, 4, 1_000, 1_000, 500));
        eventually("the authority is ready", () -> one.port() > 0);
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Socket socket = i % 2 == 0 ? new Socket(InetAddress.getLoopbackAddress(), one.port()) : stranger(one.port());
            socket.getOutputStream().write(22);
            socket.getOutputStream().flush();
            silent.add(socket);
        }
        lab.member("host2", one);
        for (Socket socket : silent) {
            socket.setSoTimeout(30_000);
            eventually("cut", () -> ended(socket));
            socket.close();
        }
    }

    @Test
    void the_guard_bounds_and_forgives() throws Exception {
        AtomicLong nanos = new AtomicLong();
        Guard guard = new Guard(new Guard.Limits(3, 2, 5, 4, 1), nanos::get);
        InetAddress a = InetAddress.getByName("10.0.0.1");
        InetAddress b = InetAddress.getByName("10.0.0.2");
        assertTrue(guard.enter(a) && guard.enter(a));
        assertFalse(guard.enter(a), "two from one address");
        assertTrue(guard.enter(b));
        assertFalse(guard.enter(b), "three at once");
        guard.leave(a);
        guard.leave(a);
        guard.leave(b);
        assertTrue(guard.enter(b) && guard.enter(a));
        guard.leave(a);
        assertFalse(guard.enter(a), "five each second");
        nanos.addAndGet(1_000_000_000L);
        for (int i = 0; i < 4; i++) assertEquals(i == 0, guard.failed(a), "said once each second");
        assertFalse(guard.enter(a), "too many failures");
        assertTrue(guard.enter(b));
        nanos.addAndGet(60_000_000_000L);
        assertTrue(guard.enter(a));
        assertEquals(8, guard.refused());
        for (int i = 0; i < 5_000; i++) guard.failed(InetAddress.getByAddress(new byte[] {10, 1, (byte) (i >> 8), (byte) i}));
    }

    @Test
    void every_changed_byte_of_a_message_is_noticed() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new Wire(new ByteArrayInputStream(new byte[0]), out, SERVER).send(Wire.message(Enrolment.HOST, "name", "host2", "tunnel", "00"), SECRET);
        byte[] sent = out.toByteArray();
        assertTrue(believed(sent, SERVER, SECRET));
        assertFalse(believed(sent, new byte[] {1, 2, 4}, SECRET), "another server's certificate");
        byte[] otherSecret = SECRET.clone();
        otherSecret[31] = 1;
        assertFalse(believed(sent, SERVER, otherSecret));
        for (int i = 0; i < sent.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] changed = sent.clone();
                changed[i] ^= (byte) (1 << bit);
                assertFalse(believed(changed, SERVER, SECRET), "byte " + i);
            }
            byte[] cut = Arrays.copyOf(sent, i);
            assertFalse(believed(cut, SERVER, SECRET), "cut at " + i);
        }
    }

    @Test
    void a_message_replayed_after_others_is_not_believed() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new Wire(new ByteArrayInputStream(new byte[0]), out, SERVER).send(Wire.message(Enrolment.HOST, "name", "host2"), SECRET);
        byte[] twice = (out + "" + out).getBytes(StandardCharsets.US_ASCII);
        Wire wire = new Wire(new ByteArrayInputStream(twice), new ByteArrayOutputStream(), SERVER);
        assertTrue(wire.confirm(wire.receive(), SECRET));
        assertFalse(wire.confirm(wire.receive(), SECRET));
    }

    private static boolean believed(byte[] bytes, byte[] server, byte[] secret) {
        Wire wire = new Wire(new ByteArrayInputStream(bytes), new ByteArrayOutputStream(), server);
        try {
            return wire.confirm(wire.receive(), secret);
        } catch (IOException e) {
            return false;
        }
    }

    private static SSLSocket stranger(int port) throws IOException {
        return (SSLSocket) StrangerTrust.context().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    }

    /** Sends on, drop by drop; true when nobody listens any more. */
    private static boolean ended(Socket socket) {
        try {
            socket.getOutputStream().write(3);
            socket.getOutputStream().flush();
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
