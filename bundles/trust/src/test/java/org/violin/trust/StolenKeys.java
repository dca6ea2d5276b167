// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.io.IOException;
import java.net.InetAddress;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Somebody with a host's keys and a TLS of his own: he believes anybody, makes and keeps tickets. */
final class StolenKeys {
    private final SSLContext context;
    private String[] protocols = {"TLSv1.3"};

    StolenKeys(HostKeys keys) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("x", keys.secret(), new char[0], new Certificate[] {keys.certificate(), keys.authority()});
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(store, new char[0]);
        context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), new TrustManager[] {new Anybody()}, null);
    }

    void protocol(String only) {
        protocols = new String[] {only};
    }

    void call(int port) throws IOException {
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
            socket.setEnabledProtocols(protocols);
            socket.setSoTimeout(30_000);
            TlsCalls.exchange(socket);
        }
    }

    Server server() throws IOException {
        return new Server();
    }

    final class Server implements AutoCloseable {
        private final SSLServerSocket door;

        Server() throws IOException {
            door = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
            door.setEnabledProtocols(protocols);
            CompletableFuture.runAsync(this::serve);
        }

        int port() {
            return door.getLocalPort();
        }

        private void serve() {
            while (!door.isClosed()) {
                try (SSLSocket socket = (SSLSocket) door.accept()) {
                    int next = socket.getInputStream().read();
                    if (next >= 0) socket.getOutputStream().write(next);
                } catch (IOException e) {
                    continue;
                }
            }
        }

        @Override
        public void close() throws IOException {
            door.close();
        }
    }

    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
