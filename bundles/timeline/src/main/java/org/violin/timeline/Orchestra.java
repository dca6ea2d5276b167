// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.StateException;
import org.violin.api.guest.Guest.GuestStatus;
import org.violin.api.model.NodeId;
import org.violin.timeline.Score.Part;

/**
 * This overlay host's part in all runs: sees runs come up on the boards, says whether it can take part, starts the player, passes on what
 * the others tell, and sends back what was found. When nothing is heard of the conductor any more, the player puts everything back.
 */
final class Orchestra implements AutoCloseable {
    /** After so long without a sign of life the conductor is gone. */
    static final long SILENCE_NANOS = 20_000_000_000L;
    static final int MOST_RUNS = 64;
    private static final int ATTEMPTS = 4;
    private static final Logger LOG = LoggerFactory.getLogger(Orchestra.class);

    private final String host;
    private final SharedState state;
    private final Means means;
    private final Time time;
    private final Predicate<String> installed;
    private final Executor desk;
    private final Executor threads;
    private final AutoCloseable watch;
    /** Touched by the desk only. */
    private final Map<String, Engagement> runs = new HashMap<>();
    private volatile boolean closed;

    private static final class Engagement {
        final Board.Call call;
        final Board board;
        final Score score;
        Player player;
        long heardNanos;
        volatile boolean gone;

        Engagement(Board.Call call, Board board, Score score, long now) {
            this.call = call;
            this.board = board;
            this.score = score;
            this.heardNanos = now;
        }
    }

    /**
     * @param installed whether a program is there for guests of this host
     * @param desk one task after the other; what talks to the shared state
     * @param threads runs the players, one thread each
     */
    Orchestra(String host, SharedState state, Means means, Time time, Predicate<String> installed, Executor desk, Executor threads) {
        this.host = host;
        this.state = state;
        this.means = means;
        this.time = time;
        this.installed = installed;
        this.desk = desk;
        this.threads = threads;
        this.watch = state.watch(Board.ROOT, path -> desk.execute(() -> safely(() -> changed(path))));
    }

    private interface Talk {
        void run() throws StateException, IOException;
    }

    private static void safely(Talk talk) {
        try {
            talk.run();
        } catch (StateException | IOException e) {
            LOG.warn("A run: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.warn("A run was not followed: {}", e.toString(), e);
        }
    }

    private void changed(String path) throws StateException, IOException {
        String[] words = path.split("/", 5);
        if (words.length < 3 || closed) return;
        String violin = words[2];
        String what = words.length > 3 ? words[3] : "";
        Engagement run = runs.get(violin);
        switch (what) {
            case "", Board.CALL -> call(violin);
            case Board.START -> {
                if (run != null && run.player == null) start(violin, run);
            }
            case Board.PULSE -> {
                if (run != null) run.heardNanos = time.nanos();
            }
            case Board.MARKS -> {
                if (run == null || run.player == null || words.length < 5) return;
                Optional<Long> micros = run.board.number(Board.MARKS + "/" + words[4]);
                if (micros.isPresent() && words[4].matches("[0-9]{1,6}")) run.player.mark(Integer.parseInt(words[4]), micros.get());
            }
            case Board.END -> {
                Optional<Long> micros = run == null || run.player == null ? Optional.empty() : run.board.number(Board.END);
                if (micros.isPresent()) run.player.end(micros.get());
            }
            default -> LOG.trace("{} is for others", path);
        }
    }

    private void call(String violin) throws StateException, IOException {
        Board board = new Board(state, violin);
        Board.Call call = board.get(Board.CALL, Board.Call.class).orElse(null);
        Engagement before = runs.get(violin);
        if (call != null && before != null && before.call.run().equals(call.run())) return;
        if (before != null) gone(before, "the run was taken away");
        runs.remove(violin);
        // A container that has just started does not enter in the middle.
        if (call == null || board.number(Board.START).isPresent()) return;
        if (runs.size() >= MOST_RUNS) {
            board.put(Board.HOSTS + "/" + host, new Board.Ack(call.run(), List.of("more than " + MOST_RUNS + " runs at once"), time.wallMillis()));
            return;
        }
        Score score = board.gather("score", call.parts(), Score.class);
        Part part = score.parts().get(host);
        if (part == null) return;
        List<String> problems = problems(score.violin(), part);
        if (problems.isEmpty()) runs.put(violin, new Engagement(call, board, score, time.nanos()));
        board.put(Board.HOSTS + "/" + host, new Board.Ack(call.run(), problems, time.wallMillis()));
    }

    private List<String> problems(String violin, Part part) {
        List<String> problems = new ArrayList<>();
        for (String program : part.programs()) {
            if (!installed.test(program)) problems.add("overlay host " + host + " has no " + program + " for its guests; there: apt-get install " + program);
        }
        for (String node : part.guests()) {
            Optional<GuestStatus> status = means.guests().status(new NodeId(violin, node));
            if (status.isEmpty() || !status.get().running()) problems.add(node + " does not run on overlay host " + host + " (yet)");
        }
        return problems;
    }

    private void start(String violin, Engagement run) throws StateException {
        Optional<Long> wall = run.board.number(Board.START);
        if (wall.isEmpty()) return;
        run.heardNanos = time.nanos();
        Player.Told told = new Player.Told() {
            @Override
            public void mark(int step, long micros) {
                tell(() -> run.board.number(Board.MARKS + "/" + step, micros), run, ATTEMPTS);
            }

            @Override
            public void done() {
                tell(() -> run.board.number(Board.DONE + "/" + host, 1), run, ATTEMPTS);
            }
        };
        run.player = new Player(host, run.score, wall.get(), means, time, told, found -> tell(() -> send(violin, run, found), run, ATTEMPTS));
        threads.execute(run.player);
    }

    /** Tries some times: the shared state may be away for a moment. */
    private void tell(Talk talk, Engagement run, int attempts) {
        if (run.gone) return;
        desk.execute(() -> {
            try {
                talk.run();
            } catch (StateException e) {
                if (attempts > 1) tell(talk, run, attempts - 1);
                else LOG.warn("The others are not told of the run: {}", e.getMessage());
            } catch (IOException | RuntimeException e) {
                LOG.warn("The others are not told of the run: {}", e.toString());
            }
        });
    }

    private void send(String violin, Engagement run, Performance found) throws StateException, IOException {
        Board.Call now = run.board.get(Board.CALL, Board.Call.class).orElse(null);
        if (now == null || !now.run().equals(run.call.run())) return;
        int parts;
        try {
            parts = run.board.spread(Board.RESULTS + "/" + host, found);
        } catch (IOException e) {
            // What is most goes first.
            Performance less = new Performance(host, found.done(), found.observed(), Series.Data.NONE, List.of(), found.pings(), found.matrices(),
                    found.flows(), found.outputs(), with(found.failures(), "overlay host " + host + ": the samples of its vLinks are left out: "
                            + e.getMessage()), found.latestMicros(), found.facts());
            parts = run.board.spread(Board.RESULTS + "/" + host, less);
        }
        run.board.number(Board.COLLECTED + "/" + host, parts);
        runs.remove(violin, run);
    }

    private static List<String> with(List<String> list, String more) {
        List<String> all = new ArrayList<>(list);
        all.add(more);
        return all;
    }

    private static void gone(Engagement run, String why) {
        run.gone = true;
        if (run.player != null) run.player.abort(why);
    }

    /** Called about each second: looks whether conductors live. */
    void look() {
        desk.execute(() -> safely(() -> {
            long now = time.nanos();
            for (Map.Entry<String, Engagement> e : List.copyOf(runs.entrySet())) {
                Engagement run = e.getValue();
                if (now - run.heardNanos < SILENCE_NANOS) continue;
                LOG.warn("The run of {} is undone here: nothing is heard of {} that conducts it", e.getKey(), run.call.conductor());
                gone(run, "nothing was heard of overlay host " + run.call.conductor() + ", which conducts");
                runs.remove(e.getKey());
                sweep(run);
            }
        }));
    }

    /** Takes away what a dead conductor left. */
    private void sweep(Engagement run) throws StateException {
        Optional<AutoCloseable> lock = state.lock(Conductor.lock(run.score.violin()), Duration.ZERO);
        if (lock.isEmpty()) return;
        try (AutoCloseable held = lock.get()) {
            Board.Call now = run.board.get(Board.CALL, Board.Call.class).orElse(null);
            if (now != null && now.run().equals(run.call.run())) run.board.delete();
        } catch (StateException e) {
            throw e;
        } catch (Exception e) {
            LOG.warn("The lock of a run is freed with this host's session: {}", e.toString());
        }
    }

    /** Puts back all that this host's players did. */
    @Override
    public void close() {
        if (closed) return;
        closed = true;
        try {
            watch.close();
        } catch (Exception e) {
            LOG.warn("The shared state did not let go: {}", e.toString());
        }
        desk.execute(() -> {
            runs.values().forEach(run -> gone(run, "this overlay host's bundle timeline stops"));
            runs.clear();
        });
    }
}
