// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.nio.ByteBuffer;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What one direction of a vLink does to frames: rate, delay, loss and the like. It has no thread and no clock of its own: the same records
 * at the same times meet the same fate, by its seed.
 *
 * <p>Called by: the engine, under the stage's own lock, so never concurrently; times never go back. Memory: records (see {@link Frames})
 * are borrowed; what is kept is copied, within a bound that is the stage's own. Must not: block, log, throw.
 */
@ConsumerType
public interface LinkStage {
    /** {@link #dueNanos}: nothing is kept. */
    long NEVER = Long.MAX_VALUE;

    /**
     * Takes one record.
     *
     * @param nowNanos monotonic
     * @param mayPass nothing of before is on its way, so this one may go on as it is
     * @return true when it goes on at once, unchanged, by the caller; false when it is kept or lost, which the stage counts
     */
    boolean offer(ByteBuffer slab, int offset, int length, long nowNanos, boolean mayPass);

    /** Writes the next record that is due by now to {@code offset}, where {@link Frames#MAX_RECORD} bytes are free. Returns its length, or 0: none is due. */
    int next(ByteBuffer slab, int offset, long nowNanos);

    /** When {@link #next} has something, or {@link #NEVER}. */
    long dueNanos();

    /** Goes on with other settings; what is kept stays. Checked before by {@link LinkStageProvider#check}. */
    void change(Map<String, String> settings, long nowNanos);

    /** The cable is cut: loses what is kept, and counts it. */
    void clear();

    /** Starts the sequence of its fates anew, from the seed that the settings say; what is kept stays. Called when an experiment begins. */
    void restart();

    /** What it did, by effect and as the bundle that provides it tells; also {@code held-bytes} and the like of now. Any thread. */
    Map<String, Long> counters();
}
