// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.Members;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.StateException;
import org.violin.api.control.GuestAccess;
import org.violin.api.control.Runs;
import org.violin.api.control.Specs;
import org.violin.api.control.ViolinView;
import org.violin.api.control.Violins;
import org.violin.api.dataplane.DataPlane;
import org.violin.api.dataplane.DataPlaneView;
import org.violin.api.model.Conditions;
import org.violin.api.model.Mistake;
import org.violin.api.model.Refused;
import org.violin.api.model.ViolinSpec;

/** Offers the runs of experiments, and takes part in those of other hosts. */
@Component(service = Runs.class, immediate = true)
public final class RunsService implements Runs {
    private static final Logger LOG = LoggerFactory.getLogger(RunsService.class);
    private static final long SETTLE_MILLIS = 120_000;
    private static final long STOP_MILLIS = 60_000;
    private static final long CLOSE_SECONDS = 10;
    private static final long TURN_NANOS = 250_000_000;
    /** Where guests find programs: they see their host's files. */
    private static final List<String> PATH = List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

    private final Members members;
    private final SharedState state;
    private final Violins violins;
    private final Specs specs;
    private final Time time;
    private final String version;
    private final Orchestra orchestra;
    private final ExecutorService desk = Executors.newSingleThreadExecutor(task -> daemon(task, "violin-timeline"));
    private final ExecutorService side = Executors.newSingleThreadExecutor(task -> daemon(task, "violin-timeline-side"));
    private final ExecutorService players = numbered("violin-player-");
    private final ExecutorService programs = numbered("violin-program-");
    private final ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "violin-timeline-tick"));
    private final Set<Conductor> conductors = ConcurrentHashMap.newKeySet();
    private final AtomicInteger number = new AtomicInteger();

    @Activate
    public RunsService(@Reference Members members, @Reference SharedState state, @Reference Violins violins, @Reference Specs specs,
            @Reference GuestAccess guests, @Reference DataPlane plane, @Reference DataPlaneView view, BundleContext context) {
        this(members, state, violins, specs, guests, plane, view, context.getBundle().getVersion().toString(), Time.REAL, RunsService::installed);
        ticks.scheduleWithFixedDelay(orchestra::look, 1, 1, TimeUnit.SECONDS);
    }

    RunsService(Members members, SharedState state, Violins violins, Specs specs, GuestAccess guests, DataPlane plane, DataPlaneView view, String version,
            Time time, Predicate<String> installed) {
        this.members = members;
        this.state = state;
        this.violins = violins;
        this.specs = specs;
        this.time = time;
        this.version = version;
        Means means = new Means(plane, view, guests, programs, side, facts(version));
        orchestra = new Orchestra(members.self().name(), state, means, time, installed, desk, players);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private static ExecutorService numbered(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return Executors.newCachedThreadPool(task -> daemon(task, prefix + number.getAndIncrement()));
    }

    private static boolean installed(String program) {
        return PATH.stream().anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static Map<String, String> facts(String version) {
        return new TreeMap<>(Map.of("version", version, "kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"),
                "machine", System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors() + " processors",
                "java", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version")));
    }

    /** Looks after the conductors of this host's players; called each second. */
    void look() {
        orchestra.look();
    }

    @Override
    public Result run(String violin, Wish wish, Consumer<String> progress) throws Refused {
        ViolinSpec spec = specs.spec(violin).orElseThrow(() -> new Refused("run", violin, "there is no such violin"));
        if (spec.timeline().isEmpty()) throw new Refused("run", violin, "its file has no timeline; see the manual: 'timeline:'");
        if (wish.settle()) settle(violin, progress);
        ViolinView view = violins.show(violin).orElseThrow(() -> new Refused("run", violin, "there is no such violin"));
        Map<String, String> placement = new TreeMap<>();
        view.entities().forEach(e -> placement.put(e.name(), e.host()));
        homeless(violin, placement);
        Long seed = wish.seed().isPresent() ? (Long) wish.seed().getAsLong() : null;
        Score score = new Composer(spec, placement, new Traces(wish.data()), seed).compose();
        Folder folder = new Folder(wish.folder());
        folder.prepare();
        Conductor conductor = new Conductor(members, state, time, score, members.self().name() + "-" + members.self().incarnation() + "-" + time.wallMillis() + "-"
                + number.incrementAndGet(), progress);
        conductors.add(conductor);
        boolean whole = false;
        try {
            Conductor.Collected collected = conductor.conduct();
            Map<String, String> attributes = new TreeMap<>(spec.attributes());
            attributes.put(Conditions.SEED, Long.toString(score.seed()));
            Outcome outcome = Outcome.of(spec.withAttributes(attributes), score, collected);
            List<String> files = folder.write(outcome, version);
            whole = true;
            return new Result(violin, score.seed(), outcome.durationMillis(), outcome.events().stream()
                    .map(e -> new Happening(e.atMillis(), e.host(), e.action(), e.subject(), e.text())).toList(),
                    outcome.summaries(), outcome.failures(), wish.folder(), files);
        } catch (IOException e) {
            throw new Refused("run", wish.folder().toString(), "the results could not be written: " + e.getMessage());
        } finally {
            conductors.remove(conductor);
            if (!whole) folder.drop();
        }
    }

    private static void homeless(String violin, Map<String, String> placement) throws Refused {
        List<Mistake> mistakes = new ArrayList<>();
        placement.forEach((node, host) -> {
            if (host.isEmpty()) mistakes.add(new Mistake(violin, 0, node, "is not placed on an overlay host yet"));
        });
        if (!mistakes.isEmpty()) throw new Refused(mistakes);
    }

    private void settle(String violin, Consumer<String> progress) throws Refused {
        long until = time.nanos() + SETTLE_MILLIS * 1_000_000;
        long said = time.nanos() - 1_000_000_000L;
        while (true) {
            ViolinView view = violins.show(violin).orElseThrow(() -> new Refused("run", violin, "there is no such violin"));
            List<String> open = new ArrayList<>();
            view.entities().stream().filter(e -> !e.state().equals("ready")).forEach(e -> open.add(e.name() + " is " + e.state() + (e.reason().isEmpty() ? "" : ": " + e.reason())));
            view.links().stream().filter(l -> !l.state().equals("ready")).forEach(l -> open.add("vLink " + l.a() + "--" + l.b() + " is " + l.state()));
            if (open.isEmpty()) return;
            String first = String.join("; ", open.subList(0, Math.min(3, open.size()))) + (open.size() > 3 ? "; and " + (open.size() - 3) + " more" : "");
            if (time.nanos() - until > 0 || Thread.currentThread().isInterrupted()) {
                throw new Refused("run", violin, "is not ready: " + first + "; to run it all the same: --no-settle");
            }
            if (time.nanos() - said >= 1_000_000_000L) {
                said = time.nanos();
                progress.accept("waits: " + first);
            }
            time.park(TURN_NANOS);
        }
    }

    @Override
    public boolean stop(String violin) throws Refused {
        if (violins.show(violin).isEmpty()) throw new Refused("run", violin, "there is no such violin");
        Board board = new Board(state, violin);
        try {
            if (board.get(Board.CALL, Board.Call.class).isEmpty()) return false;
            Optional<AutoCloseable> lock = state.lock(Conductor.lock(violin), Duration.ZERO);
            if (lock.isPresent()) {
                // What a dead conductor left; the players see it go.
                try (AutoCloseable held = lock.get()) {
                    board.delete();
                }
                return true;
            }
            board.number(Board.STOP, 1);
            long until = time.nanos() + STOP_MILLIS * 1_000_000;
            while (board.get(Board.CALL, Board.Call.class).isPresent()) {
                if (time.nanos() - until > 0) throw new Refused("run", violin, "did not end within " + STOP_MILLIS / 1000 + " s");
                time.park(TURN_NANOS);
                if (Thread.interrupted()) {
                    Thread.currentThread().interrupt();
                    return true;
                }
            }
            return true;
        } catch (StateException e) {
            throw new Refused("run", violin, e.getMessage());
        } catch (Refused e) {
            throw e;
        } catch (Exception e) {
            LOG.warn("The lock of a run is freed with this host's session: {}", e.toString());
            return true;
        }
    }

    /** Ends all runs that this host conducts, and puts back what its players did. */
    @Deactivate
    public void close() throws InterruptedException {
        ticks.shutdownNow();
        conductors.forEach(Conductor::stop);
        orchestra.close();
        // In this order: the desk tells the players, these leave what may block to the side.
        for (ExecutorService each : List.of(desk, players, side)) {
            each.shutdown();
            if (!each.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) LOG.warn("A run still goes on");
        }
        programs.shutdownNow();
    }
}
