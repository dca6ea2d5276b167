// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The keys of the violin file by the mapping they stand in; each name is also a definition of {@code violin.schema.json}. */
final class Keys {
    static final Set<String> FILE = Set.of("name", "description", "addressing", "routing", "cipher", "mtu", "labels", "topology");
    static final Set<String> ADDRESSING = Set.of("ipv4", "ipv6");
    static final Set<String> TOPOLOGY = Set.of("defaults", "kinds", "nodes", "lans", "links");
    /** Keys that every node may have. */
    static final Set<String> ANY_NODE = Set.of("kind", "host", "placement", "labels", "latitude", "longitude");
    private static final Set<String> GUEST_ONLY = Set.of("runtime", "cpu", "memory", "processes", "exec", "routes");
    private static final Set<String> SWITCH_ONLY = Set.of("switch", "table", "ageing", "mtu");
    static final Set<String> GUEST = union(ANY_NODE, GUEST_ONLY, Set.of("interfaces"));
    static final Set<String> SWITCH = union(ANY_NODE, SWITCH_ONLY, Set.of("subnet"));
    static final Set<String> DEFAULTS = union(ANY_NODE, GUEST_ONLY, SWITCH_ONLY);
    static final Set<String> GUEST_KIND = without(union(ANY_NODE, GUEST_ONLY), "kind");
    static final Set<String> SWITCH_KIND = without(union(ANY_NODE, SWITCH_ONLY), "kind");
    static final Set<String> PLACEMENT = Set.of("host");
    static final Set<String> INTERFACE = Set.of("ipv4", "ipv6", "mac", "mtu");
    static final Set<String> ROUTE = Set.of("to", "via", "metric");
    /** Keys that set the condition of a link; netlab's names. */
    static final Set<String> CONDITION = Set.of("cost", "delay", "jitter", "loss", "corrupt", "duplicate", "reorder", "bandwidth", "rate");
    static final Set<String> LINK = union(CONDITION, Set.of("endpoints", "type", "subnet", "ipv4", "ipv6", "mtu", "labels"));
    static final Set<String> LAN = union(CONDITION, without(SWITCH, "kind"), Set.of("members", "ipv4", "ipv6"));
    static final Set<String> END = union(INTERFACE, Set.of("node", "interface"));

    /** All of them by definition name, for the test that the schema knows the same keys. */
    static final Map<String, Set<String>> ALL = Map.ofEntries(
            Map.entry("file", FILE), Map.entry("addressing", ADDRESSING), Map.entry("topology", TOPOLOGY),
            Map.entry("guest", GUEST), Map.entry("vswitch", SWITCH), Map.entry("defaults", DEFAULTS),
            Map.entry("guestKind", GUEST_KIND), Map.entry("vswitchKind", SWITCH_KIND), Map.entry("placement", PLACEMENT),
            Map.entry("interface", INTERFACE), Map.entry("route", ROUTE), Map.entry("link", LINK), Map.entry("lan", LAN),
            Map.entry("end", END));

    private Keys() {}

    @SafeVarargs
    private static Set<String> union(Set<String>... sets) {
        Set<String> all = new TreeSet<>();
        for (Set<String> set : sets) all.addAll(set);
        return Set.copyOf(all);
    }

    private static Set<String> without(Set<String> set, String key) {
        Set<String> rest = new TreeSet<>(set);
        rest.remove(key);
        return Set.copyOf(rest);
    }
}
