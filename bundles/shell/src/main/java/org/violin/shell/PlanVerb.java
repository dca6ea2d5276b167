// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Refused;

/** {@code violin:plan}. */
@Service
@Command(scope = "violin", name = "plan", description = "Says what apply would do, and where each node would go and why",
        detailedDescription = """
        Shows each choice of placement with its cost, the total, the lower bound
        that no placement can beat, and the gap between them. Changes nothing.
        Pin what you want elsewhere, look again, then apply with the same pins.
        Examples:
          violin:plan /srv/figure2.yaml
          violin:plan --pin vRouter1=host2 --pin vRouter2=host3 /srv/figure2.yaml
          violin:plan -o json /srv/figure2.yaml
        """)
public final class PlanVerb extends SpecOrder {
    @Override
    int run(Streams io) throws WrongUse, GuestException, Refused, IOException {
        return order(io, "plan", true);
    }
}
