// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.violin.api.model.Cidr;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.FibRoute;

/**
 * The routes of one vRouter, kept here so that what learns them and what forwards by them may each vanish and come again. At most
 * {@value #MOST} routes; more are counted and left out. Any thread.
 */
final class Fib {
    static final int MOST = 1_000_000;

    private final Map<Cidr, FibRoute> routes = new HashMap<>();
    private long refused;

    /** Applies a batch and tells it, in order with all others. The listener is called under the lock: it must not block. */
    synchronized void apply(FibBatch batch, Consumer<FibBatch> listener) {
        if (batch.resync()) routes.clear();
        batch.removed().forEach(routes::remove);
        for (FibRoute route : batch.routes()) {
            if (routes.size() < MOST || routes.containsKey(route.destination())) routes.put(route.destination(), route);
            else refused++;
        }
        listener.accept(batch);
    }

    /** All there is, given to somebody who then is told every batch after it. */
    synchronized void all(Consumer<FibBatch> listener) {
        listener.accept(FibBatch.all(java.util.List.copyOf(routes.values())));
    }

    synchronized int size() {
        return routes.size();
    }

    synchronized long refused() {
        return refused;
    }
}
