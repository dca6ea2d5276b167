// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/** A client's and a server's engine, wired together in memory. */
final class EnginePair {
    private static final int ROOM = 1 << 17;
    private static final int MAX_ROUNDS = 100;

    private final SSLEngine client;
    private final SSLEngine server;
    private final ByteBuffer toServer = ByteBuffer.allocate(ROOM);
    private final ByteBuffer toClient = ByteBuffer.allocate(ROOM);

    EnginePair(SSLContext client, SSLContext server) {
        this.client = client.createSSLEngine();
        this.client.setUseClientMode(true);
        this.server = server.createSSLEngine();
        this.server.setUseClientMode(false);
    }

    void handshake() throws IOException {
        client.beginHandshake();
        server.beginHandshake();
        for (int round = 0; round < MAX_ROUNDS; round++) {
            step(client, toServer, toClient);
            step(server, toClient, toServer);
            if (done(client) && done(server) && toServer.position() == 0 && toClient.position() == 0) return;
        }
        throw new IOException("no end of the handshake");
    }

    /** One byte from the client to the server, or IOException. */
    void pass() throws IOException {
        SSLEngineResult sent = client.wrap(ByteBuffer.wrap(new byte[] {1}), toServer);
        toServer.flip();
        ByteBuffer plain = ByteBuffer.allocate(ROOM);
        SSLEngineResult got = server.unwrap(toServer, plain);
        toServer.compact();
        if (sent.bytesConsumed() != 1 || got.bytesProduced() != 1) throw new IOException("nothing arrives: " + got.getStatus());
    }

    private static boolean done(SSLEngine engine) {
        return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
    }

    private static void step(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws IOException {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) task.run();
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) engine.wrap(ByteBuffer.allocate(0), out);
        in.flip();
        if (in.hasRemaining() && engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) engine.unwrap(in, ByteBuffer.allocate(ROOM));
        in.compact();
    }
}
