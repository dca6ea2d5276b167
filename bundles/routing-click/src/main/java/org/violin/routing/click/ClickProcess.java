// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.violin.linux.OwnNetns;

/** One run of Click with its control connection and the last it said. Any thread. */
final class ClickProcess implements AutoCloseable {
    private static final int LINES = 50;
    private static final int COLUMNS = 500;
    private static final String SILENT = "no word";

    private final Process process;
    private final Deque<String> said = new ArrayDeque<>();
    private final Thread listener;
    private volatile ControlClient control;

    private ClickProcess(Process process) {
        this.process = process;
        listener = new Thread(this::listen, "violin-click-" + process.pid());
        listener.setDaemon(true);
        listener.start();
    }

    /** Starts it and returns when it answers. Throws IOException with what it said; then it does not run. */
    static ClickProcess start(ClickProgram program, OwnNetns namespace, RunFolder folder, int user, int timeoutMillis) throws IOException {
        java.nio.file.Files.deleteIfExists(folder.path.resolve(GraphText.CONTROL));
        Process process = ClickProgram.builder(program.command(namespace, user), folder.path).start();
        ClickProcess click = new ClickProcess(process);
        try {
            folder.process(process.pid());
            click.control = click.connect(timeoutMillis);
            return click;
        } catch (IOException e) {
            click.close();
            throw e;
        }
    }

    private ControlClient connect(int timeoutMillis) throws IOException {
        // By the process's own folder: the path of a unix socket has at most 108 bytes (unix(7)).
        Path socket = Path.of("/proc/" + process.pid() + "/cwd/" + GraphText.CONTROL);
        long deadline = System.nanoTime() + timeoutMillis * 1_000_000L;
        for (;;) {
            try {
                return ControlClient.connect(socket, timeoutMillis);
            } catch (IOException e) {
                if (!process.isAlive()) throw new IOException("click ended: " + complaint());
                if (System.nanoTime() > deadline) throw new IOException("click does not answer after " + timeoutMillis + " ms: " + complaint());
                java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
                if (Thread.currentThread().isInterrupted()) throw new IOException("interrupted while click started");
            }
        }
    }

    private void listen() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8), 1024)) {
            StringBuilder line = new StringBuilder();
            for (int c = lines.read(); c >= 0; c = lines.read()) {
                if (c != '\n') {
                    if (line.length() < COLUMNS) line.append((char) c);
                    continue;
                }
                synchronized (said) {
                    if (said.size() == LINES) said.removeFirst();
                    said.add(line.toString());
                }
                line.setLength(0);
            }
        } catch (IOException e) {
            // it is gone
        }
    }

    /** What it said last, once it is dead whole. */
    String complaint() {
        try {
            if (!process.isAlive()) listener.join(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (said) {
            return said.isEmpty() ? SILENT : String.join("\n", said);
        }
    }

    /** How it ended, one line. */
    String end() {
        String all = complaint();
        int status = process.isAlive() ? 0 : process.exitValue();
        String how = status > 128 ? "signal " + (status - 128) : "status " + status;
        return how + (all.equals(SILENT) ? "" : ": " + all.substring(all.lastIndexOf('\n') + 1));
    }

    ControlClient control() {
        return control;
    }

    long pid() {
        return process.pid();
    }

    /** Runs when the process ends, at once when it has ended. */
    void onExit(Runnable then) {
        process.onExit().thenRun(then);
    }

    /** Kills it and waits for the end. Idempotent. */
    @Override
    public void close() {
        ControlClient client = control;
        if (client != null) client.close();
        process.destroyForcibly();
        boolean interrupted = false;
        try {
            process.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
