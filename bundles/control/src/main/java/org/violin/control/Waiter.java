// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.cluster.StateException;

/** Waits until the overlay hosts have reported on a revision. Gives up on a host that shows no progress for the silence limit. */
final class Waiter {
    private final Members members;
    private final SpecStore store;
    private volatile long silenceMillis;

    Waiter(Members members, SpecStore store, long silenceMillis) {
        this.members = members;
        this.store = store;
        this.silenceMillis = silenceMillis;
    }

    /** How long it waits for a host without progress from now on. */
    void silence(long millis) {
        silenceMillis = millis;
    }

    /** Returns one sentence for each thing that could not be done; none means all hosts are done. Any thread. */
    List<String> await(PlacedSpec spec, Set<String> hosts, Consumer<String> progress) {
        Semaphore news = new Semaphore(0);
        String folder = "/violins/" + spec.name() + "/";
        try (AutoCloseable watch = store.state().watch(folder + "hosts", path -> news.release())) {
            return loop(spec, hosts, progress, news);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of("waiting was interrupted; the hosts go on: violin show " + spec.name());
        } catch (Exception e) {
            return List.of("the reports of the hosts cannot be read: " + e.getMessage() + "; the hosts go on: violin show " + spec.name());
        }
    }

    private List<String> loop(PlacedSpec spec, Set<String> hosts, Consumer<String> progress, Semaphore news)
            throws InterruptedException, StateException {
        Map<String, String> lastSeen = new HashMap<>();
        long lastNewsNanos = System.nanoTime();
        String lastLine = "";
        while (true) {
            Map<String, HostReport> reports =
                    store.reports(spec.name()).stream().collect(Collectors.toMap(HostReport::host, r -> r));
            Set<String> live = members.hosts().stream().map(HostInfo::name).collect(Collectors.toSet());
            Set<String> waiting = new TreeSet<>();
            for (String host : hosts) {
                HostReport report = reports.get(host);
                boolean done = report != null && report.revision() >= spec.revision() && report.done();
                if (!done && live.contains(host)) waiting.add(host);
                String seen = String.valueOf(report);
                if (!seen.equals(lastSeen.put(host, seen))) lastNewsNanos = System.nanoTime();
            }
            if (waiting.isEmpty()) return failures(spec, hosts, reports, live);
            if (System.nanoTime() - lastNewsNanos > TimeUnit.MILLISECONDS.toNanos(silenceMillis)) {
                List<String> all = failures(spec, hosts, reports, live);
                waiting.forEach(h -> all.add(h + ": no progress for " + silenceMillis / 1000 + " s; it goes on when it can"));
                return all;
            }
            String line = line(spec, hosts, reports);
            if (!line.isEmpty() && !line.equals(lastLine)) progress.accept(line);
            lastLine = line;
            news.tryAcquire(250, TimeUnit.MILLISECONDS);
            news.drainPermits();
        }
    }

    private static String line(PlacedSpec spec, Set<String> hosts, Map<String, HostReport> reports) {
        return hosts.stream()
                .map(reports::get)
                .filter(r -> r != null && r.revision() == spec.revision() && r.total() > 0)
                .map(r -> r.host() + " " + r.finished() + "/" + r.total())
                .collect(Collectors.joining("  "));
    }

    private static List<String> failures(PlacedSpec spec, Set<String> hosts, Map<String, HostReport> reports, Set<String> live) {
        List<String> failures = new ArrayList<>();
        for (String host : hosts) {
            HostReport report = reports.get(host);
            if (report == null || report.revision() < spec.revision()) {
                if (!spec.destroying()) failures.add(host + ": is not joined; it does its part when it is back");
                continue;
            }
            if (report.revision() > spec.revision()) {
                failures.add(host + ": revision " + spec.revision() + " was replaced by " + report.revision() + " meanwhile");
                continue;
            }
            if (!report.done() && !live.contains(host) && !spec.destroying()) {
                failures.add(host + ": was lost after " + report.finished() + " of " + report.total() + " actions; it does the rest when it is back");
            }
            report.failures().forEach((key, why) -> {
                Key k = Key.parse(key);
                failures.add(host + ": " + k.kind().name().toLowerCase(java.util.Locale.ROOT) + " " + k.entity() + ": " + why);
            });
        }
        return failures;
    }
}
