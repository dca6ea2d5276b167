// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.violin.api.model.ConditionText;

/** The keys of the violin file by the mapping they stand in; each name is also a definition of {@code violin.schema.json}. */
final class Keys {
    static final Set<String> FILE = Set.of("name", "description", "addressing", "routing", "cipher", "placement", "mtu", "labels", "topology",
            "emulate", "seed", "timeline");
    static final Set<String> ADDRESSING = Set.of("ipv4", "ipv6");
    static final Set<String> TOPOLOGY = Set.of("defaults", "kinds", "nodes", "lans", "links");
    /** Keys that every node may have. */
    static final Set<String> ANY_NODE = Set.of("kind", "host", "placement", "labels", "latitude", "longitude");
    private static final Set<String> GUEST_ONLY = Set.of("runtime", "cpu", "memory", "processes", "exec", "routes");
    private static final Set<String> SWITCH_ONLY = Set.of("switch", "table", "ageing", "mtu");
    static final Set<String> GUEST = union(ANY_NODE, GUEST_ONLY, Set.of("interfaces"));
    /** Only of vRouters, also where many nodes get them. */
    private static final Set<String> ROUTER_ONLY = Set.of("routing", "as", "startup-config", "services", "uplink");
    static final Set<String> ROUTER = union(GUEST, ROUTER_ONLY, Set.of("router-id", "loopback"));
    static final Set<String> ROUTING = Set.of("protocols", "control", "forwarding", "area", "hello", "dead", "bfd", "bfd-interval", "rp", "metric",
            "startup-config", "click.splice", "click.graph", "click.paths");
    static final Set<String> SERVICES = Set.of("nat", "firewall", "dhcp", "dns", "shape", "anycast");
    static final Set<String> NAT = Set.of("out", "inside", "forward");
    static final Set<String> FORWARD = Set.of("protocol", "port", "to");
    static final Set<String> FIREWALL = Set.of("policy", "rules", "input", "text");
    static final Set<String> RULE = Set.of("action", "in", "out", "from", "to", "protocol", "port");
    static final Set<String> DHCP = Set.of("on", "range", "lease", "dns");
    static final Set<String> DNS = Set.of("on", "domain", "forward", "records");
    static final Set<String> ANYCAST = Set.of("addresses", "check", "interval", "fails");
    static final Set<String> UPLINK = Set.of("network");
    static final Set<String> SWITCH = union(ANY_NODE, SWITCH_ONLY, Set.of("subnet"));
    static final Set<String> NODE_DEFAULTS = union(ANY_NODE, GUEST_ONLY, ROUTER_ONLY, SWITCH_ONLY);
    static final Set<String> DEFAULTS = union(NODE_DEFAULTS, Set.of("link"));
    static final Set<String> GUEST_KIND = without(union(ANY_NODE, GUEST_ONLY), "kind");
    static final Set<String> ROUTER_KIND = union(GUEST_KIND, ROUTER_ONLY);
    static final Set<String> SWITCH_KIND = without(union(ANY_NODE, SWITCH_ONLY), "kind");
    static final Set<String> PLACEMENT = Set.of("host", "hosts", "labels", "load", "size");
    static final Set<String> FILE_PLACEMENT = Set.of("strategy", "weights", "apart", "spread", "together");
    static final Set<String> WEIGHTS = Set.of("loss", "access", "balance", "moves");
    static final Set<String> GROUP = Set.of("name", "nodes", "over");
    static final Set<String> SPREAD_GROUP = union(GROUP, Set.of("places"));
    static final Set<String> INTERFACE = Set.of("ipv4", "ipv6", "mac", "mtu");
    static final Set<String> ROUTER_INTERFACE = union(INTERFACE, Set.of("area", "cost", "passive", "click.splice"));
    static final Set<String> ROUTE = Set.of("to", "via", "metric");
    /** Keys of a link, of all links of a LAN, or of all links; netlab's names. */
    static final Set<String> CONDITION = union(ConditionText.WORDS, Set.of("cost", "bandwidth", "max-latency"));
    static final Set<String> LINK_DEFAULTS = CONDITION;
    static final Set<String> LOSS = Set.of("every", "p", "r", "bad", "good");
    static final Set<String> DISCIPLINE = Set.of("codel", "red");
    static final Set<String> CODEL = Set.of("target", "interval");
    static final Set<String> RED = Set.of("min", "max", "probability");
    static final Set<String> LINK = union(CONDITION, Set.of("endpoints", "type", "subnet", "ipv4", "ipv6", "mtu", "labels"));
    static final Set<String> LAN = union(CONDITION, without(SWITCH, "kind"), Set.of("members", "ipv4", "ipv6"));
    static final Set<String> END = union(INTERFACE, ConditionText.WORDS, Set.of("node", "interface"));
    static final Set<String> TIMELINE = Set.of("duration", "sample", "steps", "probes");
    private static final Set<String> STEP = Set.of("at", "after", "name");
    /** Conditions that are one number, so that a ramp or a trace can change them. */
    static final Set<String> NUMBERS = Set.of("delay", "jitter", "loss", "corrupt", "duplicate", "reorder", "rate");
    /** Keys of a step by its action, in the order of the manual. Definitions of the schema are named {@code setStep} and so on. */
    static final Map<String, Set<String>> STEPS = steps(Map.ofEntries(
            Map.entry("set", union(ConditionText.WORDS, Set.of("from"))), Map.entry("reset", Set.of()), Map.entry("ramp", union(NUMBERS, Set.of("from", "over", "every"))),
            Map.entry("trace", union(NUMBERS, Set.of("from", "every"))), Map.entry("down", Set.of()), Map.entry("up", Set.of()), Map.entry("cut", Set.of()),
            Map.entry("flap", Set.of("every", "down", "for")), Map.entry("crash", Set.of()), Map.entry("start", Set.of()), Map.entry("partition", Set.of("for")),
            Map.entry("heal", Set.of()), Map.entry("run", Set.of("command", "timeout")), Map.entry("wait", Set.of("command", "timeout", "every")),
            Map.entry("record", Set.of())));
    static final Set<String> TRACE_FILE = Set.of("file", "row", "column", "scale");
    /** Keys of a probe by its kind; in the schema {@code pingProbe} and so on. */
    static final Map<String, Set<String>> PROBES = Map.of("ping", Set.of("ping", "at", "for", "every"), "matrix", Set.of("matrix", "at"),
            "iperf", Set.of("iperf", "at", "for", "rate"));

    /** All of them by definition name, for the test that the schema knows the same keys. */
    static final Map<String, Set<String>> ALL = all(Map.ofEntries(
            Map.entry("file", FILE), Map.entry("addressing", ADDRESSING), Map.entry("topology", TOPOLOGY),
            Map.entry("guest", GUEST), Map.entry("vrouter", ROUTER), Map.entry("routing", ROUTING), Map.entry("vswitch", SWITCH), Map.entry("defaults", DEFAULTS),
            Map.entry("guestKind", GUEST_KIND), Map.entry("vrouterKind", ROUTER_KIND), Map.entry("vswitchKind", SWITCH_KIND), Map.entry("placement", PLACEMENT),
            Map.entry("filePlacement", FILE_PLACEMENT), Map.entry("weights", WEIGHTS), Map.entry("group", GROUP), Map.entry("spreadGroup", SPREAD_GROUP),
            Map.entry("interface", INTERFACE), Map.entry("routerInterface", ROUTER_INTERFACE), Map.entry("route", ROUTE), Map.entry("link", LINK), Map.entry("lan", LAN),
            Map.entry("end", END), Map.entry("services", SERVICES), Map.entry("nat", NAT), Map.entry("forward", FORWARD), Map.entry("firewall", FIREWALL),
            Map.entry("rule", RULE), Map.entry("dhcp", DHCP), Map.entry("dns", DNS), Map.entry("anycast", ANYCAST), Map.entry("uplink", UPLINK), Map.entry("linkDefaults", LINK_DEFAULTS),
            Map.entry("lossModel", LOSS), Map.entry("disciplineModel", DISCIPLINE), Map.entry("codel", CODEL), Map.entry("red", RED), Map.entry("timeline", TIMELINE),
            Map.entry("traceFile", TRACE_FILE)));

    private Keys() {}

    private static Map<String, Set<String>> steps(Map<String, Set<String>> own) {
        Map<String, Set<String>> steps = new TreeMap<>();
        own.forEach((action, keys) -> steps.put(action, union(STEP, keys, Set.of(action))));
        return Map.copyOf(steps);
    }

    private static Map<String, Set<String>> all(Map<String, Set<String>> some) {
        Map<String, Set<String>> all = new TreeMap<>(some);
        STEPS.forEach((action, keys) -> all.put(action + "Step", keys));
        PROBES.forEach((kind, keys) -> all.put(kind + "Probe", keys));
        return Map.copyOf(all);
    }

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
