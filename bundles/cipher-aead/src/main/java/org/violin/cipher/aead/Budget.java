// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

/** So many a second, and as many at once. One thread. */
final class Budget {
    private static final double SECOND = 1e9;
    private final int perSecond;
    private double left;
    private long thenNanos;
    private boolean used;

    Budget(int perSecond) {
        this.perSecond = perSecond;
        this.left = perSecond;
    }

    boolean take(long nowNanos) {
        if (used) left = Math.min(perSecond, left + Math.max(0, nowNanos - thenNanos) / SECOND * perSecond);
        used = true;
        thenNanos = nowNanos;
        if (left < 1) return false;
        left--;
        return true;
    }
}
