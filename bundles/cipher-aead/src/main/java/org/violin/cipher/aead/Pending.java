// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.util.List;

/** An initiation of ours that waits for its response. Guarded by its association. */
final class Pending {
    static final int MOST_ANSWERS = 16;
    final NoiseIk noise;
    final int index;
    final Suite suite;
    final byte[] remoteKey;
    final byte[] mac1;
    final List<Suite> offered;
    final long epoch;
    final long startedNanos;
    /** Not a repetition. */
    final boolean first;
    /** Responses and cookies tried: forged ones must not cost without end. */
    int answers;

    Pending(NoiseIk noise, int index, Suite suite, byte[] remoteKey, byte[] mac1, List<Suite> offered, long epoch, long startedNanos, boolean first) {
        this.noise = noise;
        this.index = index;
        this.suite = suite;
        this.remoteKey = remoteKey;
        this.mac1 = mac1;
        this.offered = offered;
        this.epoch = epoch;
        this.startedNanos = startedNanos;
        this.first = first;
    }
}
