// SPDX-License-Identifier: Apache-2.0
package org.violin.runtime.netns;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import org.violin.api.guest.ExecSession;

/** A program in a guest, behind one {@code violin-guest exec}. Ending that launcher ends the program and its children. */
final class ProgramSession implements ExecSession {
    private static final int GRACE_MILLIS = 2_000;

    private final Process launcher;

    ProgramSession(Process launcher) {
        this.launcher = launcher;
    }

    @Override
    public OutputStream stdin() {
        return launcher.getOutputStream();
    }

    @Override
    public InputStream stdout() {
        return launcher.getInputStream();
    }

    @Override
    public InputStream stderr() {
        return launcher.getErrorStream();
    }

    @Override
    public int waitFor() throws InterruptedException {
        return launcher.waitFor();
    }

    /** Waits for the end at most so long. */
    boolean waitFor(long timeoutMillis) throws InterruptedException {
        return launcher.waitFor(timeoutMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        if (!launcher.isAlive()) return;
        launcher.destroy();
        try {
            if (launcher.waitFor(GRACE_MILLIS, TimeUnit.MILLISECONDS)) return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        launcher.destroyForcibly(); // its keeper inside sees that and kills the rest
    }
}
