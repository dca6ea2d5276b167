// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.violin.api.dataplane.PortStatus;

/**
 * What passed the ports of one violin on this host, per sample: differences of counters that rise, by name. Bounded: when there are more
 * than {@link #MOST_CELLS} figures, each two samples become one. One thread at a time.
 */
final class Series {
    static final int MOST_CELLS = 1_000_000;
    /** Figures of now, which are told as they are and not as differences, end so. */
    private static final List<String> GAUGES = List.of("held-bytes", "held-packets", "queue-bytes", "queue-packets", "peak-bytes", "memory-bytes", "carrier");

    private final int mostCells;
    private final List<Long> times = new ArrayList<>();
    private final Map<String, Map<String, long[]>> ports = new TreeMap<>();
    private final Map<String, Map<String, Long>> before = new TreeMap<>();
    private final Map<String, Boolean> switchPorts = new TreeMap<>();
    private int cells;
    private int doublings;

    /**
     * As it travels.
     *
     * @param micros ends of the samples, from the start of the experiment
     * @param ports by port, then by counter: one figure for each sample
     * @param switchPorts those ports that are of vSwitches: what goes into the vLink is what comes out of them
     * @param doublings how often two samples became one
     */
    record Data(List<Long> micros, Map<String, Map<String, long[]>> ports, Map<String, Boolean> switchPorts, int doublings) {
        static final Data NONE = new Data(List.of(), Map.of(), Map.of(), 0);
    }

    Series() {
        this(MOST_CELLS);
    }

    Series(int mostCells) {
        this.mostCells = mostCells;
    }

    static boolean gauge(String counter) {
        return GAUGES.stream().anyMatch(counter::endsWith);
    }

    /** The counters' state at the start, which later samples are counted from. */
    void baseline(List<PortStatus> now) {
        for (PortStatus p : now) before.put(name(p), figures(p));
    }

    /** Ends one sample. */
    void sample(long micros, List<PortStatus> now) {
        int index = times.size();
        times.add(micros);
        for (PortStatus p : now) {
            String port = name(p);
            switchPorts.put(port, p.switchPort());
            Map<String, Long> figures = figures(p);
            Map<String, Long> old = before.put(port, figures);
            Map<String, long[]> columns = ports.computeIfAbsent(port, k -> new TreeMap<>());
            figures.forEach((name, value) -> {
                // A counter that was not there, or fell, began anew.
                long from = old == null ? value : old.getOrDefault(name, 0L);
                long grown = gauge(name) ? value : value >= from ? value - from : value;
                if (grown == 0 && !columns.containsKey(name)) return;
                long[] column = columns.computeIfAbsent(name, k -> new long[Math.max(16, index + 1)]);
                if (index >= column.length) columns.put(name, column = Arrays.copyOf(column, index * 2));
                column[index] = grown;
                cells++;
            });
        }
        if (cells > mostCells && times.size() > 1) halve();
    }

    private static String name(PortStatus p) {
        return p.id().node().node() + ":" + p.id().port();
    }

    private static Map<String, Long> figures(PortStatus p) {
        Map<String, Long> all = new TreeMap<>(p.counters());
        p.drops().forEach((reason, n) -> all.put("drop-" + reason, n));
        all.put("frames-in", p.framesIn());
        all.put("frames-out", p.framesOut());
        all.put("bytes-in", p.bytesIn());
        all.put("bytes-out", p.bytesOut());
        all.put("carrier", p.carrier() ? 1L : 0L);
        return all;
    }

    private void halve() {
        doublings++;
        int half = (times.size() + 1) / 2;
        for (int i = 0; i < half; i++) times.set(i, times.get(Math.min(2 * i + 1, times.size() - 1)));
        int old = times.size();
        times.subList(half, old).clear();
        for (Map<String, long[]> columns : ports.values()) {
            columns.forEach((name, column) -> {
                boolean gauge = gauge(name);
                for (int i = 0; i < column.length; i++) {
                    long a = 2 * i < column.length && 2 * i < old ? column[2 * i] : 0;
                    long b = 2 * i + 1 < column.length && 2 * i + 1 < old ? column[2 * i + 1] : 0;
                    column[i] = i >= half ? 0 : gauge ? 2 * i + 1 < old ? b : a : a + b;
                }
            });
        }
        cells /= 2;
    }

    /** All of it; columns as long as there are samples. */
    Data data() {
        Map<String, Map<String, long[]>> all = new TreeMap<>();
        ports.forEach((port, columns) -> {
            Map<String, long[]> exact = new TreeMap<>();
            columns.forEach((name, column) -> exact.put(name, Arrays.copyOf(column, times.size())));
            all.put(port, exact);
        });
        return new Data(List.copyOf(times), all, new TreeMap<>(switchPorts), doublings);
    }
}
