// SPDX-License-Identifier: Apache-2.0
package org.violin.measure;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.StateException;
import org.violin.api.dataplane.DataPlane;
import org.violin.api.dataplane.DataPlaneView;
import org.violin.api.measure.Measurements;
import org.violin.api.measure.PathFigure;
import org.violin.api.placement.Distances;

/**
 * Measures by this host's tunnels, tells the others, and hears what they measured. Called by two threads: {@link #sample} by one,
 * {@link #exchange} by another; the answers by any.
 */
final class Measure implements Measurements, AutoCloseable {
    /** Where the hosts' records are in the shared state. */
    static final String PATH = "/measure";

    private static final Logger LOG = LoggerFactory.getLogger(Measure.class);
    private static final double NANOS = 1e9;

    private final Members members;
    private final SharedState state;
    private final DataPlane plane;
    private final DataPlaneView view;
    private final Settings settings;
    private final LongSupplier clock;
    private final LongSupplier wallMillis;
    private final Tunnels tunnels;
    private final Matrix matrix = new Matrix();
    private final Publication publication;
    private final Set<String> news = ConcurrentHashMap.newKeySet();
    private final Map<String, Long> incarnations = new HashMap<>();
    private final AutoCloseable watch;
    private final LongAdder refused = new LongAdder();
    private final LongAdder told = new LongAdder();
    private final LongAdder heard = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile Map<String, Entry> own = Map.of();
    private volatile int watched;
    private volatile int recordBytes = 512;
    private volatile long tunnelsRefused;
    private Set<String> inTouch;
    private long pruneNanos;

    /**
     * @param clock monotonic, ns
     * @param wallMillis the same on all hosts, more or less: for whose turn it is
     */
    Measure(Members members, SharedState state, DataPlane plane, DataPlaneView view, Settings settings, LongSupplier clock,
            LongSupplier wallMillis) {
        this.members = members;
        this.state = state;
        this.plane = plane;
        this.view = view;
        this.settings = settings;
        this.clock = clock;
        this.wallMillis = wallMillis;
        tunnels = new Tunnels(settings.slowSeconds(), settings.rateWindowSeconds());
        publication = new Publication((long) (settings.publishSeconds() * NANOS), (long) (settings.refreshSeconds() * NANOS));
        pruneNanos = clock.getAsLong();
        watch = state.watch(PATH, path -> {
            if (path.startsWith(PATH + "/")) news.add(path.substring(PATH.length() + 1));
        });
    }

    /** Reads the tunnels' counters, and says whom to keep in touch with. Called each {@link Settings#intervalMillis}. */
    void sample() {
        long now = clock.getAsLong();
        String self = members.self().name();
        List<String> hosts = hosts();
        Set<String> others = new HashSet<>(hosts);
        others.remove(self);
        tunnels.take(view.tunnels(), others, now);
        Map<String, Entry> entries = new TreeMap<>();
        tunnels.targets().forEach((host, t) -> {
            PathMeter m = t.meter;
            if (!m.known()) return;
            Entry entry = new Entry(m.fastMicros(), m.slowMicros(), m.lossFast(), m.lossSlow(), t.rate.megabits(now), t.probes,
                    Math.max(0, t.probes - t.answers), now - m.ageNanos(now));
            if (entry.sound()) entries.put(host, entry);
            else refused.increment();
        });
        tunnelsRefused = tunnels.refused();
        own = entries;
        matrix.retain(hosts);
        matrix.put(self, entries);
        touch(self, hosts);
    }

    private void touch(String self, List<String> hosts) {
        Set<String> wanted = null;
        if (hosts.size() > settings.probeAll()) {
            wanted = Pairs.of(self, hosts, settings.probeAll(), Math.floorDiv(wallMillis.getAsLong(), settings.turnSeconds() * 1000L));
            // A path that a violin uses is watched as it is.
            for (Map.Entry<String, Tunnels.Target> one : tunnels.targets().entrySet()) if (one.getValue().used) wanted.remove(one.getKey());
        }
        watched = wanted == null ? Math.max(0, hosts.size() - 1) : wanted.size();
        if (java.util.Objects.equals(wanted, inTouch)) return;
        inTouch = wanted;
        plane.keepInTouch(wanted);
    }

    /** Reads what others said anew, and writes what this host measured when it is worth it. May block as long as the shared state does. */
    void exchange() {
        long now = clock.getAsLong();
        HostInfo self = members.self();
        Map<String, Long> joined = new HashMap<>();
        for (HostInfo host : members.hosts()) joined.put(host.name(), host.incarnation());
        try {
            hear(self.name(), joined, now);
            Map<String, Entry> entries = own;
            if (publication.due(entries, joined.size(), recordBytes, now)) {
                byte[] record = HostRecord.write(self.name(), self.incarnation(), entries, now);
                state.write(PATH + "/" + self.name(), record, SharedState.ANY);
                recordBytes = record.length;
                publication.done(entries, now);
                told.increment();
            }
            prune(joined.keySet(), now);
        } catch (StateException e) {
            failed.increment();
            LOG.debug("Measurements are not exchanged now: {}", e.getMessage());
        }
    }

    private void hear(String self, Map<String, Long> joined, long now) throws StateException {
        incarnations.forEach((host, before) -> {
            if (!before.equals(joined.get(host))) matrix.forget(host);
        });
        // Who was started anew, or just came, may have written before members told of it.
        for (Map.Entry<String, Long> host : joined.entrySet()) {
            if (!host.getValue().equals(incarnations.get(host.getKey()))) news.add(host.getKey());
        }
        incarnations.clear();
        incarnations.putAll(joined);
        for (String host : Set.copyOf(news)) {
            news.remove(host);
            if (!joined.containsKey(host)) continue;
            SharedState.Value value;
            try {
                value = state.read(PATH + "/" + host).orElse(null);
            } catch (StateException e) {
                news.add(host);
                throw e;
            }
            if (host.equals(self)) {
                if (value == null) publication.lost();
            } else if (value != null) {
                take(host, joined, HostRecord.read(value.data(), now));
            }
        }
    }

    private void take(String host, Map<String, Long> joined, HostRecord record) {
        if (record == null || !record.host().equals(host)) {
            refused.increment();
            return;
        }
        if (record.incarnation() != joined.get(host)) return; // of its last life
        heard.increment();
        refused.add(record.refused());
        Map<String, Entry> known = new HashMap<>(record.entries());
        known.keySet().retainAll(joined.keySet());
        matrix.put(host, known);
    }

    /** The leader removes the records of hosts that are gone. */
    private void prune(Set<String> joined, long now) throws StateException {
        if (now - pruneNanos < settings.refreshSeconds() * NANOS || !members.leader()) return;
        pruneNanos = now;
        for (String host : state.children(PATH)) if (!joined.contains(host)) state.delete(PATH + "/" + host);
    }

    private List<String> hosts() {
        return members.hosts().stream().map(HostInfo::name).sorted().toList();
    }

    /** Older figures are not believed: longer than a host may be silent, and than all turns of the pairs take. */
    private long staleNanos() {
        int n = members.hosts().size();
        double turns = n <= settings.probeAll() ? 0 : 2.0 * Pairs.turns(n) * settings.turnSeconds();
        double refresh = 2.0 * publication.refreshNanos(n, recordBytes);
        return (long) Math.max(settings.staleSeconds() * NANOS, Math.max(turns * NANOS, refresh));
    }

    @Override
    public List<PathFigure> figures() {
        return matrix.figures(hosts(), clock.getAsLong(), staleNanos());
    }

    @Override
    public Distances distances(List<String> hosts) {
        return matrix.distances(hosts, clock.getAsLong(), staleNanos());
    }

    @Override
    public Map<String, Long> counters() {
        Map<String, Long> all = new TreeMap<>();
        all.put("estimates", matrix.estimates());
        all.put("exchange-failed", failed.sum());
        all.put("heard", heard.sum());
        all.put("record-bytes", (long) recordBytes);
        all.put("refused", refused.sum() + tunnelsRefused);
        all.put("told", told.sum());
        all.put("watched", (long) watched);
        return all;
    }

    /** Lets go: the data plane keeps in touch with all again, and this host's record goes. */
    @Override
    public void close() {
        try {
            watch.close();
        } catch (Exception e) {
            LOG.warn("The shared state did not let go: {}", e.toString());
        }
        plane.keepInTouch(null);
        try {
            state.delete(PATH + "/" + members.self().name());
        } catch (StateException e) {
            LOG.debug("The record stays until the leader removes it: {}", e.getMessage());
        }
    }
}
