// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.violin.api.control.ViolinView;
import org.violin.api.control.ViolinView.EntityView;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.GuestException;

/** Pings between all pairs of vHosts of one violin: one program in each vHost, a bounded number of vHosts at a time. */
final class PingAll {
    static final int AT_ONCE = 4;
    /** An address that did not answer is asked so many times more: the first packet after a change may meet a network that just comes up. */
    private static final int RETRIES = 2;

    /** One direction between two vHosts in one family that failed, and why. */
    record Lost(String from, String to, String address, String reason) {}

    /** Milliseconds over all answers. */
    record Rtt(double min, double avg, double max) {}

    /** @param pairs ordered pairs of vHosts, each counted once for every family both speak */
    record Result(String violin, int pairs, int reachable, List<Lost> lost, int answers, Rtt rttMillis) {
        /** Both together; used to put the parts of several overlay hosts together. */
        Result plus(Result o) {
            List<Lost> all = new ArrayList<>(lost);
            all.addAll(o.lost);
            int n = answers + o.answers;
            Rtt rtt = o.answers == 0 ? rttMillis : answers == 0 ? o.rttMillis : new Rtt(Math.min(rttMillis.min, o.rttMillis.min),
                    (rttMillis.avg * answers + o.rttMillis.avg * o.answers) / n, Math.max(rttMillis.max, o.rttMillis.max));
            return new Result(violin, pairs + o.pairs, reachable + o.reachable, all, n, rtt);
        }

        static Result none(String violin) {
            return new Result(violin, 0, 0, List.of(), 0, new Rtt(0, 0, 0));
        }
    }

    /** Starts fping in a vHost. */
    interface Start {
        ExecSession fping(String vhost, List<String> command) throws GuestException;
    }

    private final ViolinView view;
    private final boolean v4;
    private final boolean v6;
    private final int count;

    PingAll(ViolinView view, boolean v4, boolean v6, int count) {
        this.view = view;
        this.v4 = v4;
        this.v6 = v6;
        this.count = count;
    }

    /** All vHosts. */
    List<EntityView> vhosts() {
        return view.entities().stream().filter(e -> e.kind().equals("vhost")).toList();
    }

    /** Pings from these vHosts to all. */
    Result from(List<EntityView> sources, Start start) throws InterruptedException {
        List<Callable<Result>> tasks = new ArrayList<>();
        for (EntityView source : sources) tasks.add(() -> one(source, start));
        return together(view.summary().name(), tasks, AT_ONCE);
    }

    /** Runs the tasks, so many at a time, and adds up what they found. */
    static Result together(String violin, List<Callable<Result>> tasks, int atOnce) throws InterruptedException {
        if (tasks.isEmpty()) return Result.none(violin);
        ExecutorService pool = Executors.newFixedThreadPool(Math.min(atOnce, tasks.size()));
        try {
            Result sum = Result.none(violin);
            for (Future<Result> f : pool.invokeAll(tasks)) sum = sum.plus(f.get());
            return sum;
        } catch (ExecutionException e) {
            throw new IllegalStateException("ping-all: " + e.getCause(), e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    /** Every pair from these vHosts is lost, for this reason. */
    Result unreachable(List<EntityView> sources, String reason) {
        List<Lost> lost = new ArrayList<>();
        for (EntityView s : sources) targets(s).forEach((address, to) -> lost.add(new Lost(s.name(), to, address, reason)));
        return new Result(view.summary().name(), lost.size(), 0, lost, 0, new Rtt(0, 0, 0));
    }

    private Result one(EntityView source, Start start) throws InterruptedException {
        Map<String, String> targets = targets(source);
        if (targets.isEmpty()) return Result.none(view.summary().name());
        Map<String, List<Double>> times = new HashMap<>();
        try {
            for (int round = 0; round <= RETRIES; round++) {
                List<String> silent = targets.keySet().stream().filter(t -> times.getOrDefault(t, List.of()).isEmpty()).toList();
                if (silent.isEmpty()) break;
                times.putAll(ask(source, start, silent, round == 0 ? count : 1));
            }
        } catch (GuestException e) {
            return unreachable(List.of(source), e.getMessage());
        }
        return judge(source.name(), targets, times);
    }

    private static Map<String, List<Double>> ask(EntityView source, Start start, List<String> addresses, int count)
            throws GuestException, InterruptedException {
        try (ExecSession fping = start.fping(source.name(), Fping.command(count))) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            byte[] list = (String.join("\n", addresses) + "\n").getBytes(StandardCharsets.US_ASCII);
            int status = Plumbing.join(fping, Streams.of(new ByteArrayInputStream(list), out, err));
            String said = err.toString(StandardCharsets.UTF_8);
            if (status == 127) throw new GuestException("no fping in the guest; on its overlay host: apt-get install fping");
            if (status > 2) throw new GuestException("fping ended with " + status + ": " + said.strip().lines().findFirst().orElse(""));
            return Fping.parse(said);
        }
    }

    private Result judge(String from, Map<String, String> targets, Map<String, List<Double>> times) {
        List<Lost> lost = new ArrayList<>();
        double min = Double.MAX_VALUE;
        double max = 0;
        double sum = 0;
        int answers = 0;
        for (Map.Entry<String, String> t : targets.entrySet()) {
            List<Double> got = times.getOrDefault(t.getKey(), List.of());
            if (got.isEmpty()) lost.add(new Lost(from, t.getValue(), t.getKey(),
                    times.containsKey(t.getKey()) ? "no answer" : "not tried"));
            for (double ms : got) {
                min = Math.min(min, ms);
                max = Math.max(max, ms);
                sum += ms;
                answers++;
            }
        }
        Rtt rtt = answers == 0 ? new Rtt(0, 0, 0) : new Rtt(min, Math.round(sum / answers * 1000) / 1000.0, max);
        return new Result(view.summary().name(), targets.size(), targets.size() - lost.size(), lost, answers, rtt);
    }

    /** Addresses of the other vHosts in the families that the source speaks, with their owners: the first of each family. */
    private Map<String, String> targets(EntityView source) {
        Map<String, String> targets = new LinkedHashMap<>();
        for (boolean ipv6 : new boolean[] {false, true}) {
            if (!(ipv6 ? v6 : v4) || address(source, ipv6) == null) continue;
            for (EntityView to : vhosts()) {
                String address = address(to, ipv6);
                if (!to.name().equals(source.name()) && address != null) targets.put(address, to.name());
            }
        }
        return targets;
    }

    private static String address(EntityView e, boolean ipv6) {
        for (String text : e.addresses()) {
            String cidr = text.substring(text.indexOf(' ') + 1);
            String address = cidr.substring(0, cidr.indexOf('/') < 0 ? cidr.length() : cidr.indexOf('/'));
            if (address.indexOf(':') >= 0 == ipv6 && !address.startsWith("fe80:")) return address;
        }
        return null;
    }
}
