// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.util.function.Consumer;

/**
 * The configuration after checking. Values out of range are replaced by the nearest good one and reported, because a data plane with
 * a wrong number in its configuration is better than none.
 */
record EngineSettings(String tunnel, String cipher, int workers, int pathMtuBytes, int queueBytes, int floodPerSecond) {
    static final int MIN_QUEUE_BYTES = 256 * 1024;
    static final int MAX_QUEUE_BYTES = 256 * 1024 * 1024;
    private static final int MOST_WORKERS_BY_DEFAULT = 4;

    static EngineSettings of(Engine.Config config, int cores, Consumer<String> warning) {
        int asked = within("workers", config.workers(), 0, 64, warning);
        return new EngineSettings(
                config.tunnel(),
                config.cipher(),
                asked == 0 ? Math.max(1, Math.min(cores, MOST_WORKERS_BY_DEFAULT)) : asked,
                within("pathMtuBytes", config.pathMtuBytes(), 1280, 9000, warning),
                within("queueBytes", config.queueBytes(), MIN_QUEUE_BYTES, MAX_QUEUE_BYTES, warning),
                within("floodPerSecond", config.floodPerSecond(), 0, 100_000_000, warning));
    }

    private static int within(String key, int value, int min, int max, Consumer<String> warning) {
        int used = Math.max(min, Math.min(max, value));
        if (used != value) {
            warning.accept("org.violin.engine: " + key + " " + value + ": must be " + min + " to " + max + "; using " + used
                    + ". Change it by: config:property-set -p org.violin.engine " + key + " VALUE");
        }
        return used;
    }
}
