// SPDX-License-Identifier: Apache-2.0
package org.violin.api.model;

import java.util.Map;
import java.util.TreeMap;

/**
 * One vLink as wanted: the virtual cable between two ends. The ends are kept in sorted order, so a file may name them either way.
 *
 * @param cost what routing adds up, more than 0
 * @param delayMillis one-way delay, 0 when not given; used by routing when it goes by delay, and by link emulation
 * @param attributes other properties such as {@code loss} or {@code bandwidth}, as given
 */
public record LinkSpec(Endpoint a, Endpoint b, double cost, double delayMillis, Map<String, String> attributes) {
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

    /** True when one end is at that node. */
    public boolean touches(String node) {
        return a.node().equals(node) || b.node().equals(node);
    }
}
