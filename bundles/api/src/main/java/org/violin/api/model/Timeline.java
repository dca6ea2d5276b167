// SPDX-License-Identifier: Apache-2.0
package org.violin.api.model;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An experiment with a violin, as its file wants it: what happens when, and what is measured meanwhile. Made and checked by topology,
 * carried out by {@code violin:run}; all texts are complete (links by their keys, durations in ms).
 *
 * @param durationMillis how long the experiment lasts, from its start; 0: until the last step has ended
 * @param sampleMillis between two samples of each vLink's counters
 * @param steps in the order of the file
 * @param probes measurements, in the order of the file
 */
public record Timeline(long durationMillis, long sampleMillis, List<Step> steps, List<Probe> probes) {
    /** A file without a timeline. */
    public static final Timeline NONE = new Timeline(0, 0, List.of(), List.of());

    public Timeline {
        steps = List.copyOf(steps);
        probes = List.copyOf(probes);
    }

    public boolean isEmpty() {
        return steps.isEmpty() && probes.isEmpty();
    }

    /**
     * One thing that happens. Actions and their arguments ({@code links}: keys of vLinks joined by commas; {@code from}: only the direction
     * that begins at that end, {@code NODE:PORT}, or of several links {@code NODE}):
     *
     * <table>
     * <caption>Actions</caption>
     * <tr><td>{@code set}</td><td>{@code links}, {@code from}, and words of {@link Conditions}: laid over what holds</td></tr>
     * <tr><td>{@code reset}</td><td>{@code links}: as in the file again</td></tr>
     * <tr><td>{@code ramp}</td><td>{@code links}, {@code from}, {@code word}, {@code first}, {@code last}, {@code over} ms, {@code every} ms</td></tr>
     * <tr><td>{@code trace}</td><td>{@code links}, {@code from}, {@code word}, {@code every} ms, {@code scale}, and {@code values} joined by commas, or
     *     {@code file} with {@code row} and {@code column} (from 1) of its matrices, or one value a line</td></tr>
     * <tr><td>{@code down}, {@code up}, {@code cut}</td><td>{@code links}: without carrier; as in the file; silent</td></tr>
     * <tr><td>{@code flap}</td><td>{@code links}, {@code every} ms, {@code down} ms of each, {@code for} ms</td></tr>
     * <tr><td>{@code crash}, {@code start}</td><td>{@code node}</td></tr>
     * <tr><td>{@code partition}, {@code heal}</td><td>{@code sides}: overlay hosts joined by commas, sides by {@code |}; {@code for} ms, or until healed</td></tr>
     * <tr><td>{@code run}</td><td>{@code node}, {@code command} for {@code /bin/sh}, {@code timeout} ms</td></tr>
     * <tr><td>{@code wait}</td><td>{@code node}, {@code command} tried every {@code every} ms until it succeeds, at most {@code timeout} ms</td></tr>
     * <tr><td>{@code record}</td><td>{@code text}</td></tr>
     * </table>
     *
     * @param line of the file, for messages
     * @param name others may come after it; unique, may be empty
     * @param after the step whose end this one's time counts from; empty: the start of the experiment
     */
    public record Step(int line, String name, String after, long atMillis, String action, Map<String, String> arguments) {
        public Step {
            arguments = java.util.Collections.unmodifiableMap(new TreeMap<>(arguments));
        }
    }

    /**
     * One measurement: {@code ping} ({@code from}, {@code to}, {@code every} ms: reachability over time), {@code matrix} ({@code nodes} joined by
     * commas; all pairs once), {@code iperf} ({@code from}, {@code to}, {@code rate} bit/s for UDP, else TCP).
     *
     * @param atMillis from the start of the experiment
     * @param forMillis 0: until its end
     */
    public record Probe(int line, String kind, long atMillis, long forMillis, Map<String, String> arguments) {
        public Probe {
            arguments = java.util.Collections.unmodifiableMap(new TreeMap<>(arguments));
        }
    }
}
