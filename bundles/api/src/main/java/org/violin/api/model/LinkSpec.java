// SPDX-License-Identifier: Apache-2.0
package org.violin.api.model;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One vLink as wanted: the virtual cable between two ends. The ends are kept in sorted order, so a file may name them either way.
 *
 * @param cost what routing adds up, more than 0
 * @param delayMillis one-way delay, 0 when not given; used by routing when it goes by delay, and by link emulation
 * @param attributes other properties: the words of {@link Conditions}, {@code bandwidth} (bits per second that it is thought to have), labels
 */
public record LinkSpec(Endpoint a, Endpoint b, double cost, double delayMillis, Map<String, String> attributes) {
    private static final Pattern RATE = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?) ?([kKmMgGtT]?)(?i:bit|bps)?");

    public LinkSpec {
        if (a.compareTo(b) > 0) {
            Endpoint first = b;
            b = a;
            a = first;
        }
        if (!(cost > 0) || !(delayMillis >= 0)) throw new IllegalArgumentException("link " + a + " -- " + b + ": cost must be > 0, delay >= 0");
        attributes = java.util.Collections.unmodifiableMap(new TreeMap<>(attributes));
    }

    /** What identifies the link inside its violin: {@code a:eth1--b:eth2}. */
    public String key() {
        return a + "--" + b;
    }

    /**
     * Its rate in bits per second, of attribute {@code bandwidth}, or else {@code rate}: a number, a unit {@code k}, {@code M}, {@code G} or {@code T} (powers of
     * 1000), {@code bit} or {@code bps}, such as {@code 10M} or {@code 1Gbit}. Empty when it is not given, or no rate.
     */
    public OptionalDouble bitsPerSecond() {
        return rate(attributes.getOrDefault("bandwidth", attributes.getOrDefault("rate", "")));
    }

    /** A text as {@link #bitsPerSecond} reads it, also of the labels {@code up} and {@code down} of overlay hosts. Empty when it is no rate. */
    public static OptionalDouble rate(String text) {
        Matcher rate = RATE.matcher(text);
        if (!rate.matches()) return OptionalDouble.empty();
        int power = rate.group(2).isEmpty() ? 0 : 1 + "kmgt".indexOf(rate.group(2).toLowerCase(Locale.ROOT));
        double bits = Double.parseDouble(rate.group(1)) * Math.pow(1000, power);
        return bits > 0 ? OptionalDouble.of(bits) : OptionalDouble.empty();
    }

    /** True when one end is at that node. */
    public boolean touches(String node) {
        return a.node().equals(node) || b.node().equals(node);
    }
}
