// SPDX-License-Identifier: Apache-2.0
package org.violin.api.routing;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A service of a vRouter as observed.
 *
 * @param state {@code ready}, {@code degraded} or {@code failed}
 * @param reason of a state that is not ready
 * @param facts for people, one sentence or table row each, such as the leases given
 * @param counters by name; kept when its settings change, where the tool can
 */
public record ServiceStatus(String kind, String state, String reason, List<String> facts, Map<String, Long> counters) {
    public ServiceStatus {
        facts = List.copyOf(facts);
        counters = Collections.unmodifiableMap(new TreeMap<>(counters));
    }

    /** One that works. */
    public static ServiceStatus ready(String kind, List<String> facts, Map<String, Long> counters) {
        return new ServiceStatus(kind, "ready", "", facts, counters);
    }

    /** One that does not. */
    public static ServiceStatus failed(String kind, String reason) {
        return new ServiceStatus(kind, "failed", reason, List.of(), Map.of());
    }
}
