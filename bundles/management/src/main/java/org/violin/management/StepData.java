// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import org.violin.api.control.PlanStep;

/** One action of a plan as composite data. */
public final class StepData {
    private final PlanStep step;

    StepData(PlanStep step) {
        this.step = step;
    }

    public String getVerb() {
        return step.verb();
    }

    public String getKind() {
        return step.kind();
    }

    public String getEntity() {
        return step.entity();
    }

    public String getHost() {
        return step.host();
    }

    public String getWhy() {
        return step.why();
    }
}
