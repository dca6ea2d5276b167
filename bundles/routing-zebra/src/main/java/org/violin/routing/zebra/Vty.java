// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.violin.linux.RootedPath;

/**
 * A connection to one daemon's terminal socket, as vtysh(1) uses it: a command ends with a zero byte; an answer is text, three zero bytes
 * and a status. Ten times faster than a vtysh process. Any thread, one command at a time; what the guest says is bounded in size and time.
 */
final class Vty implements AutoCloseable {
    /** Status: done. */
    static final int DONE = 0;
    /** Statuses: no such command here, ambiguous, incomplete. */
    static final int NO_MATCH = 2;
    static final int AMBIGUOUS = 3;
    static final int INCOMPLETE = 4;
    private static final int MOST_BYTES = 64 << 20;
    private static final int TRAILER = 4;

    /** @param text without the trailing new line */
    record Answer(int status, String text) {
        boolean done() {
            return status == DONE;
        }

        boolean unknown() {
            return status == NO_MATCH || status == AMBIGUOUS || status == INCOMPLETE;
        }
    }

    private final SocketChannel channel;
    private final Selector selector;
    private final ByteBuffer in = ByteBuffer.allocate(16384);

    private Vty(SocketChannel channel, Selector selector) {
        this.channel = channel;
        this.selector = selector;
    }

    /**
     * Connects to a daemon in the guest whose first process is {@code guestPid} and enters the level where all may be done.
     *
     * @throws IOException when the daemon does not run
     */
    static Vty connect(long guestPid, Daemon daemon) throws IOException {
        Vty vty = new Vty(channel(guestPid, daemon), Selector.open());
        try {
            vty.channel.configureBlocking(false);
            vty.channel.register(vty.selector, SelectionKey.OP_READ);
            vty.ask("enable", 5000);
            return vty;
        } catch (IOException e) {
            vty.close();
            throw e;
        }
    }

    /** A bare connection, which ends when the daemon does. */
    static SocketChannel channel(long guestPid, Daemon daemon) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try (RootedPath path = RootedPath.open("/proc/" + guestPid + "/root", "run", "frr", daemon.program() + ".vty")) {
            channel.connect(UnixDomainSocketAddress.of(path.path()));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw new IOException(daemon.program() + " does not listen: " + e.getMessage(), e);
        }
    }

    /** One command; IOException when the connection broke, the answer is too large or does not come in time: then close it. */
    synchronized Answer ask(String command, int timeoutMillis) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        byte[] line = command.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(line.length + 1).put(line).put((byte) 0).flip();
        while (out.hasRemaining()) {
            if (channel.write(out) == 0) pause(deadline, command);
        }
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        byte[] trailer = new byte[TRAILER];
        int seen = 0;
        for (;;) {
            in.clear();
            int n = channel.read(in);
            if (n < 0) throw new IOException("the daemon closed the connection on '" + command + "'");
            if (n == 0) {
                pause(deadline, command);
                continue;
            }
            for (int i = 0; i < n; i++) {
                byte b = in.get(i);
                if (seen > 0 || b == 0) {
                    trailer[seen++] = b;
                    if (seen == TRAILER) return new Answer(trailer[3] & 0xff, answer.toString(StandardCharsets.UTF_8).stripTrailing());
                } else {
                    answer.write(b);
                }
            }
            if (answer.size() > MOST_BYTES) throw new IOException("the answer to '" + command + "' is over " + MOST_BYTES + " bytes");
        }
    }

    private void pause(long deadline, String command) throws IOException {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) throw new IOException("no answer to '" + command + "' in time");
        selector.select(Math.min(left, 100));
        selector.selectedKeys().clear();
    }

    @Override
    public void close() {
        try {
            selector.close();
            channel.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}
