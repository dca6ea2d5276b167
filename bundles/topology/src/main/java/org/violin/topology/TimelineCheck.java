// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** When each step of a timeline begins at the earliest: after what, not in a circle, and not after the end. */
final class TimelineCheck {
    private static final long UNKNOWN = -1;
    private final Mistakes mistakes;
    private final Set<String> names;

    /** @param names of all steps, also of those with mistakes */
    TimelineCheck(Mistakes mistakes, Set<String> names) {
        this.mistakes = mistakes;
        this.names = names;
    }

    /**
     * @param duration 0: not given
     * @return when the last step has ended, in ms from the start; -1 when that is not known before
     */
    long check(List<StepKeys.Read> steps, long duration) {
        Map<String, StepKeys.Read> byName = new HashMap<>();
        for (StepKeys.Read read : steps) if (!read.step().name().isEmpty()) byName.put(read.step().name(), read);
        Map<StepKeys.Read, Long> begins = new java.util.IdentityHashMap<>();
        long last = 0;
        boolean known = true;
        for (StepKeys.Read read : steps) {
            long begin = begin(read, byName, begins);
            String what = read.step().action();
            if (duration > 0 && begin > duration) {
                mistakes.add(read.step().line(), what, "begins at " + begin + " ms, after the timeline's duration of " + duration + " ms");
            } else if (duration > 0 && begin + read.lasts() > duration && !what.equals("trace")) {
                mistakes.add(read.step().line(), what, "ends at " + (begin + read.lasts()) + " ms, after the timeline's duration of " + duration + " ms");
            }
            known &= read.fixed() && fixed(read, byName);
            last = Math.max(last, begin + read.lasts());
        }
        return known ? last : UNKNOWN;
    }

    private static boolean fixed(StepKeys.Read read, Map<String, StepKeys.Read> byName) {
        StepKeys.Read before = byName.get(read.step().after());
        return before == null || before.fixed();
    }

    /** The earliest begin; walks up to what it comes after, without recursion, as chains may be long. */
    private long begin(StepKeys.Read of, Map<String, StepKeys.Read> byName, Map<StepKeys.Read, Long> begins) {
        List<StepKeys.Read> chain = new ArrayList<>();
        Set<StepKeys.Read> seen = java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
        StepKeys.Read at = of;
        while (at != null && !begins.containsKey(at)) {
            if (!seen.add(at)) {
                mistakes.add(at.step().line(), at.step().name(), "comes after itself: the steps' 'after' form a circle");
                break;
            }
            chain.add(at);
            at = before(at, byName);
        }
        long end = at == null || !begins.containsKey(at) ? 0 : begins.get(at) + at.lasts();
        for (int i = chain.size() - 1; i >= 0; i--) {
            long begin = end + chain.get(i).step().atMillis();
            begins.put(chain.get(i), begin);
            end = begin + chain.get(i).lasts();
        }
        return begins.get(of);
    }

    private StepKeys.Read before(StepKeys.Read read, Map<String, StepKeys.Read> byName) {
        String after = read.step().after();
        if (after.isEmpty()) return null;
        if (!names.contains(after)) mistakes.add(read.afterLine(), after, "no step has this name" + Nearest.hint(after, new HashSet<>(names)));
        return byName.get(after);
    }
}
