// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.Members;
import org.violin.api.cluster.StateException;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.guest.GuestRuntime;
import org.violin.api.model.NodeId;
import org.violin.api.routing.Routers;

/**
 * Makes this overlay host match the part of all specs assigned to it, and heals it: one thread that plans and executes whenever a spec
 * changed, a guest died or a failed action is due again (after 2, 4, ... 60 s). Without the shared state it goes on with the specs it knows.
 */
final class Agent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
    private static final long TICK_MILLIS = 2000;
    private static final long REPORT_MILLIS = 300;
    private static final long RETRY_MAX_MILLIS = 60_000;

    private final Members members;
    private final SpecStore store;
    private final Providers providers;
    private final Lowering lowering;
    private final Guests guests;
    private final Executor executor;
    private final Journal journal;
    private final Announcer announcer;
    private final String host;

    private final Map<String, PlacedSpec> specs = new ConcurrentSkipListMap<>();
    private final Map<Key, Print> observed = new TreeMap<>();
    private final Map<String, Trouble> troubles = new ConcurrentHashMap<>();
    private final Map<Key, Print> remembered;

    /** Crashed on purpose: not started again until they are let. */
    private final Set<NodeId> crashed = ConcurrentHashMap.newKeySet();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private final Set<String> dirty = new HashSet<>();
    private boolean refreshAll = true;
    private volatile boolean stopped;
    private volatile boolean synced;
    private Routers knownRouters;
    private final Thread thread;
    private AutoCloseable watch;
    private AutoCloseable arrivals;

    /** What could not be done for a violin, and when it is tried again. */
    private record Trouble(Map<Key, String> failures, long dueNanos, long waitMillis) {}

    Agent(Members members, SpecStore store, Providers providers, Lowering lowering, Guests guests, Executor executor, Journal journal,
            Announcer announcer) {
        this.members = members;
        this.store = store;
        this.providers = providers;
        this.lowering = lowering;
        this.guests = guests;
        this.executor = executor;
        this.journal = journal;
        this.announcer = announcer;
        this.host = members.self().name();
        this.remembered = journal.items();
        this.thread = new Thread(this::run, "violin-control");
        thread.setDaemon(true);
    }

    void start() {
        arrivals = providers.listen(this::refresh);
        thread.start();
        watch = store.watch(path -> {
            if (path.endsWith("/spec")) touch(path.split("/")[2]);
        });
    }

    /** The specs this host knows, newest seen. */
    Map<String, PlacedSpec> specs() {
        return specs;
    }

    /** Plans this violin again soon. Any thread. */
    void touch(String violin) {
        lock.lock();
        try {
            dirty.add(violin);
            wake.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Reads and plans everything again soon. Any thread. */
    void refresh() {
        lock.lock();
        try {
            refreshAll = true;
            wake.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Ends a guest as a crash would, and keeps it down until {@link #revive}. Any thread. */
    void crash(NodeId id) throws GuestException {
        Guest guest = guests.find(id).orElseThrow(() -> new GuestException(id + " does not run on this overlay host"));
        crashed.add(id);
        guest.stop();
        touch(id.violin());
    }

    /** Lets it start again. Any thread. */
    void revive(NodeId id) {
        if (crashed.remove(id)) touch(id.violin());
    }

    private boolean isCrashed(Key key) {
        return switch (key.kind()) {
            case GUEST, NIC, ROUTES, ROUTER, EXEC -> crashed.contains(new NodeId(key.violin(), key.node()));
            default -> false;
        };
    }

    private void run() {
        specs.putAll(journal.specs());
        while (!stopped) {
            try {
                Set<String> now = await();
                if (stopped) return;
                adopt(now);
                supervise(now);
                now.forEach(this::reconcile);
            } catch (RuntimeException | LinkageError e) {
                LOG.error("A round of the control agent failed; it goes on", e);
            }
        }
    }

    /** The violins to look at; also those with failures that are due. */
    private Set<String> await() {
        boolean all = false;
        Set<String> now = new HashSet<>();
        lock.lock();
        try {
            if (dirty.isEmpty() && !refreshAll && !stopped) wake.await(TICK_MILLIS, TimeUnit.MILLISECONDS);
            all = refreshAll || !synced;
            refreshAll = false;
            now.addAll(dirty);
            dirty.clear();
        } catch (InterruptedException e) {
            stopped = true;
        } finally {
            lock.unlock();
        }
        if (all) now.addAll(readAll());
        else now.forEach(this::read);
        troubles.forEach((violin, t) -> {
            if (t.dueNanos() - System.nanoTime() <= 0) now.add(violin);
        });
        return now;
    }

    private void read(String violin) {
        try {
            var stored = store.read(violin);
            if (stored.isPresent()) keep(stored.get());
            else if (specs.remove(violin) != null) journal.forget(violin);
        } catch (StateException e) {
            refresh(); // headless: what we know stays; look again after a tick
            pause();
        }
    }

    private Set<String> readAll() {
        try {
            Map<String, SpecStore.Stored> found = store.all().stream().collect(Collectors.toMap(s -> s.spec().name(), s -> s));
            specs.keySet().removeIf(name -> {
                if (found.containsKey(name)) return false;
                journal.forget(name);
                return true;
            });
            found.values().forEach(this::keep);
            synced = true;
        } catch (StateException e) {
            LOG.debug("The shared state is out of reach: {}", e.getMessage());
            refresh();
            pause();
        }
        Set<String> all = new HashSet<>(specs.keySet());
        synchronized (observed) {
            observed.keySet().forEach(k -> all.add(k.violin()));
        }
        return all;
    }

    private void keep(SpecStore.Stored stored) {
        PlacedSpec spec = stored.spec();
        PlacedSpec before = specs.put(spec.name(), spec);
        if (before == null || before.revision() != spec.revision()) journal.spec(spec.name(), stored.packed());
    }

    private void pause() {
        lock.lock();
        try {
            wake.await(TICK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            stopped = true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes over what an earlier container of this host left running; vNICs, links and switches are made again by the first plans. */
    private void adopt(Set<String> now) {
        Optional<Routers> routers = providers.routers();
        if (routers.isPresent() && routers.get() != knownRouters) {
            knownRouters = routers.get();
            reopenRouters(now);
        }
        List<GuestRuntime> there = providers.runtimes();
        guests.keepOnly(there);
        for (GuestRuntime runtime : there) {
            if (guests.knows(runtime)) continue;
            reopenRouters(now);
            List<Guest> found = guests.adopt(runtime);
            found.forEach(guest -> {
                remember(guest);
                now.add(guest.id().violin());
            });
            if (knownRouters != null) {
                synchronized (observed) {
                    routersOfBefore(now);
                }
            }
            if (!found.isEmpty()) announcer.announce("guest/adopted", host, found.size() + " running guests adopted on " + host);
        }
    }

    /** What learns and forwards for them is given to whoever came. */
    private void reopenRouters(Set<String> now) {
        synchronized (observed) {
            observed.keySet().removeIf(key -> {
                if (key.kind() != Key.Kind.ROUTER) return false;
                now.add(key.violin());
                return true;
            });
            routersOfBefore(now);
        }
    }

    /** VRouters that an earlier container had, in guests that run: who is none any more is closed, so that nothing of it stays in its guest. */
    private void routersOfBefore(Set<String> now) {
        for (Key key : remembered.keySet()) {
            Print guest = key.kind() == Key.Kind.ROUTER ? observed.get(new Key(host, Key.Kind.GUEST, key.violin(), key.node())) : null;
            if (guest == null || guest.equals(Print.UNKNOWN)) continue;
            observed.putIfAbsent(key, Print.UNKNOWN);
            now.add(key.violin());
        }
    }

    private void remember(Guest guest) {
        String violin = guest.id().violin();
        String node = guest.id().node();
        Key self = new Key(host, Key.Kind.GUEST, violin, node);
        synchronized (observed) {
            observed.put(new Key(host, Key.Kind.NAMES, violin, ""), Print.UNKNOWN);
            Print print = remembered.getOrDefault(self, Print.UNKNOWN);
            observed.put(self, print);
            if (print.equals(Print.UNKNOWN)) return;
            for (Key.Kind kind : List.of(Key.Kind.ROUTES, Key.Kind.EXEC)) {
                Key key = new Key(host, kind, violin, node);
                if (remembered.containsKey(key)) observed.put(key, remembered.get(key));
            }
            // Others are the guest's own, or a service's.
            for (String nic : guest.status().nics()) {
                Key key = new Key(host, Key.Kind.NIC, violin, node + ":" + nic);
                if (remembered.containsKey(key)) observed.put(key, Print.REATTACH);
            }
        }
    }

    /** Finds guests that died and marks their violins. */
    private void supervise(Set<String> now) {
        for (Guest guest : guests.dead()) {
            String violin = guest.id().violin();
            String node = guest.id().node();
            String then = crashed.contains(guest.id()) ? "; it was crashed, and stays down until it is started" : "; it is started again";
            LOG.warn("Guest {} died{}", guest.id(), then);
            announcer.announce("guest/died", guest.id().toString(), node + " died on " + host + then);
            guests.lost(guest);
            synchronized (observed) {
                observed.keySet().removeIf(k -> k.violin().equals(violin) && k.node().equals(node));
            }
            now.add(violin);
        }
        // What fails of a running vRouter is applied again, which tells why, and then now and then.
        providers.routers().ifPresent(routers -> routers.troubled().forEach(id -> {
            synchronized (observed) {
                if (observed.remove(new Key(host, Key.Kind.ROUTER, id.violin(), id.node())) != null) now.add(id.violin());
            }
        }));
    }

    private void reconcile(String violin) {
        PlacedSpec spec = specs.get(violin);
        Map<Key, Item> desired = spec == null ? Map.of() : lowering.items(spec, host::equals);
        if (spec == null || spec.destroying()) crashed.removeIf(id -> id.violin().equals(violin));
        else if (!crashed.isEmpty()) desired.keySet().removeIf(this::isCrashed);
        Map<Key, Print> there = new TreeMap<>();
        synchronized (observed) {
            observed.forEach((k, p) -> {
                if (k.violin().equals(violin)) there.put(k, p);
            });
        }
        List<Action> plan = Planner.plan(desired, there);
        if (plan.isEmpty()) {
            troubles.remove(violin);
            report(spec, new Round(spec, observed, 0, () -> {}), true);
            return;
        }
        Reporter reporter = new Reporter();
        Round round = new Round(spec, observed, plan.size(), reporter);
        reporter.round = round;
        executor.perform(plan, round);
        synchronized (observed) {
            journal.items(observed);
        }
        Map<Key, String> failures = round.failures();
        remember(violin, failures);
        failures.forEach((key, why) -> LOG.warn("{} {} {}: {}", key.violin(), key.kind(), key.entity(), why));
        if (spec != null && !stopped) {
            announcer.announce("violin/applied", violin, plan.size() - failures.size() + " of " + plan.size() + " actions done on " + host
                    + " for revision " + spec.revision());
        }
        report(spec, round, true);
    }

    private void remember(String violin, Map<Key, String> failures) {
        Trouble before = troubles.get(violin);
        if (failures.isEmpty()) {
            troubles.remove(violin);
            return;
        }
        long waitMillis = before == null ? TICK_MILLIS : Math.min(RETRY_MAX_MILLIS, before.waitMillis() * 2);
        troubles.put(violin, new Trouble(failures, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis), waitMillis));
    }

    private void report(PlacedSpec spec, Round round, boolean done) {
        if (spec == null) return;
        Map<String, String> failures = new TreeMap<>();
        round.failures().forEach((k, why) -> failures.put(k.toString(), why));
        HostReport report = new HostReport(
                host, members.self().incarnation(), spec.revision(), done, round.finished(), round.total(), failures);
        try {
            store.report(spec.name(), report);
        } catch (StateException e) {
            LOG.debug("No report of {}: {}", spec.name(), e.getMessage());
            refresh();
        }
    }

    /** Reports progress at most every {@link #REPORT_MILLIS}, from the executor's threads. */
    private final class Reporter implements Runnable {
        private final ReentrantLock one = new ReentrantLock();
        private volatile long lastNanos = System.nanoTime();
        private volatile Round round;

        @Override
        public void run() {
            if (System.nanoTime() - lastNanos < TimeUnit.MILLISECONDS.toNanos(REPORT_MILLIS) || !one.tryLock()) return;
            try {
                lastNanos = System.nanoTime();
                report(round.spec(), round, false);
            } finally {
                one.unlock();
            }
        }
    }


    @Override
    public void close() throws Exception {
        stopped = true;
        if (watch != null) watch.close();
        if (arrivals != null) arrivals.close();
        refresh();
        thread.join(5000);
    }
}
