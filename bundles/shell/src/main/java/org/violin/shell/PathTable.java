// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.violin.api.measure.PathFigure;
import org.violin.api.measure.PathFigure.Source;

/** The paths between overlay hosts as a square of hosts, or all figures of those from one host. */
final class PathTable {
    private static final long OLD_MILLIS = 10_000;
    private static final double LEAST_LOSS = 0.0005;

    private final List<PathFigure> figures;
    private final String from;

    /** @param from only from this host; null: all */
    PathTable(List<PathFigure> all, String from) {
        this.figures = all.stream().filter(f -> from == null || f.from().equals(from)).toList();
        this.from = from;
    }

    List<PathFigure> figures() {
        return figures;
    }

    Table table() {
        return from == null ? square() : list();
    }

    private Table square() {
        TreeSet<String> hosts = new TreeSet<>();
        Map<String, Map<String, PathFigure>> by = new TreeMap<>();
        for (PathFigure f : figures) {
            hosts.add(f.to());
            hosts.add(f.from());
            by.computeIfAbsent(f.from(), h -> new TreeMap<>()).put(f.to(), f);
        }
        List<String> heads = new ArrayList<>(List.of("ms to"));
        heads.addAll(hosts);
        Table table = new Table(heads.toArray(String[]::new));
        for (String row : hosts) {
            List<Object> cells = new ArrayList<>(List.of("from " + row));
            for (String column : hosts) {
                cells.add(row.equals(column) ? "" : cell(by.getOrDefault(row, Map.of()).get(column)));
            }
            table.row(cells.toArray());
        }
        return table;
    }

    private static List<String> cell(PathFigure f) {
        List<String> lines = new ArrayList<>();
        lines.add(millis(f, f == null ? 0 : f.rttSlowMicros()));
        if (f != null && Math.max(f.lossSlow(), f.lossFast()) >= LEAST_LOSS) lines.add(percent(Math.max(f.lossSlow(), f.lossFast())) + " lost");
        if (f != null && f.ageMillis() > OLD_MILLIS) lines.add(HostsVerb.duration(f.ageMillis()) + " old");
        return lines;
    }

    private Table list() {
        Table table = new Table("to", "rtt fast ms", "rtt slow ms", "loss fast", "loss slow", "Mbit/s seen", "probes", "unanswered", "age", "source");
        for (PathFigure f : figures) {
            boolean none = f.source() == Source.NONE;
            table.row(f.to(), millis(f, f.rttFastMicros()), millis(f, f.rttSlowMicros()), none ? "-" : percent(f.lossFast()),
                    none ? "-" : percent(f.lossSlow()), f.megabitsPerSecond() == 0 ? "-" : number(f.megabitsPerSecond()), f.probesSent(),
                    f.probesLost(), f.ageMillis() < 0 ? "-" : HostsVerb.duration(f.ageMillis()), f.source().name().toLowerCase(Locale.ROOT));
        }
        return table;
    }

    private static String millis(PathFigure f, double micros) {
        if (f == null || f.source() == Source.NONE) return "-";
        return (f.source() == Source.ESTIMATED ? "~" : "") + number(micros / 1000);
    }

    private static String percent(double share) {
        return number(100 * share) + " %";
    }

    /** Three digits or so. */
    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
