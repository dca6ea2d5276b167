// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.dataplane;

import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Decides, from a seed, which records are lost or come twice. One object for each direction or path; any thread. */
public final class Faults {
    private final Random random;
    private final double dropRate;
    private final double duplicateRate;
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong duplicated = new AtomicLong();

    /** @param dropRate 0 to 1, @param duplicateRate 0 to 1, of what was not dropped */
    public Faults(long seed, double dropRate, double duplicateRate) {
        this.random = new Random(seed);
        this.dropRate = dropRate;
        this.duplicateRate = duplicateRate;
    }

    /** How often the next record goes out: 0, 1 or 2 times. */
    synchronized int copies() {
        if (random.nextDouble() < dropRate) {
            dropped.incrementAndGet();
            return 0;
        }
        if (random.nextDouble() >= duplicateRate) return 1;
        duplicated.incrementAndGet();
        return 2;
    }

    public long dropped() {
        return dropped.get();
    }

    public long duplicated() {
        return duplicated.get();
    }
}
