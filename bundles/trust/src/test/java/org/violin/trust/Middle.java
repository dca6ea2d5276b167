// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.violin.testkit.cluster.MemoryAuthority;

/** Somebody between a joiner and the authority: TLS with both, all bytes passed on and written down. */
final class Middle implements AutoCloseable {
    private final SSLServerSocket door;
    private final int authorityPort;
    private final StringBuffer heard = new StringBuffer();

    Middle(int authorityPort) throws IOException {
        this.authorityPort = authorityPort;
        door = (SSLServerSocket) new MemoryAuthority().identity("host1").tls().getServerSocketFactory()
                .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        CompletableFuture.runAsync(this::serve);
    }

    int port() {
        return door.getLocalPort();
    }

    /** What the joiner said. */
    String heard() {
        return heard.toString();
    }

    private void serve() {
        try (SSLSocket joiner = (SSLSocket) door.accept();
                SSLSocket authority = (SSLSocket) StrangerTrust.context().getSocketFactory()
                        .createSocket(InetAddress.getLoopbackAddress(), authorityPort)) {
            CompletableFuture<Void> back = CompletableFuture.runAsync(() -> pass(authority, joiner, new StringBuffer()));
            pass(joiner, authority, heard);
            back.join();
        } catch (IOException e) {
            heard.append(" (cut)");
        }
    }

    private static void pass(SSLSocket from, SSLSocket to, StringBuffer written) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] bytes = new byte[4096];
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                written.append(new String(bytes, 0, n, StandardCharsets.US_ASCII));
                out.write(bytes, 0, n);
            }
            to.close();
        } catch (IOException e) {
            written.append("");
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
