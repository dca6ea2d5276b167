// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLServerSocketFactory;

/** Server sockets that ask for a certificate unless told otherwise. */
final class AskingServerSockets extends SSLServerSocketFactory {
    private final SSLServerSocketFactory inner;

    AskingServerSockets(SSLServerSocketFactory inner) {
        this.inner = inner;
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return inner.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return inner.getSupportedCipherSuites();
    }

    @Override
    public ServerSocket createServerSocket() throws IOException {
        return asking(inner.createServerSocket());
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
        return asking(inner.createServerSocket(port));
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
        return asking(inner.createServerSocket(port, backlog));
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, InetAddress address) throws IOException {
        return asking(inner.createServerSocket(port, backlog, address));
    }

    private static ServerSocket asking(ServerSocket socket) {
        SSLServerSocket tls = (SSLServerSocket) socket;
        tls.setEnabledProtocols(new String[] {LabContext.PROTOCOL});
        tls.setNeedClientAuth(true);
        return tls;
    }
}
