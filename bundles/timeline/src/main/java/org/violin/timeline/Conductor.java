// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.StateException;
import org.violin.api.model.Mistake;
import org.violin.api.model.Refused;

/** Leads one run of all hosts that it needs, from the host that was asked. One use, one thread. */
final class Conductor {
    /** From the moment that the hosts are told to the start. */
    static final long AHEAD_MILLIS = 1_500;
    private static final long ACK_MILLIS = 15_000;
    private static final long COLLECT_MILLIS = 40_000;
    private static final long GONE_MILLIS = 5_000;
    private static final long OUT_OF_REACH_MILLIS = 15_000;
    private static final long PULSE_MILLIS = 1_000;
    private static final long TURN_NANOS = 100_000_000;
    /** Clocks that differ by more make no common run. */
    private static final long MOST_SKEW_MILLIS = 1_000;
    private static final long NOTED_SKEW_MILLIS = 50;
    private static final Logger LOG = LoggerFactory.getLogger(Conductor.class);

    private final Members members;
    private final SharedState state;
    private final Time time;
    private final Score score;
    private final String run;
    private final Board board;
    private final Consumer<String> progress;
    private final Set<String> hosts;
    private final Set<String> news = new HashSet<>();
    private final Map<String, Long> away = new HashMap<>();
    private final List<String> failures = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private volatile Thread own;
    private long startWall;
    private boolean ended;
    private boolean stopped;
    /** Asked of nobody until the end, as an interrupted thread cannot talk to the shared state. */
    private boolean interrupted;

    /**
     * @param run a word that no other run has
     * @param progress told what happens; when it throws, the run is stopped
     */
    Conductor(Members members, SharedState state, Time time, Score score, String run, Consumer<String> progress) {
        this.members = members;
        this.state = state;
        this.time = time;
        this.score = score;
        this.run = run;
        this.board = new Board(state, score.violin());
        this.progress = progress;
        this.hosts = score.parts().keySet();
    }

    static String lock(String violin) {
        return "run/" + violin;
    }

    /**
     * What came back.
     *
     * @param marks when the steps ended that others waited for, micros from the start, by their index
     * @param notes for the record, such as clocks that differ
     */
    record Collected(long startWallMillis, Map<String, Performance> performances, Map<Integer, Long> marks, List<String> failures, List<String> notes,
            boolean stopped) {}

    Collected conduct() throws Refused {
        own = Thread.currentThread();
        Optional<AutoCloseable> lock;
        try {
            lock = state.lock(lock(score.violin()), Duration.ofMillis(500));
        } catch (StateException e) {
            throw new Refused("run", score.violin(), e.getMessage());
        }
        if (lock.isEmpty()) throw new Refused("run", score.violin(), "another run of this violin is under way; to end it: violin run " + score.violin() + " --stop");
        AutoCloseable watch = null;
        try {
            board.delete();
            watch = state.watch(board.path(), path -> {
                synchronized (news) {
                    news.add(path.substring(Math.min(path.length(), board.path().length() + 1)));
                }
                time.unpark(own);
            });
            call();
            start();
            lead();
            return collect();
        } catch (StateException e) {
            throw new Refused("run", score.violin(), "the shared state went out of reach; each overlay host puts its part back: " + e.getMessage());
        } catch (IOException e) {
            throw new Refused("run", score.violin(), "cannot be told to the other hosts: it " + e.getMessage());
        } finally {
            leave(watch, lock.get());
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    /** Ends the run soon; any thread. */
    void stop() {
        synchronized (news) {
            news.add(Board.STOP);
        }
        Thread thread = own;
        if (thread != null) time.unpark(thread);
    }

    private void leave(AutoCloseable watch, AutoCloseable lock) {
        for (AutoCloseable each : new AutoCloseable[] {watch, () -> board.delete(), lock}) {
            try {
                if (each != null) each.close();
            } catch (Exception e) {
                LOG.warn("After the run of {}: {}", score.violin(), e.toString());
            }
        }
    }

    private boolean heard(String name) {
        synchronized (news) {
            return news.remove(name);
        }
    }

    private void call() throws StateException, IOException, Refused {
        int parts = board.spread("score", score);
        long sent = time.wallMillis();
        board.put(Board.CALL, new Board.Call(run, members.self().name(), parts));
        Set<String> open = new TreeSet<>(hosts);
        List<Mistake> problems = new ArrayList<>();
        long until = time.nanos() + ACK_MILLIS * 1_000_000;
        while (!open.isEmpty() && time.nanos() - until < 0) {
            for (String host : List.copyOf(open)) {
                if (!heard(Board.HOSTS + "/" + host)) continue;
                Board.Ack ack = board.get(Board.HOSTS + "/" + host, Board.Ack.class).orElse(null);
                if (ack == null || !ack.run().equals(run)) continue;
                open.remove(host);
                ack.problems().forEach(p -> problems.add(new Mistake("run", 0, score.violin(), p)));
                skew(host, ack.wallMillis(), sent, problems);
            }
            if (!open.isEmpty()) time.park(TURN_NANOS);
        }
        for (String host : open) problems.add(new Mistake("run", 0, host, "this overlay host did not answer within " + ACK_MILLIS / 1000
                + " s: is it joined, and does its bundle org.violin.timeline run? See: violin hosts"));
        if (!problems.isEmpty()) throw new Refused(problems);
    }

    private void skew(String host, long said, long sent, List<Mistake> problems) {
        long now = time.wallMillis();
        long off = said > now ? said - now : said < sent ? said - sent : 0;
        if (Math.abs(off) > MOST_SKEW_MILLIS) {
            problems.add(new Mistake("run", 0, host, "its clock is " + off + " ms off this host's; on both: apt-get install chrony"));
        } else if (Math.abs(off) > NOTED_SKEW_MILLIS) {
            notes.add("the clock of " + host + " is at least " + off + " ms off that of " + members.self().name());
        }
    }

    private void start() throws StateException {
        startWall = time.wallMillis() + AHEAD_MILLIS;
        board.number(Board.PULSE, 0);
        board.number(Board.START, startWall);
    }

    private long millis() {
        return time.wallMillis() - startWall;
    }

    /** Until all that is to be done is done. */
    private void lead() throws StateException {
        long last = score.endMillis() >= 0 ? score.endMillis() : score.latestMillis() + Player.GRACE_MICROS / 100;
        long next = time.nanos();
        long reached = time.nanos();
        int beat = 0;
        Set<String> busy = new TreeSet<>(hosts);
        while (!ended && millis() < last) {
            try {
                if (time.nanos() - next >= 0) {
                    board.number(Board.PULSE, ++beat);
                    reached = time.nanos();
                    next += PULSE_MILLIS * 1_000_000;
                    present();
                    say();
                }
                busy.removeIf(host -> heard(Board.DONE + "/" + host));
                interrupted |= Thread.interrupted();
                if (heard(Board.STOP) || stopped) end("stopped");
                if (interrupted) end("stopped: the command was interrupted");
                if (busy.isEmpty() && score.endMillis() < 0 && !ended) {
                    ended = true;
                    board.number(Board.END, (millis() + 100) * 1000);
                }
            } catch (StateException e) {
                if (time.nanos() - reached > OUT_OF_REACH_MILLIS * 1_000_000) throw e;
            }
            if (!ended) time.park(TURN_NANOS);
        }
    }

    private void say() throws StateException {
        try {
            progress.accept(line());
        } catch (RuntimeException e) {
            end("stopped: nobody listens any more");
        }
    }

    private String line() {
        long now = millis();
        if (now < 0) return String.format(java.util.Locale.ROOT, "starts in %.1f s on %s", -now / 1000.0, String.join(", ", hosts));
        List<Score.Cue> past = score.cues().stream().filter(c -> c.base() == Score.START && c.atMillis() <= now).toList();
        String last = past.isEmpty() ? "" : ", last: " + past.get(past.size() - 1).action() + " " + past.get(past.size() - 1).subject();
        String of = score.endMillis() >= 0 ? String.format(java.util.Locale.ROOT, " of %.1f s", score.endMillis() / 1000.0) : " s";
        return String.format(java.util.Locale.ROOT, "%.1f%s, %d of %d events%s", now / 1000.0, of, past.size(), score.cues().size(), last);
    }

    private void end(String why) throws StateException {
        if (ended) return;
        if (!stopped) failures.add(why + " after " + Math.max(0, millis()) + " ms");
        stopped = true;
        board.number(Board.END, 0);
        ended = true;
    }

    /** A host that is gone spoils the experiment. */
    private void present() throws StateException {
        Set<String> joined = members.hosts().stream().map(HostInfo::name).collect(Collectors.toSet());
        if (!members.connected()) return;
        for (String host : hosts) {
            if (joined.contains(host)) {
                away.remove(host);
            } else if (time.nanos() - away.computeIfAbsent(host, h -> time.nanos()) > GONE_MILLIS * 1_000_000) {
                end("overlay host " + host + " went away");
            }
        }
    }

    private Collected collect() throws StateException, IOException {
        long until = time.nanos() + COLLECT_MILLIS * 1_000_000;
        long pulse = time.nanos();
        Map<String, Performance> all = new TreeMap<>();
        Set<String> open = new TreeSet<>(hosts);
        open.removeAll(away.keySet());
        boolean told = false;
        while (!open.isEmpty() && time.nanos() - until < 0) {
            for (String host : List.copyOf(open)) {
                if (!heard(Board.COLLECTED + "/" + host)) continue;
                long parts = board.number(Board.COLLECTED + "/" + host).orElse(0L);
                all.put(host, board.gather(Board.RESULTS + "/" + host, (int) parts, Performance.class));
                open.remove(host);
            }
            if (time.nanos() - pulse > PULSE_MILLIS * 1_000_000) {
                pulse = time.nanos();
                board.number(Board.PULSE, -1);
                if (!told && !stopped) progress("collecting from " + String.join(", ", open));
                told = true;
            }
            interrupted |= Thread.interrupted();
            if (!open.isEmpty()) time.park(TURN_NANOS);
        }
        for (String host : open) failures.add("overlay host " + host + " sent no results");
        away.keySet().forEach(host -> failures.add("overlay host " + host + " sent no results: it went away"));
        Map<Integer, Long> marks = new TreeMap<>();
        for (String mark : board.names(Board.MARKS)) {
            Optional<Long> micros = board.number(Board.MARKS + "/" + mark);
            if (micros.isPresent()) marks.put(Integer.parseInt(mark), micros.get());
        }
        return new Collected(startWall, all, marks, failures, notes, stopped);
    }

    private void progress(String line) {
        try {
            progress.accept(line);
        } catch (RuntimeException e) {
            LOG.debug("Nobody listens to the run any more");
        }
    }
}
