// SPDX-License-Identifier: Apache-2.0
package org.violin.measure;

import java.util.function.Consumer;

/** The configuration after checking: what is out of range is replaced by the nearest good value and reported. */
record Settings(int intervalMillis, int slowSeconds, int probeAll, int turnSeconds, int staleSeconds, int publishSeconds, int refreshSeconds,
        int rateWindowSeconds) {
    static final Settings USUAL = new Settings(1000, 60, 16, 60, 120, 5, 60, 600);

    static Settings of(MeasureService.Config c, Consumer<String> warning) {
        return new Settings(
                within("intervalMillis", c.intervalMillis(), 200, 60_000, warning),
                within("slowSeconds", c.slowSeconds(), 5, 3600, warning),
                within("probeAll", c.probeAll(), 2, 1000, warning),
                within("turnSeconds", c.turnSeconds(), 10, 3600, warning),
                within("staleSeconds", c.staleSeconds(), 10, 86_400, warning),
                within("publishSeconds", c.publishSeconds(), 1, 600, warning),
                within("refreshSeconds", c.refreshSeconds(), 10, 3600, warning),
                within("rateWindowSeconds", c.rateWindowSeconds(), 10, 86_400, warning));
    }

    private static int within(String key, int value, int min, int max, Consumer<String> warning) {
        int used = Math.max(min, Math.min(max, value));
        if (used != value) {
            warning.accept("org.violin.measure: " + key + " " + value + ": must be " + min + " to " + max + "; using " + used
                    + ". Change it by: config:property-set -p org.violin.measure " + key + " VALUE");
        }
        return used;
    }
}
