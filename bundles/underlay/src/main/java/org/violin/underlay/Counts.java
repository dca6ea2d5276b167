// SPDX-License-Identifier: Apache-2.0
package org.violin.underlay;

/** What the relay did since its start; written by the relay's thread, read by any. */
final class Counts {
    /** Frames that left, and their bytes without offload headers. */
    volatile long frames;
    volatile long bytes;
    /** Frames that found the delay line full. */
    volatile long overflow;
    /** Frames that were too large, or that the far interface did not take. */
    volatile long refused;
    /** Frames whose sender's address found no room in the table. */
    volatile long unlearnt;
    /** Frames on their way now. */
    volatile int waiting;
    volatile long waitingBytes;
    /** How much later than due frames left: sum and worst. */
    volatile long lateNanos;
    volatile long latestNanos;
}
