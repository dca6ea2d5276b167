// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.violin.api.model.Timeline;

/** Reads the file's {@code timeline}: an experiment's length, its steps and its probes. */
final class TimelineKeys {
    static final String TIME_RULE = "a time such as 5s, 200ms, 2m or 1h, at most 7 days; it needs its unit";
    static final int MAX_STEPS = 10_000;
    static final int MAX_PROBES = 1000;
    private static final Pattern TIME = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,3})?) ?(ms|s|m|min|h)");
    private static final long MAX_MILLIS = 7L * 24 * 3600 * 1000;
    private static final long SAMPLE_MILLIS = 1000;

    private final Draft draft;
    private final LinkNames links;
    private final Set<String> reachable;
    private final Mistakes mistakes;

    /** @param reachable nodes with an address */
    TimelineKeys(Draft draft, LinkNames links, Set<String> reachable, Mistakes mistakes) {
        this.draft = draft;
        this.links = links;
        this.reachable = reachable;
        this.mistakes = mistakes;
    }

    /** The timeline as far as it goes; what is wrong with the rest is reported. */
    Timeline read() {
        Fields fields = Fields.of(draft.timeline, "'timeline'", Keys.TIMELINE, mistakes);
        long duration = time(fields, "duration", 1, MAX_MILLIS).orElse(0L);
        long sample = time(fields, "sample", 10, 60_000).orElse(SAMPLE_MILLIS);
        StepKeys stepKeys = new StepKeys(draft, links, mistakes);
        List<StepKeys.Read> steps = new ArrayList<>();
        for (Tree item : bounded(fields, "steps", MAX_STEPS)) stepKeys.read(item).ifPresent(steps::add);
        ProbeKeys probeKeys = new ProbeKeys(draft, reachable, mistakes);
        List<Timeline.Probe> probes = new ArrayList<>();
        for (Tree item : bounded(fields, "probes", MAX_PROBES)) probeKeys.read(item).ifPresent(probes::add);
        long end = new TimelineCheck(mistakes, stepKeys.names()).check(steps, duration);
        return new Timeline(duration(fields, duration, end, steps, probes), sample, steps.stream().map(StepKeys.Read::step).toList(), probes);
    }

    /**
     * The experiment's length where it is known. Without {@code duration} it ends with its last step, and after the probes that have an end.
     *
     * @param end of the last step; -1 when that is not known before
     */
    private long duration(Fields fields, long given, long end, List<StepKeys.Read> steps, List<Timeline.Probe> probes) {
        long last = Math.max(0, end);
        boolean open = false;
        for (Timeline.Probe probe : probes) {
            long until = probe.atMillis() + probe.forMillis();
            if (given > 0 && until > given) mistakes.add(probe.line(), probe.kind(), "goes on until " + until + " ms, after the timeline's duration of " + given + " ms");
            open |= probe.forMillis() == 0 && !probe.kind().equals("matrix");
            last = Math.max(last, until);
        }
        if (given > 0) return given;
        if (steps.isEmpty() && open && mistakes.none()) mistakes.add(fields.line("probes"), "", "a probe without 'for' and a timeline without steps: give a 'duration'");
        return end < 0 || probes.isEmpty() || last == end ? 0 : last;
    }

    private List<Tree> bounded(Fields fields, String key, int most) {
        Tree tree = fields.tree(key).orElse(null);
        if (tree == null) return List.of();
        if (!(tree instanceof Tree.Sequence list)) {
            mistakes.add(tree.line(), Fields.text(tree), "'" + key + "' must be a list, not " + tree.word());
            return List.of();
        }
        if (list.items().size() <= most) return list.items();
        mistakes.add(tree.line(), String.valueOf(list.items().size()), "a timeline has at most " + most + " " + key);
        return list.items().subList(0, most);
    }

    /** Whole milliseconds; 0 needs no unit. Throws IllegalArgumentException for what is no time. */
    static long millis(String text) {
        if (text.equals("0")) return 0;
        Matcher m = TIME.matcher(text);
        if (!m.matches()) throw new IllegalArgumentException(text);
        double unit = switch (m.group(2)) {
            case "ms" -> 1;
            case "s" -> 1e3;
            case "h" -> 3.6e6;
            default -> 6e4;
        };
        long millis = Math.round(Double.parseDouble(m.group(1)) * unit);
        if (millis > MAX_MILLIS) throw new IllegalArgumentException(text);
        return millis;
    }

    private Optional<Long> time(Fields fields, String key, long low, long high) {
        return time(fields, key, low, high, mistakes);
    }

    /** The time of that key, from low to high milliseconds; empty when it is not there or a mistake. */
    static Optional<Long> time(Fields fields, String key, long low, long high, Mistakes mistakes) {
        Optional<Long> millis = fields.parsed(key, TIME_RULE, TimelineKeys::millis);
        if (millis.isEmpty() || millis.get() >= low && millis.get() <= high) return millis;
        mistakes.add(fields.line(key), fields.tree(key).map(Fields::text).orElse(""), "'" + key + "' must be from " + low + " ms"
                + (high == MAX_MILLIS ? " on" : " to " + high + " ms"));
        return Optional.empty();
    }

    static Optional<Long> time(Fields fields, String key, long low, Mistakes mistakes) {
        return time(fields, key, low, MAX_MILLIS, mistakes);
    }
}
