// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reachability over time, from the lines of {@code fping -D -l} (https://fping.org, 4 or later): each with the moment it was written, a
 * number, and a round trip or that there was none in time. Pure; one thread. Bounded: {@link #MOST}.
 */
final class Pings {
    static final int MOST = 100_000;
    /** After so long without an answer a ping is lost. */
    static final long TIMEOUT_MILLIS = 1000;
    static final long BUCKET_MICROS = 100_000;
    private static final Pattern LINE = Pattern.compile("\\[(\\d+)\\.(\\d+)\\] \\S+ : \\[(\\d+)\\], (?:\\d+ bytes, ([0-9.]+) ms|timed out).*");

    private final long everyMillis;
    private final long startWallMillis;
    private final TreeMap<Integer, Ping> bySequence = new TreeMap<>();
    private int left;

    /** @param sentMicros from the start of the experiment; {@code rttMicros} -1: lost */
    record Ping(long sentMicros, long rttMicros) {}

    /** From the first that was lost to the next that was answered; {@code endMicros} -1: until the end. {@code lost} pings. */
    record Outage(long beginMicros, long endMicros, int lost) {}

    Pings(long everyMillis, long startWallMillis) {
        this.everyMillis = everyMillis;
        this.startWallMillis = startWallMillis;
    }

    /** Takes one line; others than results are passed over. */
    void line(String text) {
        Matcher m = LINE.matcher(text);
        if (!m.matches()) return;
        if (bySequence.size() >= MOST) {
            left++;
            return;
        }
        String fraction = (m.group(2) + "000000").substring(0, 6);
        long written = (Long.parseLong(m.group(1)) * 1000 - startWallMillis) * 1000 + Long.parseLong(fraction);
        long rtt = m.group(4) == null ? -1 : Math.round(Double.parseDouble(m.group(4)) * 1000);
        long sent = written - (rtt < 0 ? TIMEOUT_MILLIS * 1000 : rtt);
        bySequence.merge(Integer.parseInt(m.group(3)), new Ping(sent, rtt), (a, b) -> a.rttMicros >= 0 ? a : b);
    }

    /** How many were not kept. */
    int left() {
        return left;
    }

    /** In order of their numbers; one of which nothing was said, between others, could not even be sent, and is lost. */
    List<Ping> all() {
        List<Ping> all = new ArrayList<>();
        int next = -1;
        long sent = 0;
        for (var e : bySequence.entrySet()) {
            for (; next >= 0 && next < e.getKey() && all.size() < MOST; next++) {
                sent += everyMillis * 1000;
                all.add(new Ping(sent, -1));
            }
            all.add(e.getValue());
            sent = e.getValue().sentMicros;
            next = e.getKey() + 1;
        }
        return all;
    }

    /** Losses by time: of each bucket with a ping its begin, how many were sent in it and how many of these were lost. */
    record Bucket(long beginMillis, int sent, int lost) {}

    static List<Bucket> buckets(List<Ping> pings, long bucketMicros) {
        TreeMap<Long, int[]> counts = new TreeMap<>();
        for (Ping p : pings) {
            int[] count = counts.computeIfAbsent(Math.floorDiv(p.sentMicros, bucketMicros), k -> new int[2]);
            count[0]++;
            if (p.rttMicros < 0) count[1]++;
        }
        List<Bucket> all = new ArrayList<>();
        counts.forEach((k, n) -> all.add(new Bucket(k * bucketMicros / 1000, n[0], n[1])));
        return all;
    }

    static List<Outage> outages(List<Ping> pings) {
        List<Outage> outages = new ArrayList<>();
        long begin = 0;
        int lost = 0;
        for (Ping p : pings) {
            if (p.rttMicros < 0) {
                if (lost++ == 0) begin = p.sentMicros;
            } else if (lost > 0) {
                outages.add(new Outage(begin, p.sentMicros, lost));
                lost = 0;
            }
        }
        if (lost > 0) outages.add(new Outage(begin, -1, lost));
        return outages;
    }
}
