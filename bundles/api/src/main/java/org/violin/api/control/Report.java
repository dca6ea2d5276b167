// SPDX-License-Identifier: Apache-2.0
package org.violin.api.control;

import java.util.List;

/**
 * What an apply or destroy did, or would do.
 *
 * @param revision of the stored spec after it; counts up with each change
 * @param steps the plan, in order; empty means nothing to do
 * @param notes of the reader and placement
 * @param failures what could not be done, one sentence each, naming entity and overlay host; empty means success
 * @param done false for a dry run
 * @param placement how good it is; null: nothing was placed
 */
public record Report(
        String violin,
        long revision,
        List<PlanStep> steps,
        List<String> notes,
        List<String> failures,
        boolean done,
        long planMillis,
        long applyMillis,
        PlacementView placement) {
    /** One without a placement. */
    public Report(String violin, long revision, List<PlanStep> steps, List<String> notes, List<String> failures, boolean done, long planMillis,
            long applyMillis) {
        this(violin, revision, steps, notes, failures, done, planMillis, applyMillis, null);
    }

    public boolean nothingToDo() {
        return steps.isEmpty();
    }
}
