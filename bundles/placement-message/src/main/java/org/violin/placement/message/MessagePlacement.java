// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.message;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.violin.api.placement.Answer;
import org.violin.api.placement.Demand;
import org.violin.api.placement.PlacementStrategy;
import org.violin.api.placement.Substrate;
import org.violin.api.placement.Terms;
import org.violin.placement.Answers;
import org.violin.placement.Deadline;
import org.violin.placement.Explanation;
import org.violin.placement.Problem;

/**
 * Places by message passing, with a lower bound that proves how good the placement is. For meshes of tunnels; not for substrates with
 * wires. Stateless; a call uses at most one thread besides the caller's.
 */
@Component
public final class MessagePlacement implements PlacementStrategy {
    private final LongSupplier nanos;

    @Activate
    public MessagePlacement() {
        this(System::nanoTime);
    }

    /** @param nanos the clock that deadlines are read from */
    MessagePlacement(LongSupplier nanos) {
        this.nanos = nanos;
    }

    @Override
    public String kind() {
        return "message";
    }

    @Override
    public Answer place(Demand demand, Substrate substrate, Map<String, String> current, Terms terms) {
        Deadline call = Deadline.of(terms, nanos);
        Problem p = new Problem(demand, substrate, current);
        Deadline deadline = call.closing(p);
        if (!substrate.wires().isEmpty()) {
            Map<String, String> refusals = new TreeMap<>();
            demand.entities().forEach(e -> refusals.put(e.name(), "placement 'message' is for hosts that all reach each other; this"
                    + " substrate has wires: use 'greedy'"));
            return Answer.refused(refusals, false);
        }
        try (Proof proof = new Proof(p, terms, deadline)) {
            proof.run();
            if (proof.fit.best == null) {
                Map<String, String> why = Explanation.of(p, deadline);
                return Answer.refused(why, proof.late || deadline.cut());
            }
            OptionalDouble bound = proof.bound > Double.NEGATIVE_INFINITY ? OptionalDouble.of(proof.bound) : OptionalDouble.empty();
            return Answers.of(p, proof.fit.best, bound, deadline.cut());
        }
    }
}
