// SPDX-License-Identifier: Apache-2.0
package org.violin.shell.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.violin.api.guest.ExecSession;
import org.violin.testkit.cluster.MemoryAuthority;

/** Hosts that are none, were expelled, or break the protocol. */
class StrangersTest extends LinkFixture {
    private Socket plain() throws IOException {
        return new Socket("127.0.0.1", server.address().getPort());
    }

    /** Reads to the end; a reset is one. */
    private static byte[] rest(Socket socket) {
        try {
            return socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            return new byte[0];
        }
    }

    private Wire admitted() throws IOException {
        return Wire.client(plain(), authority.identity("host1").tls());
    }

    private static byte[] request(String word) {
        return ("\1" + word + "\0").getBytes(StandardCharsets.UTF_8);
    }

    /** An answer of type ERROR, or null when the connection ends without. */
    private static String end(Wire wire) {
        try {
            for (Wire.Frame f = wire.receive(); f != null; f = wire.receive()) if (f.type() == Wire.ERROR) return f.text();
        } catch (IOException e) {
            return null;
        }
        return null;
    }

    @Test
    void a_host_of_another_authority_is_refused_in_both_roles() throws Exception {
        RemoteHosts stranger = new RemoteHosts(new MemoryAuthority().identity("host1"));
        IOException e = assertThrows(IOException.class, () -> stranger.exec(host2, List.of("exit", "0")));
        assertTrue(e.getMessage().contains("host2 cannot be reached at 127.0.0.1:" + host2.controlPort() + ": no TLS between"), e.getMessage());
        stranger.close();
        LinkServer other = new LinkServer(new MemoryAuthority().identity("host2"), commands, () -> new InetSocketAddress("127.0.0.1", 0));
        await("it listens", () -> other.address() != null);
        assertThrows(IOException.class, () -> client.exec(host("host2", other.address().getPort()), List.of("exit", "0")));
        other.close();
        assertEquals(List.of(), commands.hosts, "nothing ran");
    }

    @Test
    void a_certificate_of_another_host_is_refused_before_anything_is_asked() throws Exception {
        IOException e = assertThrows(IOException.class, () -> client.exec(host("host5", host2.controlPort()), List.of("exit", "0")));
        assertTrue(e.getMessage().contains("it is overlay host host2, by its certificate"), e.getMessage());
        assertEquals(List.of(), commands.hosts);
    }

    @Test
    void expelling_cuts_what_is_open_and_refuses_what_comes() throws Exception {
        ExecSession session = exec("hang");
        await("it runs", () -> commands.running.get() == 1);
        authority.expel("host1");
        await("it was interrupted", () -> commands.interrupted.get() == 1);
        assertEquals(RemoteHosts.CONNECTION_LOST, session.waitFor());
        assertThrows(IOException.class, () -> exec("exit", "0"));
        RemoteHosts again = new RemoteHosts(authority.identity("host1"));
        try (ExecSession fresh = again.exec(host2, List.of("exit", "7"))) {
            assertEquals(7, fresh.waitFor(), "admitted again under new keys");
        }
        ExecSession toExpelled = again.exec(host2, List.of("hang"));
        authority.expel("host2");
        assertEquals(RemoteHosts.CONNECTION_LOST, toExpelled.waitFor(), "the client's side looks too");
        again.close();
        assertEquals(1, count("expelled"));
    }

    @Test
    void clear_text_and_garbage_are_refused() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20; i++) {
            byte[] bytes = i == 0 ? "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII) : new byte[1 + random.nextInt(3000)];
            if (i > 0) random.nextBytes(bytes);
            try (Socket socket = plain()) {
                socket.getOutputStream().write(bytes);
                socket.shutdownOutput();
                rest(socket);
            }
        }
        await("all were refused", () -> count("refused") == 20);
        assertEquals(List.of(), commands.hosts);
        try (ExecSession session = exec("exit", "3")) {
            assertEquals(3, session.waitFor());
        }
    }

    @Test
    void a_client_without_a_certificate_is_refused() throws Exception {
        javax.net.ssl.SSLContext blind = javax.net.ssl.SSLContext.getInstance("TLSv1.3");
        blind.init(null, new javax.net.ssl.TrustManager[] {new Blind()}, null);
        Wire wire = Wire.client(plain(), blind);
        try {
            wire.send(Wire.REQUEST, request("hang"));
            assertEquals(null, end(wire));
        } catch (java.net.SocketException e) {
            // cut before it had said anything
        }
        await("it was refused", () -> count("refused") == 1);
        assertEquals(List.of(), commands.hosts);
    }

    @Test
    void an_admitted_host_that_breaks_the_protocol_is_cut() throws Exception {
        try (Wire wire = admitted()) {
            wire.send(Wire.REQUEST, "\2x\0".getBytes(StandardCharsets.UTF_8));
            assertEquals("it speaks version 1 of the control link, not 2", end(wire));
        }
        try (Wire wire = admitted()) {
            wire.send(Wire.STDIN, new byte[10]);
            assertEquals(null, end(wire), "no request");
        }
        for (int kind = 0; kind < 4; kind++) {
            try (Wire wire = admitted()) {
                wire.send(Wire.REQUEST, request("hang"));
                assertEquals(Wire.ACCEPTED, wire.receive().type());
                switch (kind) {
                    case 0 -> wire.send(99);
                    case 1 -> wire.send(Wire.WINDOW, ByteBuffer.allocate(5).put((byte) Wire.STDOUT).putInt(Integer.MAX_VALUE).array());
                    case 2 -> wire.send(Wire.WINDOW);
                    default -> {
                        for (int sent = 0; sent <= Inlet.WINDOW_BYTES; sent += Wire.MAX_BYTES) wire.send(Wire.STDIN, new byte[Wire.MAX_BYTES]);
                    }
                }
                assertEquals(null, end(wire));
            }
        }
        await("no command runs", () -> commands.interrupted.get() == 4);
    }

    @Test
    void silent_connections_do_not_keep_an_honest_host_out() throws Exception {
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < 3 * LinkServer.MAX_HANDSHAKES; i++) silent.add(plain());
        try (ExecSession session = exec("exit", "5")) {
            assertEquals(5, session.waitFor());
        }
        for (Socket s : silent) {
            rest(s);
            s.close();
        }
        assertTrue(count("crowded") >= 2 * LinkServer.MAX_HANDSHAKES, server.counters().toString());
        assertTrue(count("late") > 0, "the rest had their time: " + server.counters());
    }

    @Test
    void a_server_that_says_nothing_is_given_up() throws Exception {
        try (ServerSocket deaf = new ServerSocket(0)) {
            IOException e = assertThrows(IOException.class, () -> client.exec(host("host2", deaf.getLocalPort()), List.of("exit", "0")));
            assertTrue(e.getMessage().endsWith("no answer in 5 s"), e.getMessage());
        }
        assertEquals(0, client.connections());
    }

    /** Believes any server, so that only the server's check is left. */
    private static final class Blind extends javax.net.ssl.X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

        @Override
        public java.security.cert.X509Certificate[] getAcceptedIssuers() {
            return new java.security.cert.X509Certificate[0];
        }
    }
}
