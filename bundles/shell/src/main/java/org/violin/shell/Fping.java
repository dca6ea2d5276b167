// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How {@code fping} (https://fping.org, version 4 or later) is called for many targets at once, and what it says in the end. */
final class Fping {
    /** Sends a ping to each target this often. */
    private static final int PERIOD_MILLIS = 200;
    private static final int TIMEOUT_MILLIS = 2000;
    /** Between any two packets of one vHost, so that asking everybody is no flood. */
    private static final int GAP_MILLIS = 2;

    private Fping() {}

    /** Targets are read from standard input, one a line. */
    static List<String> command(int count) {
        return List.of("fping", "-q", "-C", "" + count, "-p", "" + PERIOD_MILLIS, "-t", "" + TIMEOUT_MILLIS, "-i", "" + GAP_MILLIS, "-f", "-");
    }

    /** Round-trip times in milliseconds by target, only those that were answered. Lines that are no result are left out. */
    static Map<String, List<Double>> parse(String text) {
        Map<String, List<Double>> results = new HashMap<>();
        for (String line : text.split("\n")) {
            int colon = line.indexOf(" : ");
            if (colon < 0) continue;
            List<Double> times = new ArrayList<>();
            boolean good = true;
            for (String word : line.substring(colon + 3).strip().split("\\s+")) {
                if (word.matches("[0-9]+(\\.[0-9]+)?")) times.add(Double.valueOf(word));
                else good &= word.equals("-");
            }
            if (good) results.put(line.substring(0, colon).strip(), times);
        }
        return results;
    }
}
