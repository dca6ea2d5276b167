// SPDX-License-Identifier: Apache-2.0
package org.violin.shell.link;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection from another overlay host, from the handshake to the end of its command. */
final class ServedCommand implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ServedCommand.class);

    private final LinkServer server;
    private final Socket raw;
    private final AtomicInteger running = new AtomicInteger(2);
    private final AtomicBoolean done = new AtomicBoolean();
    private volatile Wire wire;
    private volatile String host = "";
    private Outlet stdout;
    private Outlet stderr;
    private Inlet stdin;
    private Thread command;

    ServedCommand(LinkServer server, Socket raw) {
        this.server = server;
        this.raw = raw;
    }

    @Override
    public void run() {
        byte[] words;
        try {
            words = request();
        } catch (IOException | RuntimeException e) {
            server.strange(this, e);
            close();
            return;
        }
        if (words != null) serve(words);
        close();
    }

    /** The words of the command; null when it was refused already. */
    private byte[] request() throws IOException {
        wire = Wire.server(raw, server.identity().tls());
        host = server.identity().peer(wire.session());
        Wire.Frame asked = wire.receive();
        if (asked == null || asked.type() != Wire.REQUEST || asked.bytes().length < 2) throw new IOException("no request");
        if (asked.bytes()[0] != Wire.VERSION) {
            refuse("version", "it speaks version " + Wire.VERSION + " of the control link, not " + asked.bytes()[0]);
            return null;
        }
        if (!server.enter(this)) {
            refuse("full", "more than " + LinkServer.MAX_CONNECTIONS + " connections; try again later");
            return null;
        }
        return Arrays.copyOfRange(asked.bytes(), 1, asked.bytes().length);
    }

    private void refuse(String reason, String text) throws IOException {
        server.count(reason);
        wire.send(Wire.ERROR, text);
        // What the other side has not read is lost when this side closes first.
        while (wire.receive() != null) continue;
    }

    private void serve(byte[] words) {
        stdin = new Inlet(bytes -> wire.window(Wire.STDIN, bytes));
        stdout = new Outlet(wire, Wire.STDOUT, 0);
        stderr = new Outlet(wire, Wire.STDERR, 0);
        try {
            wire.send(Wire.ACCEPTED);
            wire.keepAlive("violin-link-ping");
            command = Threads.start("violin-link-for-" + host, () -> command(words));
        } catch (IOException e) {
            LOG.debug("Overlay host {} is gone", host, e);
            leave();
            leave();
            return;
        }
        try {
            read();
        } catch (IOException | RuntimeException e) {
            if (!done.get()) LOG.debug("The connection from overlay host {} broke", host, e);
        } finally {
            wire.close();
            if (done.compareAndSet(false, true)) server.count("gone");
            stdin.end();
            stdout.shut();
            stderr.shut();
            command.interrupt();
            leave();
        }
    }

    /** Until the other side closes: it does when it has the status. */
    private void read() throws IOException {
        for (Wire.Frame f = wire.receive(); f != null; f = wire.receive()) {
            switch (f.type()) {
                case Wire.STDIN -> {
                    if (!done.get()) stdin.offer(f.bytes());
                }
                case Wire.STDIN_END -> stdin.end();
                case Wire.WINDOW -> (f.bytes()[0] == Wire.STDOUT ? stdout : stderr).grant(ByteBuffer.wrap(f.bytes()).getInt(1));
                case Wire.PING -> { }
                default -> throw new IOException("a frame of unknown type " + f.type());
            }
        }
    }

    private void command(byte[] words) {
        int status = 1;
        try {
            status = server.commands().run(host, words, stdin, stdout, stderr);
        } catch (Exception e) {
            say("violin: " + (e.getMessage() == null ? e.toString() : e.getMessage()) + "\n");
        }
        try {
            if (done.compareAndSet(false, true)) {
                wire.send(Wire.EXIT, ByteBuffer.allocate(4).putInt(status).array());
                server.soon(wire);
            }
        } catch (IOException e) {
            server.count("gone");
            wire.close();
        } finally {
            leave();
        }
    }

    private void say(String text) {
        try {
            stderr.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.debug("Overlay host {} does not listen any more", host, e);
        }
    }

    /** The reader and the command both end before there is room for another connection. */
    private void leave() {
        if (running.decrementAndGet() == 0) server.left();
    }

    /** True when the host at the other end is not believed any more. */
    boolean expelled() {
        Wire w = wire;
        if (w == null || host.isEmpty()) return false;
        try {
            return !server.identity().peer(w.session()).equals(host);
        } catch (IOException e) {
            return true;
        }
    }

    String host() {
        return host;
    }

    /** At once, from any thread; the command is interrupted. */
    void close() {
        Threads.close(raw);
        server.closed(this);
    }
}
