// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.violin.api.model.Conditions;
import org.violin.api.model.Endpoint;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.ViolinSpec;

/**
 * What passed a vLink in one direction, sample by sample. Both ends may be on different hosts, and a sample there may span several here:
 * all are laid on the coarsest grid.
 *
 * @param millis ends of the samples
 * @param sent frames, bytes and segments (packets on a wire) that went in at {@code from}; {@code received} what came out at {@code to}
 * @param counters what else the two ports count, by {@code from.NAME} and {@code to.NAME}
 * @param delayMillis as wanted by file and experiment at the end of the sample; NaN: none. The like of rate and loss
 */
record LinkSeries(String link, String from, String to, long[] millis, long[][] sent, long[][] received, Map<String, long[]> counters,
        double[] delayMillis, double[] ratesBits, double[] lossPercent) {
    private static final String[] FIGURES = {"frames", "bytes", "segments"};
    private static final int MOST_SAMPLES = 100_000;

    static List<LinkSeries> of(ViolinSpec spec, Score score, Map<String, Performance> performances) {
        int doublings = performances.values().stream().mapToInt(p -> p.series().doublings()).max().orElse(0);
        long period = score.sampleMillis() * 1000 << doublings;
        long last = performances.values().stream().flatMap(p -> p.series().micros().stream()).mapToLong(m -> m).max().orElse(0);
        int samples = (int) Math.min(MOST_SAMPLES, (last + period - 1) / period);
        Map<String, Performance> byPort = new TreeMap<>();
        performances.values().forEach(p -> p.series().ports().keySet().forEach(port -> byPort.put(port, p)));
        List<LinkSeries> all = new ArrayList<>();
        for (LinkSpec link : spec.links()) {
            all.add(one(spec, link, link.a(), link.b(), byPort, period, samples));
            all.add(one(spec, link, link.b(), link.a(), byPort, period, samples));
        }
        return all;
    }

    private static LinkSeries one(ViolinSpec spec, LinkSpec link, Endpoint from, Endpoint to, Map<String, Performance> byPort, long period, int samples) {
        Performance a = byPort.get(from.toString());
        Performance b = byPort.get(to.toString());
        long[][] sent = new long[FIGURES.length][];
        long[][] received = new long[FIGURES.length][];
        for (int i = 0; i < FIGURES.length; i++) {
            // What a vNIC takes from its guest goes into the vLink; of a switch port it is what comes out.
            sent[i] = column(a, from, FIGURES[i] + (isSwitch(a, from) ? "-out" : "-in"), period, samples);
            received[i] = column(b, to, FIGURES[i] + (isSwitch(b, to) ? "-in" : "-out"), period, samples);
        }
        Map<String, long[]> counters = new TreeMap<>();
        others(a, from, "from.", counters, period, samples);
        others(b, to, "to.", counters, period, samples);
        long[] millis = new long[samples];
        for (int i = 0; i < samples; i++) millis[i] = (i + 1) * period / 1000;
        Map<String, String> file = Conditions.of(spec, link, from);
        return new LinkSeries(link.key(), from.toString(), to.toString(), millis, sent, received, counters,
                wanted(a, from, "delay", file, period, samples), wanted(a, from, "rate", file, period, samples),
                wanted(a, from, "loss", file, period, samples));
    }

    private static boolean isSwitch(Performance p, Endpoint port) {
        return p != null && p.series().switchPorts().getOrDefault(port.toString(), false);
    }

    private static long[] column(Performance p, Endpoint port, String name, long period, int samples) {
        long[] all = new long[samples];
        long[] own = p == null ? null : p.series().ports().getOrDefault(port.toString(), Map.of()).get(name);
        if (own == null) return all;
        boolean gauge = Series.gauge(name);
        for (int i = 0; i < own.length && i < p.series().micros().size(); i++) {
            int at = (int) Math.max(0, Math.min(samples - 1, Math.round((double) p.series().micros().get(i) / period) - 1));
            if (samples == 0) break;
            if (gauge) all[at] = own[i];
            else all[at] += own[i];
        }
        return all;
    }

    private static void others(Performance p, Endpoint port, String prefix, Map<String, long[]> counters, long period, int samples) {
        if (p == null) return;
        for (String name : p.series().ports().getOrDefault(port.toString(), Map.of()).keySet()) {
            if (!name.matches("(frames|bytes|segments)-(in|out)")) counters.put(prefix + name, column(p, port, name, period, samples));
        }
    }

    private static double[] wanted(Performance p, Endpoint port, String word, Map<String, String> file, long period, int samples) {
        double own = number(file.get(word));
        double[] all = new double[samples];
        java.util.Arrays.fill(all, own);
        if (p == null) return all;
        for (Performance.Laid l : p.laid()) {
            if (!l.port().equals(port.toString()) || !l.word().equals(word)) continue;
            for (int i = (int) Math.max(0, l.micros() / period); i < samples; i++) all[i] = Double.isNaN(l.value()) ? own : l.value();
        }
        return all;
    }

    private static double number(String text) {
        try {
            return text == null ? Double.NaN : Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** What of the port's drops and the stage's losses is known, by sample. */
    long[] dropped() {
        long[] sum = new long[millis.length];
        counters.forEach((name, column) -> {
            if (name.startsWith("from.drop-") || name.startsWith("to.drop-")) for (int i = 0; i < sum.length; i++) sum[i] += column[i];
        });
        return sum;
    }
}
