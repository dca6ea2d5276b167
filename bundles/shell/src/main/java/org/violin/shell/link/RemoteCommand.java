// SPDX-License-Identifier: Apache-2.0
package org.violin.shell.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.violin.api.guest.ExecSession;

/** A command that runs on another overlay host. Its connection ends with it. */
final class RemoteCommand implements ExecSession {
    private final String host;
    private final Wire wire;
    private final Runnable over;
    private final Outlet stdin;
    private final Inlet stdout;
    private final Inlet stderr;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean left;
    private volatile String why = "";
    private volatile int status = RemoteHosts.CONNECTION_LOST;

    /** @param over called once, when the connection is closed */
    RemoteCommand(String host, Wire wire, Runnable over) {
        this.host = host;
        this.wire = wire;
        this.over = over;
        stdin = new Outlet(wire, Wire.STDIN, Wire.STDIN_END);
        stdout = new Inlet(bytes -> wire.window(Wire.STDOUT, bytes));
        stderr = new Inlet(bytes -> wire.window(Wire.STDERR, bytes));
    }

    RemoteCommand start() throws IOException {
        wire.keepAlive("violin-link-ping");
        Threads.start("violin-link-from-" + host, this::read);
        return this;
    }

    private void read() {
        String broken = "the connection to overlay host " + host + " broke";
        try {
            if (until()) broken = "";
        } catch (IOException | RuntimeException e) {
            broken += ": " + (e.getMessage() == null ? e.toString() : e.getMessage());
        } finally {
            if (!why.isEmpty()) broken = why;
            wire.close();
            stdin.shut();
            stdout.end();
            if (broken.isEmpty() || left) stderr.end();
            else stderr.end((broken + "\n").getBytes(StandardCharsets.UTF_8));
            over.run();
            ended.countDown();
        }
    }

    /** True when the command has ended, false when the connection has. */
    private boolean until() throws IOException {
        for (Wire.Frame f = wire.receive(); f != null; f = wire.receive()) {
            switch (f.type()) {
                case Wire.STDOUT -> stdout.offer(f.bytes());
                case Wire.STDERR -> stderr.offer(f.bytes());
                case Wire.WINDOW -> stdin.grant(ByteBuffer.wrap(f.bytes()).getInt(1));
                case Wire.PING -> { }
                case Wire.EXIT -> {
                    status = ByteBuffer.wrap(f.bytes()).getInt();
                    return true;
                }
                case Wire.ERROR -> why = "overlay host " + host + ": " + f.text();
                default -> throw new IOException("it sent a frame of unknown type " + f.type());
            }
        }
        return false;
    }

    /** Ends the connection and tells the reader of standard error why. */
    void refuse(String reason) {
        why = reason;
        wire.close();
    }

    @Override
    public OutputStream stdin() {
        return stdin;
    }

    @Override
    public InputStream stdout() {
        return stdout;
    }

    @Override
    public InputStream stderr() {
        return stderr;
    }

    @Override
    public int waitFor() throws InterruptedException {
        ended.await();
        return status;
    }

    @Override
    public void close() {
        left = true;
        wire.close();
    }
}
