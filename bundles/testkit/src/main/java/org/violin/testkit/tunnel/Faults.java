// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.tunnel;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Decides what becomes of each datagram or frame: lost, doubled, or sent after some later ones. Repeatable for a seed. Not thread-safe;
 * one instance for each direction.
 */
public final class Faults {
    private record Late(byte[] bytes, int after) {}

    private final Random random;
    private final double loss;
    private final double duplication;
    private final double reordering;
    private final int distance;
    private final List<Late> late = new ArrayList<>();
    private int count;

    /**
     * @param seed printed by tests, so that a run can be repeated
     * @param loss share lost, 0 to 1
     * @param duplication share sent twice
     * @param reordering share held back
     * @param distance how many later ones overtake a held one at most
     */
    public Faults(long seed, double loss, double duplication, double reordering, int distance) {
        this.random = new Random(seed);
        this.loss = loss;
        this.duplication = duplication;
        this.reordering = reordering;
        this.distance = distance;
    }

    /** A perfect path. */
    public static Faults none() {
        return new Faults(0, 0, 0, 0, 1);
    }

    /** Loses a share and does nothing else. */
    public static Faults loss(long seed, double share) {
        return new Faults(seed, share, 0, 0, 1);
    }

    /** Passes one on through the faults. What is held back needs later traffic, or {@link #release}, to come out. */
    public void pass(byte[] bytes, Consumer<byte[]> onward) {
        count++;
        if (random.nextDouble() < loss) return;
        if (random.nextDouble() < reordering) late.add(new Late(bytes, count + 1 + random.nextInt(distance)));
        else onward.accept(bytes);
        if (random.nextDouble() < duplication) onward.accept(bytes);
        for (int i = 0; i < late.size(); ) {
            if (late.get(i).after <= count) onward.accept(late.remove(i).bytes);
            else i++;
        }
    }

    /** Sends on what is held back. */
    public void release(Consumer<byte[]> onward) {
        late.forEach(one -> onward.accept(one.bytes));
        late.clear();
    }
}
