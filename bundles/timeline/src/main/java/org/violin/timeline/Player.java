// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.dataplane.PortStatus;
import org.violin.api.model.Conditions;
import org.violin.api.model.Endpoint;
import org.violin.api.model.NodeId;
import org.violin.api.model.PortId;
import org.violin.api.model.ViolinSpec;
import org.violin.timeline.Score.Cue;
import org.violin.timeline.Score.Kind;
import org.violin.timeline.Score.Op;
import org.violin.timeline.Score.Part;

/**
 * Carries out this host's part of one run by this host's clock, and puts everything back at its end, however that comes. A machine that is
 * turned by {@link #step}, on one thread; what others tell it waits in its inbox.
 */
final class Player implements Runnable {
    /** Flows may say what they found so long after the end. */
    static final long GRACE_MICROS = 3_000_000;
    private static final long REAP_MICROS = 5_000_000;
    private static final int MOST_NOTES = 10_000;
    private static final int MOST_FAILURES = 200;
    private static final Logger LOG = LoggerFactory.getLogger(Player.class);

    private final String host;
    private final Score score;
    private final Part part;
    private final Means means;
    private final Time time;
    private final Told told;
    private final Consumer<Performance> finished;
    private final long startNanos;
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Due> due = new PriorityQueue<>(Comparator.comparingLong(Due::micros).thenComparingLong(Due::order));
    private final Map<Integer, List<Op>> byBase = new HashMap<>();
    private final Map<String, Overlay> overlays = new TreeMap<>();
    private final Map<String, Map<String, String>> laidNow = new TreeMap<>();
    private final Set<NodeId> crashed = new HashSet<>();
    private final Set<Integer> marked = new HashSet<>();
    private final Performers performers;
    private final Series series = new Series();
    private final List<Performance.Done> done = new ArrayList<>();
    private final List<Performance.Observed> observed = new ArrayList<>();
    private final List<Performance.Laid> laid = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private long order;
    private long latest;
    private long nextSample;
    private long endMicros;
    private long closing;
    private boolean toldDone;
    private Phase phase = Phase.PLAYING;
    private volatile Thread thread;

    private enum Phase { PLAYING, CLOSING, REAPING, FINISHED }

    private record Due(long micros, long order, Runnable what) {}

    /** Whom the player tells of what others wait for. */
    interface Told {
        /** A step that others wait for has ended. */
        void mark(int step, long micros);

        /** All that this host had to do is done; probes without an end of their own go on. */
        void done();
    }

    /** @param startWallMillis when the experiment starts, by the wall clock; may have passed */
    Player(String host, Score score, long startWallMillis, Means means, Time time, Told told, Consumer<Performance> finished) {
        this.host = host;
        this.score = score;
        this.part = score.parts().getOrDefault(host, new Part(List.of(), Map.of(), List.of(), List.of()));
        this.means = means;
        this.time = time;
        this.told = told;
        this.finished = finished;
        this.startNanos = time.nanos() + (startWallMillis - time.wallMillis()) * 1_000_000;
        this.performers = new Performers(this, startWallMillis, means);
        this.endMicros = score.endMillis() >= 0 ? score.endMillis() * 1000 : Long.MAX_VALUE;
        this.nextSample = score.sampleMillis() * 1000;
        ViolinSpec seeds = new ViolinSpec(score.violin(), List.of(), List.of(), Map.of(Conditions.SEED, Long.toString(score.seed())));
        part.ports().forEach((port, always) -> overlays.put(port, new Overlay(always, Conditions.seed(seeds, Endpoint.parse(port)))));
        for (Op op : part.ops()) byBase.computeIfAbsent(op.base(), b -> new ArrayList<>()).add(op);
        at(0, this::begin);
        schedule(Score.START, 0);
    }

    /** Turns until the end; each turn's wait ends early when something is told. */
    @Override
    public void run() {
        thread = Thread.currentThread();
        while (phase != Phase.FINISHED) {
            long wait = step();
            if (wait > 0) time.park(wait);
        }
        time.leave();
    }

    /** Does all that is due, and returns how long nothing is, ns; 0: at once again, or never when it is {@link #over}. */
    synchronized long step() {
        try {
            return turn();
        } catch (RuntimeException e) {
            LOG.error("The run of {} fails on this host", score.violin(), e);
            fail("overlay host " + host + ": " + e);
            if (phase == Phase.PLAYING) phase = Phase.CLOSING;
            else finish();
            return 0;
        }
    }

    private long turn() {
        for (Runnable each = inbox.poll(); each != null; each = inbox.poll()) each.run();
        long now = micros();
        if (phase == Phase.PLAYING) {
            while (due.peek() != null && due.peek().micros <= now && due.peek().micros < endMicros) due.poll().what.run();
            if (now >= nextSample) sample();
            if (byBase.isEmpty() && due.isEmpty() && performers.settled() && !toldDone) {
                toldDone = true;
                means.side().execute(told::done);
            }
            if (now >= Math.min(endMicros, score.latestMillis() * 1000 + GRACE_MICROS * 10)) close(GRACE_MICROS);
        }
        if (phase == Phase.CLOSING && (performers.flowsEnded() || now >= closing)) {
            undo();
            performers.kill();
            closing = now + REAP_MICROS;
            phase = Phase.REAPING;
        }
        if (phase == Phase.REAPING && (performers.allEnded() || now >= closing)) finish();
        if (phase == Phase.FINISHED) return 0;
        long next = phase == Phase.PLAYING ? Math.min(Math.min(endMicros, nextSample), due.isEmpty() ? Long.MAX_VALUE : due.peek().micros) : closing;
        return inbox.isEmpty() ? Math.max(1, Math.min(next - micros(), 1_000_000)) * 1000 : 0;
    }

    /** True when all is put back and told. */
    synchronized boolean over() {
        return phase == Phase.FINISHED;
    }

    /** Puts something into the inbox; any thread. */
    void tell(Runnable what) {
        inbox.add(what);
        Thread own = thread;
        if (own != null) time.unpark(own);
    }

    /** Another host says that a step has ended; any thread. */
    void mark(int step, long micros) {
        tell(() -> schedule(step, micros));
    }

    /** The experiment ends then; any thread. Negative: at once. */
    void end(long micros) {
        tell(() -> endMicros = Math.min(endMicros, Math.max(micros, 0)));
    }

    /** At once, without waiting for anything; any thread. */
    void abort(String why) {
        tell(() -> {
            fail(why);
            if (phase == Phase.PLAYING) close(0);
            closing = Math.min(closing, micros());
        });
    }

    /** From the start of the experiment. */
    long micros() {
        return Math.floorDiv(time.nanos() - startNanos, 1000);
    }

    void at(long micros, Runnable what) {
        due.add(new Due(micros, order++, what));
    }

    private void begin() {
        List<String> ports = List.copyOf(part.ports().keySet());
        means.side().execute(() -> series.baseline(ports()));
        for (String port : ports) {
            lay(port);
            try {
                means.plane().restart(port(port));
            } catch (RuntimeException e) {
                fail(port + ": its fates could not be begun anew: " + e.getMessage());
            }
        }
    }

    private List<PortStatus> ports() {
        return means.view().ports().stream().filter(p -> p.id().node().violin().equals(score.violin())).toList();
    }

    private PortId port(String port) {
        Endpoint end = Endpoint.parse(port);
        return PortId.of(score.violin(), end.node(), end.port());
    }

    NodeId node(String name) {
        return new NodeId(score.violin(), name);
    }

    private void sample() {
        long period = score.sampleMillis() * 1000;
        nextSample += Math.max(1, (micros() - nextSample) / period + 1) * period;
        means.side().execute(() -> series.sample(micros(), ports()));
    }

    private void schedule(int base, long micros) {
        if (base != Score.START && !marked.add(base)) return;
        List<Op> ops = byBase.remove(base);
        if (ops == null) return;
        for (Op op : ops) {
            long moment = micros + op.atMillis() * 1000;
            at(moment, () -> perform(op, moment));
        }
    }

    private void perform(Op op, long moment) {
        long begun = micros();
        switch (op.kind()) {
            case LAY, CLEAR, STATE, PART, HEAL -> {
                Overlay overlay = overlays.get(op.subject());
                overlay.apply(op);
                done(op, begun, moment, lay(op.subject()));
            }
            case CRASH -> aside(op, begun, moment, () -> means.guests().crash(node(op.subject())));
            case REVIVE -> aside(op, begun, moment, () -> means.guests().revive(node(op.subject())));
            case NOTE -> done(op, begun, moment, "");
            default -> done(op, begun, moment, performers.start(op));
        }
    }

    private interface Deed {
        void run() throws Exception;
    }

    private void aside(Op op, long begun, long moment, Deed deed) {
        if (op.kind() == Kind.CRASH) crashed.add(node(op.subject()));
        means.side().execute(() -> {
            String failure = "";
            try {
                deed.run();
            } catch (Exception e) {
                failure = e.getMessage() == null ? e.toString() : e.getMessage();
            }
            String told = failure;
            tell(() -> done(op, begun, moment, told));
        });
    }

    private void done(Op op, long begun, long moment, String failure) {
        if (!failure.isEmpty()) fail(describe(op) + ": " + failure);
        if (op.cue() >= 0) done.add(new Performance.Done(op.cue(), begun, Math.max(0, begun - moment), failure));
        latest = Math.max(latest, begun - moment);
    }

    private String describe(Op op) {
        Cue cue = op.cue() >= 0 ? score.cues().get(op.cue()) : null;
        return cue == null ? op.subject() : (cue.line() > 0 ? "line " + cue.line() + ", " : "") + cue.action() + " " + op.subject();
    }

    /** Returns what is wrong, or nothing. */
    private String lay(String port) {
        Map<String, String> settings = overlays.get(port).settings();
        Map<String, String> before = laidNow.getOrDefault(port, Map.of());
        if (settings.equals(before)) return "";
        try {
            means.plane().override(port(port), settings);
        } catch (RuntimeException e) {
            return e.getMessage() == null ? e.toString() : e.getMessage();
        }
        laidNow.put(port, settings);
        for (String word : List.of("delay", "loss", "rate")) {
            double value = number(settings.get(word));
            if (Double.compare(value, number(before.get(word))) != 0 && laid.size() < Composer.MOST_OPS) laid.add(new Performance.Laid(micros(), port, word, value));
        }
        return "";
    }

    private static double number(String text) {
        try {
            return text == null ? Double.NaN : Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    void fail(String sentence) {
        if (failures.size() < MOST_FAILURES) failures.add(sentence);
    }

    void observe(String action, String subject, String text) {
        if (observed.size() < MOST_NOTES) observed.add(new Performance.Observed(micros(), action, subject, text));
    }

    /** That step has ended here and now. */
    void ended(String mark) {
        if (mark.isEmpty()) return;
        int step = Integer.parseInt(mark);
        long micros = micros();
        schedule(step, micros);
        means.side().execute(() -> told.mark(step, micros));
    }

    private void close(long grace) {
        phase = Phase.CLOSING;
        closing = micros() + grace;
        means.side().execute(() -> series.sample(micros(), ports()));
        performers.close();
    }

    private void undo() {
        due.clear();
        for (String port : part.ports().keySet()) {
            try {
                means.plane().override(port(port), Map.of());
            } catch (RuntimeException e) {
                fail(port + ": could not be put back: " + e.getMessage());
            }
        }
        for (NodeId node : crashed) {
            means.side().execute(() -> {
                try {
                    means.guests().revive(node);
                } catch (RuntimeException e) {
                    LOG.warn("{} could not be started again: {}", node, e.toString());
                }
            });
        }
    }

    private void finish() {
        if (phase == Phase.FINISHED) return;
        if (phase != Phase.REAPING) undo();
        phase = Phase.FINISHED;
        // Behind the last samples and revivals.
        means.side().execute(() -> {
            Performance all;
            synchronized (this) {
                Performers.Found found = performers.found();
                all = new Performance(host, List.copyOf(done), List.copyOf(observed), series.data(), List.copyOf(laid), found.pings(),
                        found.matrices(), found.flows(), found.outputs(), List.copyOf(failures), latest, means.facts());
            }
            finished.accept(all);
        });
    }

    /** For messages only. */
    @Override
    public String toString() {
        return score.violin() + " on " + host + " " + Arrays.asList(phase, failures.size() + " failures");
    }
}
