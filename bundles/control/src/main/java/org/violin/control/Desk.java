// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.StateException;
import org.violin.api.control.PlacementView;
import org.violin.api.control.Placements;
import org.violin.api.control.PlanStep;
import org.violin.api.control.Report;
import org.violin.api.control.SpecReader;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.Mistake;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.Refused;
import org.violin.api.model.ViolinSpec;
import org.violin.api.routing.Routers;
import static java.util.stream.Collectors.toList;

/**
 * Takes orders: reads, places and plans under the apply lock of all hosts, stores the result, and waits for the hosts. Two orders at once
 * are serialised by the lock; each stores a whole spec, so there is never a mixture. Any thread.
 */
final class Desk {
    private static final Duration LOCK_WAIT = Duration.ofSeconds(20);
    private static final int MAX_CHANNEL = 65_535;

    private final Members members;
    private final SpecStore store;
    private final SpecReader reader;
    private final Providers providers;
    private final Lowering lowering;
    private final Announcer announcer;
    private final Waiter waiter;
    private final Placer placer;
    private final Drained drained;
    private volatile Lowered last = new Lowered(null, Map.of());

    /** The newest spec this desk planned, stored or not, with its prints, so that the next order need not compute them again. */
    private record Lowered(PlacedSpec spec, Map<Key, Print> prints) {}

    Desk(Members members, SpecStore store, SpecReader reader, Providers providers, Lowering lowering, Announcer announcer, Waiter waiter,
            Placer placer, Drained drained) {
        this.members = members;
        this.store = store;
        this.reader = reader;
        this.providers = providers;
        this.lowering = lowering;
        this.announcer = announcer;
        this.waiter = waiter;
        this.placer = placer;
        this.drained = drained;
    }

    /** What an order came to under the lock. */
    private record Decision(PlacedSpec before, PlacedSpec after, List<PlanStep> steps, List<String> notes, long planMillis,
            PlacementView placement) {
        /** Nothing was stored. What failed before is not in a plan that takes it away, but its hosts must hear of it. */
        boolean nothing() {
            return steps.isEmpty() && after == before;
        }
    }

    Report apply(String file, String text, Map<String, String> pins, boolean dryRun, Consumer<String> progress) throws Refused {
        long start = System.nanoTime();
        Decision decision = locked(() -> decide(file, text, pins, dryRun, start));
        PlacedSpec after = decision.after();
        if (dryRun || decision.nothing()) return report(decision, List.of(), !dryRun, 0);
        announcer.announce("violin/stored", after.name(), "revision " + after.revision() + ": " + decision.steps().size() + " actions");
        return finish(decision, progress);
    }

    /** As an apply of a file that says what the changed spec says. */
    Report change(String violin, UnaryOperator<ViolinSpec> change, Consumer<String> progress) throws Refused {
        long start = System.nanoTime();
        Decision decision = locked(() -> {
            Stock stock = stock();
            PlacedSpec before = stock.existing("violin", violin);
            ViolinSpec after = change.apply(before.spec());
            if (!after.name().equals(violin)) throw new Refused("change", after.name(), "a violin keeps its name");
            return decide("change", after, new SpecReader.Reading(Optional.of(after), "", List.of(), List.of()), stock, false, start);
        });
        if (decision.nothing()) return report(decision, List.of(), true, 0);
        announcer.announce("violin/stored", violin, "revision " + decision.after().revision() + ": " + decision.steps().size() + " actions");
        return finish(decision, progress);
    }

    Report destroy(String violin, Consumer<String> progress) throws Refused {
        long start = System.nanoTime();
        Decision decision = locked(() -> {
            Optional<SpecStore.Stored> stored = store.read(violin);
            if (stored.isEmpty()) throw new Refused("destroy", violin, "there is no violin of that name; see: violin list");
            PlacedSpec before = stored.get().spec();
            PlacedSpec after = before.emptied();
            List<PlanStep> steps = steps(before, after);
            store.write(after, stored.get().version());
            return new Decision(before, after, steps, List.of(), millisSince(start), null);
        });
        Report report = finish(decision, progress);
        if (report.failures().isEmpty()) forget(violin);
        announcer.announce("violin/destroyed", violin, violin + " is destroyed");
        return report;
    }

    /** Deletes the records of violins that every joined host has let go of. Called by the leader now and then. */
    void sweep() throws Refused, StateException {
        Set<String> live = members.hosts().stream().map(HostInfo::name).collect(java.util.stream.Collectors.toSet());
        for (String name : store.names()) {
            Optional<SpecStore.Stored> stored = store.read(name);
            if (stored.isEmpty()) forget(name);
            if (stored.isEmpty() || !stored.get().spec().destroying()) continue;
            PlacedSpec spec = stored.get().spec();
            boolean all = store.reports(spec.name()).stream()
                    .filter(r -> live.contains(r.host()))
                    .allMatch(r -> r.revision() >= spec.revision() && r.done() && r.failures().isEmpty());
            if (all) forget(spec.name());
        }
    }

    private void forget(String violin) throws Refused {
        locked(() -> {
            Optional<SpecStore.Stored> stored = store.read(violin);
            if (stored.isEmpty() || stored.get().spec().destroying()) store.delete(violin);
            return null;
        });
    }

    /** All that is stored, with the versions. */
    private record Stock(Map<String, PlacedSpec> all, Map<String, Integer> versions) {
        PlacedSpec existing(String order, String violin) throws Refused {
            PlacedSpec before = all.get(violin);
            if (before == null || before.destroying()) throw new Refused(order, violin, "there is no violin of that name; see: violin list");
            return before;
        }
    }

    private Stock stock() throws StateException {
        Map<String, PlacedSpec> all = new TreeMap<>();
        Map<String, Integer> versions = new HashMap<>();
        for (SpecStore.Stored stored : store.all()) {
            all.put(stored.spec().name(), stored.spec());
            versions.put(stored.spec().name(), stored.version());
        }
        return new Stock(all, versions);
    }

    private Decision decide(String file, String text, Map<String, String> pins, boolean dryRun, long start) throws Refused, StateException {
        Stock stock = stock();
        SpecReader.Reading reading = reader.read(file, text, name -> Optional.ofNullable(stock.all().get(name)).map(PlacedSpec::spec));
        if (reading.spec().isEmpty()) throw new Refused(reading.mistakes());
        return decide(file, pinned(file, reading.spec().get(), pins), reading, stock, dryRun, start);
    }

    private Decision decide(String file, ViolinSpec spec, SpecReader.Reading reading, Stock stock, boolean dryRun, long start)
            throws Refused, StateException {
        checkRouters(file, spec, reading.texts());
        PlacedSpec before = stock.all().get(spec.name());
        Placer.Placed placed = placer.place(file, spec, running(before), stock.all(), drained.hosts());
        return decide(spec, placed, reading.notes(), stock, dryRun, start);
    }

    /** Stores a placed spec, unless nothing differs or it is only asked. */
    private Decision decide(ViolinSpec spec, Placer.Placed placed, List<String> notes, Stock stock, boolean dryRun, long start) throws StateException {
        Map<String, PlacedSpec> all = stock.all();
        PlacedSpec before = all.get(spec.name());
        Map<String, String> placement = placed.hosts();
        Map<String, Integer> vnis = vnis(spec, before, dryRun);
        long revision = before == null ? 1 : before.revision() + 1;
        PlacedSpec after = new PlacedSpec(spec, revision, placement, vnis, channel(before, all, dryRun), false);
        List<PlanStep> steps = steps(before, after);
        boolean same = before != null && before.spec().equals(spec) && !before.destroying() && before.placement().equals(placement);
        if (steps.isEmpty() && same) after = before;
        else if (!dryRun) store.write(after, stock.versions().getOrDefault(after.name(), SharedState.ABSENT));
        return new Decision(before, after, steps, notes, millisSince(start), placed.view());
    }

    private static PlacedSpec running(PlacedSpec before) {
        return before == null || before.destroying() ? null : before;
    }

    /** The spec with some nodes tied to hosts. */
    static ViolinSpec pinned(String subject, ViolinSpec spec, Map<String, String> pins) throws Refused {
        if (pins.isEmpty()) return spec;
        List<Mistake> mistakes = new ArrayList<>();
        Map<String, NodeSpec> nodes = spec.nodesByName();
        pins.forEach((node, host) -> {
            if (!nodes.containsKey(node)) mistakes.add(new Mistake(subject, 0, node + "=" + host, "there is no node '" + node + "' to pin"));
        });
        if (!mistakes.isEmpty()) throw new Refused(mistakes);
        List<NodeSpec> all = new ArrayList<>();
        for (NodeSpec n : spec.nodes()) all.add(pins.containsKey(n.name()) ? n.withHost(Optional.of(pins.get(n.name()))) : n);
        return spec.withNodes(all);
    }

    /** Looks for a better placement with the prices of moves. */
    Report optimize(String violin, Placements.Wish wish, boolean dryRun, Consumer<String> progress) throws Refused {
        long start = System.nanoTime();
        Decision decision = locked(() -> {
            Stock stock = stock();
            PlacedSpec before = stock.existing("place", violin);
            ViolinSpec spec = pinned("place", before.spec(), wish.pins());
            Placer.Placed placed = placer.optimize("place", spec, before, stock.all(), drained.hosts(), wish);
            return decide(spec, placed, List.of(), stock, dryRun, start);
        });
        if (dryRun || decision.steps().isEmpty()) return report(decision, List.of(), !dryRun, 0);
        announcer.announce("violin/stored", violin, "revision " + decision.after().revision() + ": " + decision.placement().moves() + " nodes move");
        return finish(decision, progress);
    }

    /**
     * Places all violins that have a part on a host anew, without it and other hosts taken out. All are placed before the first is stored.
     *
     * @param mark whether the host is to be left out from now on
     */
    List<Report> evacuate(String host, boolean mark, boolean dryRun, Consumer<String> progress) throws Refused {
        long start = System.nanoTime();
        List<Decision> decisions = locked(() -> {
            Stock stock = stock();
            Set<String> out = new TreeSet<>(drained.hosts());
            out.add(host);
            Map<String, Placer.Placed> placed = new TreeMap<>();
            List<Mistake> mistakes = new ArrayList<>();
            for (PlacedSpec p : List.copyOf(stock.all().values())) {
                if (p.destroying() || !p.hosts().contains(host)) continue;
                try {
                    Placer.Placed to = placer.place("drain", p.spec(), p, stock.all(), out);
                    placed.put(p.name(), to);
                    // The next violin is placed beside this one's new places.
                    stock.all().put(p.name(), new PlacedSpec(p.spec(), p.revision(), to.hosts(), p.vnis(), p.channel(), false));
                } catch (Refused e) {
                    for (Mistake m : e.mistakes()) mistakes.add(new Mistake("drain", 0, p.name() + ": " + m.value(), m.rule()));
                }
            }
            if (!mistakes.isEmpty()) throw new Refused(mistakes);
            if (mark && !dryRun) drained.add(host);
            Stock fresh = stock();
            List<Decision> all = new ArrayList<>();
            for (Map.Entry<String, Placer.Placed> e : placed.entrySet()) {
                all.add(decide(fresh.all().get(e.getKey()).spec(), e.getValue(), List.of(), fresh, dryRun, start));
            }
            return all;
        });
        List<Report> reports = new ArrayList<>();
        for (Decision d : decisions) {
            reports.add(dryRun || d.steps().isEmpty() ? report(d, List.of(), !dryRun, 0) : finish(d, progress));
        }
        return reports;
    }

    /** What the tools that vRouters run say against it, before anything is changed. */
    private void checkRouters(String file, ViolinSpec spec, Map<String, SpecReader.TextPlace> texts) throws Refused {
        Optional<Routers> routers = providers.routers();
        if (routers.isEmpty()) return;
        try {
            List<Mistake> mistakes = Patience.call("check of routing", () -> routers.get().check(spec));
            if (!mistakes.isEmpty()) throw new Refused(FileLines.told(file, spec, texts, mistakes));
        } catch (Patience.Lost e) {
            throw new Refused(file, "routing", e.getMessage());
        }
    }

    private Map<String, Integer> vnis(ViolinSpec spec, PlacedSpec before, boolean dryRun) throws StateException {
        Map<String, Integer> vnis = new TreeMap<>();
        List<String> fresh = new ArrayList<>();
        for (LinkSpec link : spec.links()) {
            Integer old = before == null ? null : before.vnis().get(link.key());
            if (old != null) vnis.put(link.key(), old);
            else fresh.add(link.key());
        }
        int next = dryRun ? 0 : store.takeVnis(fresh.size());
        for (String key : fresh) vnis.put(key, dryRun ? 0 : next++);
        return vnis;
    }

    /** The lowest number that no violin has. */
    private static int channel(PlacedSpec before, Map<String, PlacedSpec> all, boolean dryRun) throws StateException {
        if (before != null && before.channel() != 0) return before.channel();
        if (dryRun) return 0;
        Set<Integer> taken = all.values().stream().map(PlacedSpec::channel).collect(java.util.stream.Collectors.toSet());
        for (int channel = 1; channel <= MAX_CHANNEL; channel++) if (!taken.contains(channel)) return channel;
        throw new StateException("there are " + MAX_CHANNEL + " violins already", false, null);
    }

    private List<PlanStep> steps(PlacedSpec before, PlacedSpec after) throws StateException {
        Map<Key, Print> observed = new TreeMap<>();
        if (before != null) {
            observed.putAll(before.equals(last.spec()) ? last.prints() : prints(lowering.items(before, h -> true)));
            for (HostReport report : store.reports(before.name())) report.failures().keySet().forEach(k -> observed.remove(Key.parse(k)));
        }
        Map<Key, Item> desired = lowering.items(after, h -> true);
        // What could not be computed now is not remembered as it is.
        boolean whole = desired.values().stream().noneMatch(i -> i.print().equals(Print.KEEP));
        last = whole ? new Lowered(after, prints(desired)) : new Lowered(null, Map.of());
        return Planner.plan(desired, observed).stream().map(a -> Words.step(a, before, after)).collect(toList());
    }

    private static Map<Key, Print> prints(Map<Key, Item> items) {
        Map<Key, Print> prints = new TreeMap<>();
        items.values().forEach(i -> prints.put(i.key(), i.print()));
        return prints;
    }

    private Report finish(Decision decision, Consumer<String> progress) {
        long start = System.nanoTime();
        Set<String> hosts = new TreeSet<>(decision.after().hosts());
        if (decision.before() != null) hosts.addAll(decision.before().hosts());
        List<String> failures = waiter.await(decision.after(), hosts, progress);
        return report(decision, failures, true, millisSince(start));
    }

    private static Report report(Decision d, List<String> failures, boolean done, long applyMillis) {
        return new Report(d.after().name(), d.after().revision(), d.steps(), d.notes(), failures, done, d.planMillis(), applyMillis, d.placement());
    }

    private interface Order<T> {
        T decide() throws Refused, StateException;
    }

    private <T> T locked(Order<T> order) throws Refused {
        try {
            Optional<AutoCloseable> lock = store.state().lock("apply", LOCK_WAIT);
            if (lock.isEmpty()) {
                throw new Refused("apply", "", "another apply or destroy is deciding for " + LOCK_WAIT.toSeconds() + " s already; try again");
            }
            try (AutoCloseable held = lock.get()) {
                return order.decide();
            }
        } catch (StateException e) {
            String rule = e.conflict() ? "another apply was faster; look at it and try again" : "the shared state is out of reach: " + e.getMessage();
            throw new Refused("apply", "", rule);
        } catch (Refused | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static long millisSince(long startNanos) {
        return (System.nanoTime() - startNanos) / 1_000_000;
    }
}
