// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

/**
 * When keys are replaced and how much is done for strangers.
 *
 * @param rekeyNanos age of a session at which its initiator begins the next
 * @param rekeyBytes sealed under one key before the next is asked for
 * @param initiationsPerSecond of others, worked on at most
 */
record AeadOptions(long rekeyNanos, long rekeyBytes, int initiationsPerSecond) {
    private static final long GRACE_NANOS = 15_000_000_000L;

    AeadOptions {
        if (rekeyNanos <= 0 || rekeyBytes <= 0 || initiationsPerSecond <= 0) throw new IllegalArgumentException("not above 0");
    }

    /** The responder begins when the initiator should have long done so. */
    long responderNanos() {
        return rekeyNanos + Math.min(GRACE_NANOS, rekeyNanos / 8);
    }

    /** From this age on a session neither seals nor opens. */
    long rejectNanos() {
        return rekeyNanos + rekeyNanos / 2;
    }
}
