// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.dataplane;

import java.util.HashMap;
import java.util.Map;
import org.violin.api.dataplane.Poller;

/** Waits for {@link MemoryDevice}s, level-triggered and fair: a device that stays readable goes to the end of the line. */
final class MemoryPoller implements Poller {
    private final MemoryPollerProvider machine;
    private final Map<Integer, Integer> tokenByFd = new HashMap<>();
    private MemoryDevice[] watched = new MemoryDevice[16];
    private boolean[] queued = new boolean[16];
    private int[] line = new int[16];
    private int lineFirst;
    private int lineCount;
    private boolean woken;

    MemoryPoller(MemoryPollerProvider machine) {
        this.machine = machine;
    }

    @Override
    public void add(int fd, int token) {
        MemoryDevice device = machine.byFd(fd);
        synchronized (this) {
            grow(token);
            watched[token] = device;
            tokenByFd.put(fd, token);
        }
        device.watchedBy(this, token);
        ready(token);
    }

    @Override
    public synchronized void remove(int fd) {
        Integer token = tokenByFd.remove(fd);
        if (token == null) return;
        watched[token].watchedBy(null, 0);
        watched[token] = null;
    }

    @Override
    public synchronized int await(int timeoutMillis, int[] tokens) {
        long deadline = System.nanoTime() + timeoutMillis * 1_000_000L;
        while (true) {
            int found = collect(tokens);
            if (found > 0 || woken || timeoutMillis == 0) {
                woken = false;
                return found;
            }
            try {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (timeoutMillis > 0 && left <= 0) return 0;
                wait(timeoutMillis < 0 ? 0 : left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return 0;
            }
        }
    }

    private int collect(int[] tokens) {
        int found = 0;
        for (int waiting = lineCount; waiting > 0 && found < tokens.length; waiting--) {
            int token = line[lineFirst];
            lineFirst = (lineFirst + 1) % line.length;
            lineCount--;
            queued[token] = false;
            if (watched[token] == null || !watched[token].readable()) continue;
            tokens[found++] = token;
            enqueue(token);
        }
        return found;
    }

    synchronized void ready(int token) {
        enqueue(token);
        notifyAll();
    }

    private void enqueue(int token) {
        if (queued[token]) return;
        queued[token] = true;
        line[(lineFirst + lineCount++) % line.length] = token;
    }

    private void grow(int token) {
        if (token < watched.length) return;
        int size = Integer.highestOneBit(token) * 2;
        watched = java.util.Arrays.copyOf(watched, size);
        queued = java.util.Arrays.copyOf(queued, size);
        int[] longer = new int[size];
        for (int i = 0; i < lineCount; i++) longer[i] = line[(lineFirst + i) % line.length];
        line = longer;
        lineFirst = 0;
    }

    @Override
    public synchronized void wake() {
        woken = true;
        notifyAll();
    }

    @Override
    public void close() {
        wake();
    }
}
