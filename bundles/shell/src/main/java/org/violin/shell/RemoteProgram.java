// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.session.ClientSession;
import org.violin.api.guest.ExecSession;

/** A command that runs on another overlay host. Its connection ends with it. */
final class RemoteProgram implements ExecSession {
    /** What OpenSSH's client answers too when the connection broke. */
    static final int CONNECTION_LOST = 255;

    private final ClientSession session;
    private final ChannelExec channel;
    private final Runnable closed;
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final CountDownLatch ended = new CountDownLatch(1);

    RemoteProgram(ClientSession session, ChannelExec channel, Runnable closed) {
        this.session = session;
        this.channel = channel;
        this.closed = closed;
        channel.addCloseFutureListener(f -> ended.countDown());
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
        // Not the channel's own wait: that goes on when it is interrupted.
        ended.await();
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
