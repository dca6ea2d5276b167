// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

/** Looks for silent peers now and then. After a pause of this process it lets the waiting datagrams be read first. */
final class SilenceCheck implements Runnable {
    private final Inbound inbound;
    private final long limitNanos;
    private long lastNanos = System.nanoTime();

    SilenceCheck(Inbound inbound, long limitNanos) {
        this.inbound = inbound;
        this.limitNanos = limitNanos;
    }

    @Override
    public void run() {
        long now = System.nanoTime();
        boolean paused = now - lastNanos > limitNanos / 2;
        lastNanos = now;
        if (paused) return;
        for (PeerPath path : inbound.paths().all()) path.checkSilence(now, limitNanos);
    }
}
