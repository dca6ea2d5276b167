// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.violin.api.control.Routing;

/** One execution of a plan: which actions remain, what failed, how far it is. Shared by the executor's threads. */
final class Round {
    private final PlacedSpec spec;
    private final Map<Key, Print> observed;
    private final Map<Key, String> failures = new ConcurrentHashMap<>();
    private final AtomicInteger finished = new AtomicInteger();
    private final int total;
    private final Runnable progress;

    /**
     * @param spec what routes are computed from, see {@link Routing}
     * @param observed updated as actions succeed; guarded by itself
     * @param progress called after each action, on any of the executor's threads
     */
    Round(PlacedSpec spec, Map<Key, Print> observed, int total, Runnable progress) {
        this.spec = spec;
        this.observed = observed;
        this.total = total;
        this.progress = progress;
    }

    PlacedSpec spec() {
        return spec;
    }

    int finished() {
        return finished.get();
    }

    int total() {
        return total;
    }

    Map<Key, String> failures() {
        return new TreeMap<>(failures);
    }

    boolean failed(Key key) {
        return failures.containsKey(key);
    }

    void done(Action action) {
        synchronized (observed) {
            if (action instanceof Action.Create create) observed.put(action.key(), create.item().print());
            else if (action instanceof Action.Change change) observed.put(action.key(), change.item().print());
            else observed.remove(action.key());
        }
        finished.incrementAndGet();
        progress.run();
    }

    void fail(Action action, String reason) {
        failures.put(action.key(), reason);
        finished.incrementAndGet();
        progress.run();
    }

    /** The actions of a kind of work, grouped by node, in plan order. */
    static Map<String, List<Action>> byNode(List<Action> actions) {
        Map<String, List<Action>> groups = new LinkedHashMap<>();
        for (Action action : actions) {
            groups.computeIfAbsent(action.key().node(), n -> new ArrayList<>()).add(action);
        }
        return groups;
    }
}
