// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.violin.api.model.Conditions;

/**
 * What an experiment lays over one port: words that hold all the time, words of steps, a state, and partitions that cut it. Pure; one
 * thread.
 */
final class Overlay {
    private final Map<String, String> always;
    private final long seed;
    private final Map<String, String> words = new TreeMap<>();
    private final Set<String> partitions = new TreeSet<>();
    private String state = "";

    /** @param seed of this direction, for ports to which the file does nothing */
    Overlay(Map<String, String> always, long seed) {
        this.always = Map.copyOf(always);
        this.seed = seed;
    }

    void apply(Score.Op op) {
        switch (op.kind()) {
            case LAY -> op.words().forEach((word, value) -> {
                if (word.equals(Conditions.STATE)) state = value;
                else words.put(word, value);
            });
            case CLEAR -> {
                words.clear();
                state = "";
            }
            case STATE -> state = op.words().getOrDefault(Conditions.STATE, "");
            case PART -> partitions.add(op.words().get("token"));
            case HEAL -> {
                String token = op.words().getOrDefault("token", "");
                if (token.isEmpty()) partitions.clear();
                else partitions.remove(token);
            }
            default -> throw new IllegalArgumentException(op.kind() + " is not done to a port");
        }
    }

    /** For {@link org.violin.api.dataplane.DataPlane#override}. Without a carrier is more than cut. */
    Map<String, String> settings() {
        Map<String, String> all = new TreeMap<>(always);
        all.putAll(words);
        if (words.keySet().stream().anyMatch(Conditions.WORDS::contains)) all.putIfAbsent(Conditions.SEED, Long.toString(seed));
        if (!partitions.isEmpty() && !state.equals("down")) all.put(Conditions.STATE, "cut");
        else if (!state.isEmpty()) all.put(Conditions.STATE, state);
        return all;
    }
}
