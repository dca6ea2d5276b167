// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.cluster;

import java.util.concurrent.Callable;

/** Waits for a condition with a bound, for tests of things that happen on other threads. */
public final class Eventually {
    private static final long BOUND_SECONDS = 30;
    private static final long STEP_MILLIS = 5;

    private Eventually() {}

    /** Returns when the condition holds; throws AssertionError with these words when it did not within 30 s. */
    public static void eventually(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + BOUND_SECONDS * 1_000_000_000;
        while (!condition.call()) {
            if (System.nanoTime() > end) throw new AssertionError("not within " + BOUND_SECONDS + " s: " + what);
            Thread.sleep(STEP_MILLIS);
        }
    }
}
