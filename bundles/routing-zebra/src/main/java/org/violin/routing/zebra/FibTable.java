// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.violin.api.model.Cidr;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.FibRoute;

/**
 * The FIB as zebra told it, given on in batches. zebra tells a change as removal and new route, so changes are held until it is quiet for a
 * few ms. zebra tells everything anew on each connection: the first time this becomes the resync; later, routes that were not told again
 * within the hold time are removed (mark and sweep), so that a zebra that was started again costs no traffic. Pure: times are given, in
 * ms of any clock. One thread at a time.
 */
final class FibTable {
    private static final long QUIET_MILLIS = 4;
    private static final long MOST_MILLIS = 25;
    private static final long FIRST_QUIET_MILLIS = 100;
    private static final long FIRST_MOST_MILLIS = 2000;
    private static final long NEVER = Long.MAX_VALUE;

    private final int mostRoutes;
    private final long holdMillis;
    private final Map<Cidr, FibRoute> now = new HashMap<>();
    private final Map<Cidr, FibRoute> told = new HashMap<>();
    private final Set<Cidr> touched = new LinkedHashSet<>();
    private final Set<Cidr> stale = new HashSet<>();
    private long firstChange = NEVER;
    private long lastChange;
    private long sweepAt = NEVER;
    private boolean resynced;
    private long refused;

    /** @param mostRoutes routes beyond are not taken, but counted */
    FibTable(int mostRoutes, long holdMillis) {
        this.mostRoutes = mostRoutes;
        this.holdMillis = holdMillis;
    }

    long refused() {
        return refused;
    }

    int size() {
        return now.size();
    }

    /** A connection was opened. */
    void connected(long millis) {
        if (!resynced) {
            touch(millis);
            return;
        }
        stale.addAll(now.keySet());
        sweepAt = millis + holdMillis;
    }

    void change(FpmDecoder.Change change, long millis) {
        Cidr to = change.destination();
        stale.remove(to);
        if (change.route() == null) now.remove(to);
        else if (now.size() < mostRoutes || now.containsKey(to)) now.put(to, change.route());
        else {
            refused++;
            return;
        }
        touched.add(to);
        touch(millis);
    }

    private void touch(long millis) {
        if (firstChange == NEVER) firstChange = millis;
        lastChange = millis;
    }

    /** When {@link #take} has something at the earliest; {@code Long.MAX_VALUE}: not before another change. */
    long due() {
        if (firstChange == NEVER) return sweepAt;
        long quiet = lastChange + (resynced ? QUIET_MILLIS : FIRST_QUIET_MILLIS);
        return Math.min(sweepAt, Math.min(quiet, firstChange + (resynced ? MOST_MILLIS : FIRST_MOST_MILLIS)));
    }

    /** The batch that is due, if any. */
    Optional<FibBatch> take(long millis) {
        if (millis < due()) return Optional.empty();
        if (millis >= sweepAt) {
            for (Cidr gone : stale) if (now.remove(gone) != null) touched.add(gone);
            stale.clear();
            sweepAt = NEVER;
        }
        firstChange = NEVER;
        if (!resynced) {
            resynced = true;
            touched.clear();
            told.putAll(now);
            return Optional.of(FibBatch.all(List.copyOf(now.values())));
        }
        List<FibRoute> routes = new ArrayList<>();
        List<Cidr> removed = new ArrayList<>();
        for (Cidr to : touched) {
            FibRoute route = now.get(to);
            if (route == null && told.remove(to) != null) removed.add(to);
            if (route != null && !route.equals(told.put(to, route))) routes.add(route);
        }
        touched.clear();
        return routes.isEmpty() && removed.isEmpty() ? Optional.empty() : Optional.of(new FibBatch(false, routes, removed));
    }
}
