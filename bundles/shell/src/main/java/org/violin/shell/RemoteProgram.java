// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.violin.api.guest.ExecSession;

/** A command that runs on another overlay host. Its connection ends with it. */
final class RemoteProgram implements ExecSession {
    /** What OpenSSH's client answers too when the connection broke. */
    static final int CONNECTION_LOST = 255;
    private static final long WAIT_MILLIS = 60_000;

    private final ClientSession session;
    private final ChannelExec channel;
    private final Runnable closed;
    private final AtomicBoolean open = new AtomicBoolean(true);

    RemoteProgram(ClientSession session, ChannelExec channel, Runnable closed) {
        this.session = session;
        this.channel = channel;
        this.closed = closed;
    }

    @Override
    public OutputStream stdin() {
        return channel.getInvertedIn();
    }

    @Override
    public InputStream stdout() {
        return channel.getInvertedOut();
    }

    @Override
    public InputStream stderr() {
        return channel.getInvertedErr();
    }

    @Override
    public int waitFor() throws InterruptedException {
        // The channel's own wait swallows interrupts, so look between waits.
        while (!channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED, ClientChannelEvent.EXIT_STATUS), WAIT_MILLIS)
                .stream().anyMatch(e -> e == ClientChannelEvent.CLOSED || e == ClientChannelEvent.EXIT_STATUS)) {
            if (Thread.interrupted()) throw new InterruptedException();
        }
        Integer status = channel.getExitStatus();
        return status == null ? CONNECTION_LOST : status;
    }

    @Override
    public void close() {
        if (!open.compareAndSet(true, false)) return;
        channel.close(true);
        session.close(true);
        closed.run();
    }
}
