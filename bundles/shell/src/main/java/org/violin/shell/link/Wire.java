// SPDX-License-Identifier: Apache-2.0
package org.violin.shell.link;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * Frames over one TLS 1.3 connection (RFC 8446): type, one byte; length, three bytes, big-endian; that many bytes. {@link #send} may be
 * called by any thread, {@link #receive} by one.
 */
final class Wire implements AutoCloseable {
    /** Of the protocol; first byte of a request. */
    static final int VERSION = 1;
    static final int MAX_BYTES = 64 * 1024;

    /** Client: version, then the words of the command in UTF-8, each ended by a NUL. */
    static final int REQUEST = 1;
    /** Server: the command starts. */
    static final int ACCEPTED = 2;
    static final int STDIN = 3;
    static final int STDIN_END = 4;
    static final int STDOUT = 5;
    static final int STDERR = 6;
    /** The reader of a stream has room for more: type of the stream, one byte; bytes, four. */
    static final int WINDOW = 7;
    /** Server, last: the command's status, four bytes. */
    static final int EXIT = 8;
    /** Server, last: why there is no command, UTF-8. */
    static final int ERROR = 9;
    static final int PING = 10;

    /** One side that has nothing to say pings so often. */
    static final int PING_SECONDS = 15;
    private static final int SILENCE_MILLIS = 3 * PING_SECONDS * 1000;
    private static final String[] PROTOCOLS = {"TLSv1.3"};

    record Frame(int type, byte[] bytes) {
        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private final Socket raw;
    private final SSLSession session;
    private final DataInputStream in;
    private final OutputStream out;
    private final ReentrantLock writing = new ReentrantLock();
    private final CountDownLatch closed = new CountDownLatch(1);

    private Wire(Socket raw, SSLSocket tls) throws IOException {
        this.raw = raw;
        tls.setEnabledProtocols(PROTOCOLS);
        tls.startHandshake();
        this.session = tls.getSession();
        this.in = new DataInputStream(new BufferedInputStream(tls.getInputStream(), MAX_BYTES));
        this.out = tls.getOutputStream();
    }

    /** Does the handshake as the client. Has no time limit of its own: close the socket to end it. */
    static Wire client(Socket raw, SSLContext context) throws IOException {
        SSLSocket tls = layer(raw, context);
        tls.setUseClientMode(true);
        return new Wire(raw, tls);
    }

    /** Does the handshake as the server; the client must show a certificate. No time limit of its own. */
    static Wire server(Socket raw, SSLContext context) throws IOException {
        SSLSocket tls = layer(raw, context);
        tls.setUseClientMode(false);
        tls.setNeedClientAuth(true);
        return new Wire(raw, tls);
    }

    private static SSLSocket layer(Socket raw, SSLContext context) throws IOException {
        raw.setTcpNoDelay(true);
        return (SSLSocket) context.getSocketFactory().createSocket(raw, raw.getInetAddress().getHostAddress(), raw.getPort(), false);
    }

    SSLSession session() {
        return session;
    }

    /** From now on this side pings when it is idle, and a side that says nothing for three times as long is taken for dead. */
    void keepAlive(String name) throws IOException {
        raw.setSoTimeout(SILENCE_MILLIS);
        Threads.start(name, () -> {
            try {
                while (!closed.await(PING_SECONDS, TimeUnit.SECONDS)) send(PING);
            } catch (IOException e) {
                close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    void send(int type, byte... bytes) throws IOException {
        send(type, bytes, 0, bytes.length);
    }

    void send(int type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        send(type, bytes, 0, Math.min(bytes.length, MAX_BYTES));
    }

    /** Blocks while the network is full. */
    void send(int type, byte[] bytes, int offset, int length) throws IOException {
        if (length > MAX_BYTES) throw new IOException("a frame of " + length + " bytes; at most " + MAX_BYTES);
        byte[] frame = new byte[4 + length];
        ByteBuffer.wrap(frame).putInt(type << 24 | length).put(bytes, offset, length);
        writing.lock();
        try {
            out.write(frame);
            out.flush();
        } finally {
            writing.unlock();
        }
    }

    void window(int stream, int bytes) throws IOException {
        send(WINDOW, ByteBuffer.allocate(5).put((byte) stream).putInt(bytes).array());
    }

    /** Null when the other side has closed. Throws when it is silent for too long or says what is not in the protocol. */
    Frame receive() throws IOException {
        int head;
        try {
            head = in.readInt();
        } catch (EOFException e) {
            return null;
        }
        int length = head & 0xffffff;
        if (length > MAX_BYTES) throw new IOException("a frame of " + length + " bytes; at most " + MAX_BYTES);
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return new Frame(head >>> 24, bytes);
    }

    /** At once, whatever other threads do with it: they get an IOException. */
    @Override
    public void close() {
        closed.countDown();
        Threads.close(raw);
    }
}
