// SPDX-License-Identifier: Apache-2.0
package org.violin.api.routing;

import java.util.List;
import org.violin.api.model.Cidr;

/**
 * A change of a FIB that is made as a whole. A destination in {@code routes} replaces what was there for it.
 *
 * @param resync {@code routes} are all there are; what is not named is gone
 * @param removed empty when {@code resync}
 */
public record FibBatch(boolean resync, List<FibRoute> routes, List<Cidr> removed) {
    public FibBatch {
        routes = List.copyOf(routes);
        removed = List.copyOf(removed);
    }

    /** All there is. */
    public static FibBatch all(List<FibRoute> routes) {
        return new FibBatch(true, routes, List.of());
    }
}
