// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.violin.timeline.Performance.FlowData;
import org.violin.timeline.Performance.MatrixData;
import org.violin.timeline.Performance.Output;
import org.violin.timeline.Performance.PingData;
import org.violin.timeline.Score.Kind;
import org.violin.timeline.Score.Op;

/** The programs that one player runs in guests: commands, waits and probes. On the player's thread, but where it says so. */
final class Performers {
    static final int MOST_OUTPUT = 256 * 1024;
    private static final int MOST_TOTAL = 8 << 20;
    private static final int MOST_FLOW = 4 << 20;
    private static final int MOST_AT_ONCE = 256;
    private static final int TAIL = 300;

    private final Player player;
    private final long startWallMillis;
    private final Means means;
    private final Set<Running> running = new LinkedHashSet<>();
    private final List<PingData> pings = new ArrayList<>();
    private final List<MatrixData> matrices = new ArrayList<>();
    private final List<FlowData> flows = new ArrayList<>();
    private final List<Output> outputs = new ArrayList<>();
    private final Map<String, Integer> names = new HashMap<>();
    private int room = MOST_TOTAL;
    private boolean closed;

    /** What they found, when all have ended. */
    record Found(List<PingData> pings, List<MatrixData> matrices, List<FlowData> flows, List<Output> outputs) {}

    /** One op, which may start its program several times. */
    private final class Running {
        final Op op;
        final long begun;
        final Pings answers;
        Program program;
        boolean timedOut;
        boolean stopped;
        volatile String odd = "";

        Running(Op op) {
            this.op = op;
            this.begun = player.micros();
            this.answers = op.kind() == Kind.PING ? new Pings(Long.parseLong(op.words().get("every")), startWallMillis) : null;
        }

        String word(String key) {
            return op.words().getOrDefault(key, "");
        }

        long millis(String key) {
            return Long.parseLong(op.words().getOrDefault(key, "0"));
        }

        /** On a thread of the pool. */
        void line(String text) {
            synchronized (answers) {
                if (text.startsWith("[")) answers.line(text);
                else if (!text.isBlank()) odd = text;
            }
        }
    }

    Performers(Player player, long startWallMillis, Means means) {
        this.player = player;
        this.startWallMillis = startWallMillis;
        this.means = means;
    }

    /** Returns what is wrong, or nothing. */
    String start(Op op) {
        if (running.size() >= MOST_AT_ONCE) return "more than " + MOST_AT_ONCE + " programs at once on this overlay host";
        Running r = new Running(op);
        running.add(r);
        long bound = switch (op.kind()) {
            case RUN, WAIT -> r.millis("timeout");
            case PING -> r.millis("for");
            case IPERF -> r.millis("for") + Player.GRACE_MICROS / 1000;
            default -> 0;
        };
        if (bound > 0) player.at(r.begun + bound * 1000, () -> tooLate(r));
        launch(r);
        return "";
    }

    private void launch(Running r) {
        int most = r.op.kind() == Kind.IPERF ? MOST_FLOW : Math.min(MOST_OUTPUT, room);
        r.program = Program.start(means.guests(), player.node(r.op.subject()), r.word("command"), means.pool(), most,
                r.answers == null ? null : r::line, ended -> player.tell(() -> ended(r, ended)));
    }

    private void tooLate(Running r) {
        if (!running.contains(r)) return;
        r.timedOut = r.op.kind() != Kind.PING;
        stop(r);
    }

    private void stop(Running r) {
        r.stopped = true;
        Program program = r.program;
        // Between two tries of a wait there is no program.
        if (program == null) ended(r, new Program.Ended(-1, "", false, true, ""));
        else means.pool().execute(program::kill);
    }

    private void ended(Running r, Program.Ended e) {
        if (!running.contains(r)) return;
        r.program = null;
        if (r.op.kind() == Kind.WAIT && e.status() != 0 && !r.stopped) {
            player.at(player.micros() + Math.max(1, r.millis("every")) * 1000, () -> {
                if (running.contains(r) && !r.stopped) launch(r);
            });
            return;
        }
        running.remove(r);
        String where = r.op.kind().name().toLowerCase(java.util.Locale.ROOT) + " on " + r.op.subject() + ": ";
        switch (r.op.kind()) {
            case RUN, WAIT -> command(r, e);
            case PING -> ping(r, e, where);
            case MATRIX -> matrix(r, e, where);
            case IPERF -> flow(r, e, where);
            default -> {
                if (!r.stopped && (e.status() != 0 || !e.failure().isEmpty())) player.fail("server for " + where + tail(e));
            }
        }
    }

    private static String tail(Program.Ended e) {
        if (!e.failure().isEmpty()) return e.failure();
        if (e.status() == 127) return "there is no such program in the guest";
        String last = e.output().strip();
        return "ended with status " + e.status() + (last.isEmpty() ? "" : ": " + last.substring(Math.max(0, last.length() - TAIL)));
    }

    private void command(Running r, Program.Ended e) {
        String name = r.word("name");
        String what = r.op.kind() == Kind.WAIT ? "wait" : "run";
        boolean atEnd = closed && r.stopped && !r.timedOut;
        String how = r.timedOut ? "did not " + (what.equals("wait") ? "succeed" : "end") + " within " + r.millis("timeout") + " ms" : atEnd ? "ended with the experiment"
                : !e.failure().isEmpty() ? e.failure() : "status " + e.status();
        player.observe(what + " ends", r.op.subject(), name + ": " + how);
        boolean bad = r.timedOut || !e.failure().isEmpty() || !atEnd && e.status() != 0 || atEnd && what.equals("wait");
        if (bad) player.fail(what + " '" + name + "' on " + r.op.subject() + ": " + (r.timedOut || atEnd ? how : tail(e)));
        room = Math.max(0, room - e.output().length());
        String unique = names.merge(name, 1, Integer::sum) > 1 ? name + "-" + names.get(name) : name;
        outputs.add(new Output(unique, r.op.subject(), r.word("command"), r.begun, player.micros(), e.killed() ? -1 : e.status(), e.output(), e.cut()));
        player.ended(r.word("mark"));
    }

    private void ping(Running r, Program.Ended e, String where) {
        List<Pings.Ping> all;
        int left;
        synchronized (r.answers) {
            all = r.answers.all();
            left = r.answers.left();
        }
        if (!r.stopped) player.fail(where + (r.odd.isEmpty() ? tail(e) : r.odd));
        else if (all.isEmpty()) player.fail(where + "no ping could be sent" + (r.odd.isEmpty() ? "" : ": " + r.odd));
        pings.add(new PingData((int) r.millis("probe"), r.op.subject(), r.word("to"), r.millis("every"),
                all.stream().mapToLong(Pings.Ping::sentMicros).toArray(), all.stream().mapToLong(Pings.Ping::rttMicros).toArray(), left));
    }

    private void matrix(Running r, Program.Ended e, String where) {
        if (e.status() < 0 || e.status() > 2) {
            if (!closed) player.fail(where + tail(e));
            return;
        }
        Map<String, List<Double>> rtts = new TreeMap<>();
        Map<String, String> names = new HashMap<>();
        for (String pair : r.word("targets").split(",")) {
            int at = pair.lastIndexOf('=');
            names.put(pair.substring(0, at), pair.substring(at + 1));
            rtts.put(pair.substring(at + 1), List.of());
        }
        for (String line : e.output().split("\n")) {
            int colon = line.indexOf(" : ");
            String name = colon < 0 ? null : names.get(line.substring(0, colon).strip());
            if (name == null) continue;
            List<Double> times = new ArrayList<>();
            for (String word : line.substring(colon + 3).strip().split("\\s+")) if (word.matches("[0-9]+(\\.[0-9]+)?")) times.add(Double.valueOf(word));
            rtts.put(name, times);
        }
        matrices.add(new MatrixData((int) r.millis("probe"), r.op.subject(), rtts));
    }

    private void flow(Running r, Program.Ended e, String where) {
        if (r.timedOut) player.fail(where + "iperf3 did not end in time");
        else if (r.stopped) player.fail(where + "iperf3 was ended with the experiment before it had a result");
        else if (!e.failure().isEmpty() || e.output().isBlank()) player.fail(where + tail(e));
        else flows.add(new FlowData((int) r.millis("probe"), r.op.subject(), r.word("to"), !r.word("udp").isEmpty(), e.output()));
    }

    /** The experiment ends: all but flows are ended now. */
    void close() {
        closed = true;
        for (Running r : List.copyOf(running)) if (r.op.kind() != Kind.IPERF && r.op.kind() != Kind.SERVE && r.op.kind() != Kind.MATRIX) stop(r);
    }

    /** Ends all. */
    void kill() {
        closed = true;
        for (Running r : List.copyOf(running)) if (!r.stopped) stop(r);
    }

    boolean allEnded() {
        return running.isEmpty();
    }

    /** No flow or matrix is under way. */
    boolean flowsEnded() {
        return running.stream().noneMatch(r -> r.op.kind() == Kind.IPERF || r.op.kind() == Kind.MATRIX);
    }

    /** Only what has no end of its own is under way. */
    boolean settled() {
        return running.stream().allMatch(r -> r.op.kind() == Kind.SERVE || r.op.kind() == Kind.PING && r.millis("for") == 0);
    }

    Found found() {
        return new Found(List.copyOf(pings), List.copyOf(matrices), List.copyOf(flows), List.copyOf(outputs));
    }
}
