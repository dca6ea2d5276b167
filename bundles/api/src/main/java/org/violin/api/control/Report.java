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
 */
public record Report(
        String violin,
        long revision,
        List<PlanStep> steps,
        List<String> notes,
        List<String> failures,
        boolean done,
        long planMillis,
        long applyMillis) {
    public boolean nothingToDo() {
        return steps.isEmpty();
    }
}
