// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.security.SecureRandom;

/** When an initiation is sent, and sent again: after 0.5 s, 1 s, 2 s ... 10 s, and up to a quarter more. Guarded by its association. */
final class Retry {
    private static final long FIRST_NANOS = 500_000_000L;
    private static final long MOST_NANOS = 10_000_000_000L;
    private static final long SOON_NANOS = 100_000_000L;
    private final SecureRandom random;
    /** The one whose name is the greater lets the other begin. */
    private final boolean lets;
    private boolean wanted;
    private boolean timed;
    private long atNanos;
    private int tries;

    Retry(SecureRandom random, boolean lets) {
        this.random = random;
        this.lets = lets;
    }

    /** @param needed beside what was asked for by {@link #now} */
    boolean due(boolean needed, long nowNanos) {
        if (!needed && !wanted) {
            timed = false;
            return false;
        }
        if (!timed) {
            timed = true;
            atNanos = lets && tries == 0 ? nowNanos + SOON_NANOS : nowNanos;
        }
        if (nowNanos - atNanos < 0) return false;
        long step = Math.min(MOST_NANOS, FIRST_NANOS << Math.min(tries++, 8));
        atNanos = nowNanos + step + (long) (step / 4 * random.nextDouble());
        return true;
    }

    /** The initiation that is due is no repetition. */
    boolean first() {
        return tries <= 1;
    }

    /** Something changed: keys are needed anew, at once. */
    void now() {
        wanted = true;
        timed = false;
        tries = 0;
    }

    /** There is a new way to get through. */
    void soon(long nowNanos) {
        atNanos = nowNanos + (long) (SOON_NANOS * random.nextDouble());
        timed = true;
    }

    /** The other began: wait for it. */
    void pause(long nowNanos) {
        atNanos = nowNanos + FIRST_NANOS * 2;
        timed = true;
    }

    /** Keys are there. */
    void done(long nowNanos) {
        wanted = false;
        tries = 0;
        pause(nowNanos);
    }
}
