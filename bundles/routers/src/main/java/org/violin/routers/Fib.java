// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

import java.util.HashMap;
import java.util.List;
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

    private Map<Cidr, FibRoute> routes = new HashMap<>();
    /** While not null: what is learnt anew, and {@link #routes} are those of before, kept. */
    private Map<Cidr, FibRoute> coming;
    private long refused;

    /**
     * Applies a batch and tells it, in order with all others; while routes are kept it is only noted. The listener is called under the
     * lock: it must not block.
     */
    synchronized void apply(FibBatch batch, Consumer<FibBatch> listener) {
        Map<Cidr, FibRoute> to = coming == null ? routes : coming;
        if (batch.resync()) to.clear();
        batch.removed().forEach(to::remove);
        for (FibRoute route : batch.routes()) {
            if (to.size() < MOST || to.containsKey(route.destination())) to.put(route.destination(), route);
            else refused++;
        }
        if (coming == null) listener.accept(batch);
    }

    /** Keeps what there is until {@link #release}, whatever comes. Returns how many routes; 0: there is nothing to keep. */
    synchronized int keep() {
        coming = routes.isEmpty() ? null : new HashMap<>();
        return routes.size();
    }

    /** Whether routes of before are kept. */
    synchronized boolean keeps() {
        return coming != null;
    }

    /** Replaces what was kept, at once, by what came meanwhile. */
    synchronized void release(Consumer<FibBatch> listener) {
        if (coming == null) return;
        routes = coming;
        coming = null;
        listener.accept(FibBatch.all(List.copyOf(routes.values())));
    }

    /** What came meanwhile is forgotten: who told it is gone. */
    synchronized void forget() {
        coming = null;
    }

    /** All there is, given to somebody who then is told every batch after it. */
    synchronized void all(Consumer<FibBatch> listener) {
        listener.accept(FibBatch.all(List.copyOf(routes.values())));
    }

    synchronized int size() {
        return routes.size();
    }

    synchronized long refused() {
        return refused;
    }
}
