// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.NodeId;
import org.violin.api.routing.ControlChange;
import org.violin.api.routing.ControlPlane;
import org.violin.api.routing.ControlPlaneProvider;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.FibRoute;
import org.violin.api.routing.RouterSink;
import org.violin.api.routing.RouterSpec;

/**
 * The half of a vRouter that learns. One that comes does not empty the FIB: routes of before are kept, as a restarting speaker's are by
 * RFC 3623 (OSPF) and RFC 4724 (BGP), until it told its routes and has converged, at most {@value #HOLD_MILLIS} ms; then all are replaced
 * at once. One that never tells any replaces nothing. Changes under the router's lock.
 */
final class Learning {
    private static final Logger LOG = LoggerFactory.getLogger(Learning.class);
    static final long HOLD_MILLIS = 30_000;
    private static final long LOOK_MILLIS = 200;

    private final NodeId id;
    private final Plugins plugins;
    private final Fib fib;
    private final Consumer<FibBatch> feeds;
    private final RouterSink events;
    private final ScheduledExecutorService threads;
    private final long holdMillis;
    private volatile ControlPlane control;
    private volatile ControlPlaneProvider by;
    private Heard heard;
    /** The kind of the last one, and when it ended; null: none since the router began. */
    private String before;
    private boolean begun;
    private long endedNanos;
    private long beganMillis;
    private long departMillis;
    private volatile ControlChange change;

    /** @param feeds told what the FIB is told; @param events told what people should know */
    Learning(NodeId id, Plugins plugins, Fib fib, Consumer<FibBatch> feeds, RouterSink events, ScheduledExecutorService threads, long holdMillis) {
        this.id = id;
        this.plugins = plugins;
        this.fib = fib;
        this.feeds = feeds;
        this.events = events;
        this.threads = threads;
        this.holdMillis = holdMillis;
    }

    /** Hears one control plane; what a call under way tells after its end is not heard. */
    private final class Heard implements RouterSink {
        private final int kept;
        private final long since = System.nanoTime();
        private volatile long lastNanos = since;
        private volatile boolean told;
        private boolean over;

        Heard(int kept) {
            this.kept = kept;
        }

        @Override
        public synchronized void fib(FibBatch batch) {
            if (over) return;
            fib.apply(batch, feeds);
            lastNanos = System.nanoTime();
            told |= batch.resync();
        }

        @Override
        public void event(String topic, String text) {
            events.event(topic, text);
        }

        private synchronized void end() {
            over = true;
        }
    }

    /** Makes it so. */
    void apply(RouterSpec spec, Guest guest, Object lock) throws GuestException {
        ControlPlaneProvider wanted = spec.control().isEmpty() ? null : plugins.control(spec.control()).orElse(null);
        if (control != null && by != wanted) {
            if (by.kind().equals(spec.control())) close();
            else end();
        }
        if (control == null && before != null && !before.equals(spec.control()) && !begun) begin();
        if (spec.control().isEmpty()) {
            fib.forget();
            fib.apply(FibBatch.all(spec.routes().stream().map(Learning::route).toList()), feeds);
            changed("", 0, ControlChange.COMPLETE, endedNanos);
            before = "";
            return;
        }
        if (wanted == null) {
            throw new GuestException(id + ": no control plane '" + spec.control() + "' on this overlay host; install it: feature:install violin-routing-"
                    + spec.control());
        }
        if (control != null) {
            for (String what : control.apply(spec)) events.event("changed", what);
            return;
        }
        Heard fresh = new Heard(fib.keep());
        try {
            control = wanted.open(spec, guest, fresh);
        } catch (GuestException | RuntimeException | LinkageError e) {
            fresh.end();
            fib.forget();
            throw e;
        }
        by = wanted;
        heard = fresh;
        changed(wanted.kind(), fresh.kept, ControlChange.WAITING, System.nanoTime());
        look(control, fresh, guest, lock);
    }

    private void begin() {
        begun = true;
        endedNanos = System.nanoTime();
        beganMillis = System.currentTimeMillis();
        departMillis = 0;
    }

    /** A change is one to another kind. */
    private void changed(String after, int kept, String state, long untilNanos) {
        if (before == null || before.equals(after)) return;
        if (!state.equals(ControlChange.WAITING)) begun = false;
        change = new ControlChange(id.toString(), before, after, beganMillis, departMillis, Math.max(0, (untilNanos - endedNanos) / 1_000_000), kept, state);
    }

    private static FibRoute route(org.violin.api.model.RouteSpec r) {
        return new FibRoute(r.destination(), "static", List.of(new FibRoute.Hop(r.via(), r.nic(), 1)));
    }

    private void look(ControlPlane at, Heard its, Guest guest, Object lock) {
        try {
            threads.schedule(() -> {
                boolean known = knows(at, its);
                boolean late = (System.nanoTime() - its.since) / 1_000_000 >= holdMillis;
                synchronized (lock) {
                    if (control != at) return;
                    if (its.told && (known || late)) settled(its, guest, known);
                    else look(at, its, guest, lock);
                }
            }, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: this bundle ends", id);
        }
    }

    private boolean knows(ControlPlane at, Heard its) {
        try {
            return its.told && at.converged();
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("{}: the control plane does not say whether it converged: {}", id, e.toString());
            return false;
        }
    }

    /** What it learnt takes the place of what was kept, and of what was computed for the guest's kernel. */
    private void settled(Heard its, Guest guest, boolean known) {
        if (fib.keeps() && !known) {
            events.event("stale-expired", its.kept + " routes of before were kept for " + holdMillis / 1000 + " s; its neighbours are not all there yet");
        }
        fib.release(feeds);
        changed(by.kind(), its.kept, known ? ControlChange.COMPLETE : ControlChange.EXPIRED, known ? its.lastNanos : System.nanoTime());
        before = by.kind();
        try {
            guest.routes(List.of());
        } catch (GuestException | RuntimeException | LinkageError e) {
            LOG.warn("{}: computed routes stay: {}", id, e.getMessage());
        }
    }

    /** Another kind comes: neighbours are told first, and given the time, so that who has another way takes it. */
    private void end() {
        String kind = by.kind();
        begin();
        try {
            long start = System.nanoTime();
            control.depart();
            departMillis = (System.nanoTime() - start) / 1_000_000;
            endedNanos = System.nanoTime();
            control.stop();
        } catch (GuestException | RuntimeException | LinkageError e) {
            LOG.warn("{}: the control plane {} did not end cleanly: {}", id, kind, e.getMessage());
        }
        events.event("control-changed", "the control plane " + kind + " ended; its routes stay until others replace them");
        close();
        before = kind;
    }

    /** For good; a guest that runs on has its routes computed from now on. Returns whether there was one. */
    boolean stop(boolean guestRuns) {
        if (control == null) return false;
        if (guestRuns) {
            end();
            changed("", fib.size(), ControlChange.COMPLETE, endedNanos);
        }
        close();
        return true;
    }

    /** Lets go of it; what it told stays. */
    void close() {
        ControlPlane old = control;
        control = null;
        by = null;
        if (heard != null) heard.end();
        heard = null;
        fib.forget();
        if (old == null) return;
        try {
            old.close();
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("{}: the control plane did not close cleanly: {}", id, e.toString());
        }
    }

    // ---- any thread

    /** What learns now, if anything. */
    Optional<ControlPlane> control() {
        return Optional.ofNullable(control);
    }

    /** Who made it; null: nothing learns. */
    ControlPlaneProvider by() {
        return by;
    }

    /** The last change to another kind, its outage up to now. */
    Optional<ControlChange> change() {
        ControlChange c = change;
        if (c == null || c.ended()) return Optional.ofNullable(c);
        return Optional.of(new ControlChange(c.node(), c.before(), c.after(), c.beganMillis(), c.departMillis(),
                Math.max(0, System.currentTimeMillis() - c.beganMillis() - c.departMillis()), c.keptRoutes(), c.state()));
    }
}
