// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import org.violin.api.cluster.StateException;

/** Lets calls through while this host is joined; else makes them wait a few seconds at most. Any thread. */
final class Gate {
    private static final long PATIENCE_NANOS = 4_000_000_000L;

    private boolean open;
    private int closings;
    private String why = "this host is starting";
    private long closedNanos = System.nanoTime();

    synchronized boolean isOpen() {
        return open;
    }

    /** Why it is closed; empty when it is open. */
    synchronized String why() {
        return open ? "" : why;
    }

    /** Counts the calls of {@link #close}. */
    synchronized int closings() {
        return closings;
    }

    /** Opens it, unless it was closed again since that count. Returns true when it is open now and was not before. */
    synchronized boolean open(int closingsSeen) {
        if (closings != closingsSeen) return false;
        boolean was = !open;
        open = true;
        notifyAll();
        return was;
    }

    /** Returns true when it was open before. */
    synchronized boolean close(String reason) {
        boolean was = open;
        closings++;
        if (open) closedNanos = System.nanoTime();
        open = false;
        why = reason;
        return was;
    }

    /** Returns when open. Throws when it is not, and has not been for the last seconds. */
    synchronized void pass() throws StateException {
        while (!open) {
            long leftMillis = (closedNanos + PATIENCE_NANOS - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) throw new StateException("the shared state is out of reach: " + why, false, null);
            try {
                wait(leftMillis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StateException("interrupted while waiting for the shared state", false, e);
            }
        }
    }
}
