// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.violin.api.guest.ExecSession;

/**
 * Connects a running program with the streams of a command until it ends. Bytes pass unchanged and unbuffered. When the program has ended,
 * output that is still on its way is awaited, but not a background child that keeps the pipe open and says nothing.
 */
final class Plumbing {
    private static final int BUFFER_BYTES = 32 * 1024;
    private static final long GRACE_MILLIS = 500;
    private static final long LOOK_MILLIS = 1000;

    private Plumbing() {}

    /** Returns the program's exit status. Ends the program when this thread is interrupted or the caller's connection is lost. */
    static int join(ExecSession program, Streams io) throws InterruptedException {
        try (program) {
            Pump out = new Pump("stdout", program.stdout(), io.out(), false);
            Pump err = new Pump("stderr", program.stderr(), io.err(), false);
            Pump in = new Pump("stdin", io.in(), program.stdin(), true);
            out.start();
            err.start();
            in.start();
            CountDownLatch ended = new CountDownLatch(1);
            Thread watch = new Thread(() -> watch(program, io, ended), "violin-exec-watch");
            watch.setDaemon(true);
            watch.start();
            int status;
            try {
                status = program.waitFor();
            } finally {
                ended.countDown();
            }
            out.drain();
            err.drain();
            if (io.in() instanceof ConsoleInput keys) keys.close();
            in.interrupt();
            return status;
        }
    }

    private static void watch(ExecSession program, Streams io, CountDownLatch ended) {
        try {
            while (!ended.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                if (io.gone()) {
                    program.close();
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Pump extends Thread {
        private final InputStream from;
        private final OutputStream to;
        private final boolean close;
        private volatile boolean writing;
        private volatile long moved;

        Pump(String name, InputStream from, OutputStream to, boolean close) {
            super("violin-exec-" + name);
            setDaemon(true);
            this.from = from;
            this.to = to;
            this.close = close;
        }

        @Override
        public void run() {
            byte[] buffer = new byte[BUFFER_BYTES];
            try {
                for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                    writing = true;
                    to.write(buffer, 0, n);
                    to.flush();
                    moved += n;
                    writing = false;
                }
            } catch (IOException e) {
                // The other side is gone: its end, not this one, is what is reported.
                writing = false;
            } finally {
                if (close) finish();
            }
        }

        private void finish() {
            try {
                to.close();
            } catch (IOException e) {
                // The program has ended before it read all its input.
                writing = false;
            }
        }

        void drain() throws InterruptedException {
            long before = -1;
            while (isAlive() && (writing || moved != before)) {
                before = moved;
                join(GRACE_MILLIS);
            }
        }
    }
}
