// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.io.IOException;
import java.net.InetAddress;
import javax.net.ssl.SSLSocket;
import org.violin.api.cluster.Identity;

/** A client that sends a byte and waits for it to come back. */
final class TlsCalls {
    private TlsCalls() {}

    static SSLSocket open(Identity client, int port) throws IOException {
        SSLSocket socket = (SSLSocket) client.tls().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        return socket;
    }

    static void exchange(SSLSocket socket) throws IOException {
        socket.getOutputStream().write(7);
        if (socket.getInputStream().read() != 7) throw new IOException("no answer");
    }

    /** The name of who answered. */
    static String once(Identity client, int port) throws IOException {
        try (SSLSocket socket = open(client, port)) {
            exchange(socket);
            return client.peer(socket.getSession());
        }
    }
}
