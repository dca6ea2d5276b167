// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.violin.api.cluster.Identity;

class MemoryAuthorityTest {
    private final MemoryAuthority authority = new MemoryAuthority();
    private final Identity one = authority.identity("host1");
    private final Identity two = authority.identity("host2");

    @Test
    void both_ends_agree_on_a_secret_and_know_each_others_keys() {
        assertArrayEquals(one.agree(two.tunnelKey()), two.agree(one.tunnelKey()));
        assertArrayEquals(two.tunnelKey(), one.tunnelKey("host2").orElseThrow());
        assertEquals(Optional.of("host1"), two.host(one.tunnelKey()));
        assertEquals(Optional.empty(), two.tunnelKey("host3"));
        assertEquals(one.labSecret(), two.labSecret());
        assertThrows(IllegalArgumentException.class, () -> one.agree(new byte[32]), "0 is of small order");
        assertThrows(IllegalArgumentException.class, () -> one.agree(new byte[31]));
        assertSame(one, authority.identity("host1"));
    }

    @Test
    void the_certificate_has_the_name() throws Exception {
        byte[] der = Base64.getDecoder().decode(one.certificate());
        assertTrue(CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der)).toString().contains("CN=host1"));
    }

    @Test
    void tls_names_the_peer_in_both_roles_and_refuses_strangers() throws Exception {
        assertEquals("host1 host2", talk(one, two));
        Identity stranger = new MemoryAuthority().identity("host1");
        assertThrows(IOException.class, () -> talk(stranger, two));
        assertThrows(IOException.class, () -> talk(two, stranger));
    }

    @Test
    void the_expelled_is_refused_and_comes_back_under_new_keys_only() throws Exception {
        AtomicInteger told = new AtomicInteger();
        AutoCloseable listener = two.listen(told::incrementAndGet);
        assertEquals("host1 host2", talk(one, two));
        authority.expel("host1");
        assertEquals(1, told.get());
        assertTrue(two.expelled("host1"));
        assertEquals(Optional.empty(), two.tunnelKey("host1"));
        assertEquals(Optional.empty(), two.host(one.tunnelKey()));
        assertThrows(IOException.class, () -> talk(one, two));
        Identity again = authority.identity("host1");
        assertEquals(2, told.get());
        assertFalse(two.expelled("host1"));
        assertFalse(Arrays.equals(one.tunnelKey(), again.tunnelKey()));
        assertEquals("host1 host2", talk(again, two));
        assertThrows(IOException.class, () -> talk(one, two));
        listener.close();
        authority.expel("host2");
        assertEquals(2, told.get());
    }

    /** One byte each way; the names as the ends see each other, the client's first. */
    private static String talk(Identity client, Identity server) throws Exception {
        try (SSLServerSocket door = (SSLServerSocket)
                server.tls().getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            door.setNeedClientAuth(true);
            CompletableFuture<String> seen = CompletableFuture.supplyAsync(() -> {
                try (SSLSocket socket = (SSLSocket) door.accept()) {
                    socket.getInputStream().read();
                    socket.getOutputStream().write(1);
                    return server.peer(socket.getSession());
                } catch (IOException e) {
                    throw new CompletionException(e);
                }
            });
            try (SSLSocket socket =
                    (SSLSocket) client.tls().getSocketFactory().createSocket(door.getInetAddress(), door.getLocalPort())) {
                socket.getOutputStream().write(1);
                if (socket.getInputStream().read() < 0) throw new IOException("closed");
                return seen.join() + " " + client.peer(socket.getSession());
            }
        }
    }
}
