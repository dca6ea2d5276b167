// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;

/**
 * Sockets between two owners, by network namespace and local address: open, with what arrives waiting in the kernel, for at most
 * {@link #LIMIT_NANOS}. At most {@link #MOST}; beyond that the oldest is closed. Any thread.
 */
final class ParkedSockets {
    static final int MOST = 16;
    static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private record Parked(UdpSocket socket, InetSocketAddress local, long sinceNanos) {}

    private final ArrayDeque<Parked> parked = new ArrayDeque<>();
    private final long limitNanos;
    private boolean watched;

    ParkedSockets(long limitNanos) {
        this.limitNanos = limitNanos;
    }

    /** The network namespace of the calling thread (namespaces(7)); empty when /proc does not tell. */
    static String namespace() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString();
        } catch (IOException | RuntimeException e) {
            return "";
        }
    }

    synchronized void park(UdpSocket socket, InetSocketAddress local) {
        if (parked.size() == MOST) parked.pollFirst().socket.close();
        parked.addLast(new Parked(socket, local, System.nanoTime()));
        if (watched) return;
        watched = true;
        Thread watch = new Thread(this::watch, "violin-parked-sockets");
        watch.setDaemon(true);
        watch.start();
    }

    /** Takes the socket parked there, in the caller's namespace; null: none. */
    synchronized UdpSocket take(InetSocketAddress local) {
        if (parked.isEmpty()) return null;
        String here = namespace();
        for (Iterator<Parked> each = parked.iterator(); each.hasNext(); ) {
            Parked one = each.next();
            if (!one.local.equals(local) || !one.socket.namespace().equals(here)) continue;
            each.remove();
            return one.socket;
        }
        return null;
    }

    synchronized int count() {
        return parked.size();
    }

    /** Closes what nobody came for; ends when nothing is parked. */
    private synchronized void watch() {
        while (!parked.isEmpty()) {
            long left = parked.peekFirst().sinceNanos + limitNanos - System.nanoTime();
            if (left <= 0) {
                parked.pollFirst().socket.close();
                continue;
            }
            try {
                wait(Math.max(1, left / 1_000_000));
            } catch (InterruptedException e) {
                while (!parked.isEmpty()) parked.pollFirst().socket.close();
            }
        }
        watched = false;
    }
}
