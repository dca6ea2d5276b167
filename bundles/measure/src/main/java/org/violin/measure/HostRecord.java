// SPDX-License-Identifier: Apache-2.0
package org.violin.measure;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What one host tells the others, as lines of ASCII: {@code violin-measure 1}, {@code host NAME INCARNATION}, then of each path
 * {@code HOST FAST-US SLOW-US LOSS-FAST LOSS-SLOW MBIT/S PROBES LOST AGE-MS}. The youngest come first; beyond a bound they are left out.
 *
 * @param refused lines that made no sense, or values that cannot be
 */
record HostRecord(String host, long incarnation, Map<String, Entry> entries, int refused) {
    /** Paths in one record at most: about 4 KiB. */
    static final int MOST = 64;
    /** No longer record is looked at. */
    static final int MAX_BYTES = 16_384;

    private static final String HEAD = "violin-measure 1";
    private static final int FIELDS = 9;
    private static final long MAX_AGE_MILLIS = 7L * 24 * 3600 * 1000;

    static byte[] write(String host, long incarnation, Map<String, Entry> entries, long nowNanos) {
        StringBuilder text = new StringBuilder(HEAD).append("\nhost ").append(host).append(' ').append(incarnation).append('\n');
        List<Map.Entry<String, Entry>> youngest = entries.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, Entry> e) -> nowNanos - e.getValue().atNanos())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST).toList();
        for (Map.Entry<String, Entry> one : youngest) {
            Entry e = one.getValue();
            text.append(String.format(Locale.ROOT, "%s %.0f %.0f %.5f %.5f %.3f %d %d %d\n", one.getKey(), Math.max(1, e.fastMicros()),
                    Math.max(1, e.slowMicros()), e.lossFast(), e.lossSlow(), e.megabits(), e.sent(), e.lost(),
                    Math.max(0, nowNanos - e.atNanos()) / 1_000_000));
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** Null: this is no such record. Lines that cannot be are counted and left out. */
    static HostRecord read(byte[] data, long nowNanos) {
        if (data.length > MAX_BYTES) return null;
        String[] lines = new String(data, StandardCharsets.US_ASCII).split("\\R");
        String[] second = lines.length < 2 ? new String[0] : lines[1].split(" ");
        if (second.length != 3 || !lines[0].equals(HEAD) || !second[0].equals("host")) return null;
        try {
            long incarnation = Long.parseLong(second[2]);
            Map<String, Entry> entries = new LinkedHashMap<>();
            int refused = 0;
            for (int i = 2; i < lines.length; i++) {
                Entry entry = entries.size() >= MOST ? null : entry(lines[i].split(" "), nowNanos);
                String to = lines[i].substring(0, Math.max(0, lines[i].indexOf(' ')));
                if (entry == null || to.equals(second[1]) || entries.putIfAbsent(to, entry) != null) refused++;
            }
            return new HostRecord(second[1], incarnation, entries, refused);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Null: it cannot be. */
    private static Entry entry(String[] f, long nowNanos) {
        if (f.length != FIELDS) return null;
        try {
            long age = Long.parseLong(f[8]);
            if (age < 0 || age > MAX_AGE_MILLIS) return null;
            Entry entry = new Entry(Double.parseDouble(f[1]), Double.parseDouble(f[2]), Double.parseDouble(f[3]), Double.parseDouble(f[4]),
                    Double.parseDouble(f[5]), Long.parseLong(f[6]), Long.parseLong(f[7]), nowNanos - age * 1_000_000);
            return entry.sound() ? entry : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
