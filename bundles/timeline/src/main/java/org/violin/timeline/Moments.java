// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.violin.api.model.Timeline.Step;

/** When steps begin: from the start, or from the end of the last step before them whose end nobody can know. Pure. */
final class Moments {
    /** Of a command that the file sets no bound. */
    static final long TIMEOUT_MILLIS = 60_000;

    private final List<Step> steps;
    private final ToLongFunction<Step> traceMillis;
    private final Map<String, Integer> byName = new HashMap<>();
    private final Moment[] moments;
    private final long[] latest;
    private final Set<Integer> awaited = new HashSet<>();

    /** @param base index of the step whose end it counts from; {@link Score#START} */
    record Moment(int base, long at) {}

    /** @param traceMillis how long a trace lasts */
    Moments(List<Step> steps, ToLongFunction<Step> traceMillis, Args.Mistakes mistakes) {
        this.steps = steps;
        this.traceMillis = traceMillis;
        this.moments = new Moment[steps.size()];
        this.latest = new long[steps.size()];
        for (int i = 0; i < steps.size(); i++) {
            String name = steps.get(i).name();
            if (!name.isEmpty() && byName.putIfAbsent(name, i) != null) mistakes.add(steps.get(i).line(), name, "there are two steps of that name");
        }
        for (int i = 0; i < steps.size(); i++) resolve(i, mistakes);
    }

    /** Follows the chain of names without recursion: it may be as long as the file. */
    private void resolve(int index, Args.Mistakes mistakes) {
        java.util.ArrayDeque<Integer> chain = new java.util.ArrayDeque<>();
        Set<Integer> seen = new HashSet<>();
        for (int i = index; moments[i] == null;) {
            chain.push(i);
            String after = steps.get(i).after();
            Integer next = byName.get(after);
            if (!after.isEmpty() && next == null) mistakes.add(steps.get(i).line(), after, "there is no step of that name");
            if (!seen.add(i)) {
                mistakes.add(steps.get(i).line(), after, "these steps wait for each other");
                moments[i] = new Moment(Score.START, 0);
            }
            if (after.isEmpty() || next == null || moments[i] != null) break;
            i = next;
        }
        while (!chain.isEmpty()) {
            int i = chain.pop();
            if (moments[i] != null) continue;
            Step step = steps.get(i);
            Integer before = byName.get(step.after());
            if (before == null || moments[before] == null) {
                moments[i] = new Moment(Score.START, step.atMillis());
                latest[i] = step.atMillis() + timeout(step);
                continue;
            }
            Step first = steps.get(before);
            boolean unknown = unknownEnd(first);
            if (unknown) awaited.add(before);
            long lasts = unknown ? 0 : lasts(first);
            moments[i] = unknown ? new Moment(before, step.atMillis())
                    : new Moment(moments[before].base(), moments[before].at() + lasts + step.atMillis());
            latest[i] = latest[before] + lasts + step.atMillis() + timeout(step);
        }
    }

    static boolean unknownEnd(Step step) {
        return step.action().equals("run") || step.action().equals("wait");
    }

    private static long timeout(Step step) {
        return unknownEnd(step) ? (long) number(step, "timeout", TIMEOUT_MILLIS) : 0;
    }

    /** How long a step lasts that is no command, ms. */
    private long lasts(Step step) {
        return (long) switch (step.action()) {
            case "ramp" -> number(step, "over", 0);
            case "flap", "partition" -> number(step, "for", 0);
            case "trace" -> traceMillis.applyAsLong(step);
            default -> 0;
        };
    }

    private static double number(Step step, String key, double otherwise) {
        try {
            return Double.parseDouble(step.arguments().getOrDefault(key, "" + otherwise));
        } catch (NumberFormatException e) {
            return otherwise; // the composer tells
        }
    }

    Moment of(int index) {
        return moments[index];
    }

    /** The base of a step's moment. */
    int base(Step step) {
        for (int i = 0; i < moments.length; i++) if (steps.get(i) == step) return moments[i].base();
        return Score.START;
    }

    /** The last moment, from the start, at which that step's command may end, or at which it begins. */
    long latest(int index) {
        return latest[index];
    }

    /** Whether others count from that step's end. */
    boolean awaited(int index) {
        return awaited.contains(index);
    }
}
