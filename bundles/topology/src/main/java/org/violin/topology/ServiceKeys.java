// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.violin.api.model.Cidr;
import org.violin.api.model.Names;

/**
 * Reads the keys {@code services} and {@code uplink} of a vRouter. A service that is wanted becomes attribute {@code service.KIND} with the
 * value true, each of its settings an attribute {@code service.KIND.KEY}; lists are joined by commas, rules by newlines. A service is given
 * or overruled as a whole; {@code false} takes one away that defaults give.
 */
final class ServiceKeys {
    static final String PREFIX = "service.";
    /** Key of an interface that a service names; also one that the way out makes. */
    static final String UPLINK = "uplink";

    private static final int MAX_RULES = 1000;
    private static final int MAX_TEXT_CHARACTERS = 65_536;
    private static final int MAX_CHECK_CHARACTERS = 4096;
    private static final int MAX_PORT = 65_535;
    private static final String PORTS_RULE = "a port from 1 to 65535, or FIRST-LAST";
    private static final Pattern PORTS = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");
    private static final Pattern TARGET = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([0-9.]+)|([0-9A-Fa-f:]+:[0-9A-Fa-f:.]*))(?::([0-9]{1,5}))?");
    private static final Pattern LEASE = Pattern.compile("([0-9]{1,7}) ?(s|m|h|d|)");
    private static final String DOMAIN = "(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*";

    /** An interface that a setting names, to be looked up when all have their names. */
    record Nic(String name, int line) {}

    private final Mistakes mistakes;
    /** Attributes by kind; none: not wanted. */
    private final Map<String, Map<String, String>> byKind = new LinkedHashMap<>();
    private final Map<String, List<Nic>> nics = new LinkedHashMap<>();

    ServiceKeys(Fields fields, Mistakes mistakes) {
        this.mistakes = mistakes;
        fields.tree("services").ifPresent(tree -> {
            Fields services = Fields.of(tree, "'services'", Keys.SERVICES, mistakes);
            service(services, "nat", Keys.NAT, this::nat);
            service(services, "firewall", Keys.FIREWALL, this::firewall);
            service(services, "dhcp", Keys.DHCP, this::dhcp);
            service(services, "dns", Keys.DNS, this::dns);
            service(services, "anycast", Keys.ANYCAST, this::anycast);
            services.tree("shape").ifPresent(this::shape);
        });
        service(fields, UPLINK, Keys.UPLINK, this::uplink);
    }

    /** Lays these services over a vRouter. */
    void apply(Draft.Node node) {
        byKind.forEach((kind, settings) -> {
            String prefix = PREFIX + kind;
            node.attributes.keySet().removeIf(key -> key.equals(prefix) || key.startsWith(prefix + "."));
            node.attributes.putAll(settings);
            node.serviceNics.put(kind, nics.getOrDefault(kind, List.of()));
        });
    }

    private interface Reader {
        void read(Fields fields, Map<String, String> into);
    }

    /** A mapping, or true for one without settings, or false. */
    private void service(Fields parent, String kind, Set<String> keys, Reader reader) {
        Tree tree = parent.tree(kind).orElse(null);
        if (tree == null) return;
        Map<String, String> settings = new TreeMap<>();
        byKind.put(kind, settings);
        if (Fields.text(tree).equals("false")) return;
        settings.put(PREFIX + kind, "true");
        Tree mapping = Fields.text(tree).equals("true") ? new Tree.Mapping(tree.line(), List.of(), 1) : tree;
        Map<String, String> read = new TreeMap<>();
        reader.read(Fields.of(mapping, "'" + kind + "'", keys, mistakes), read);
        read.forEach((key, value) -> settings.put(PREFIX + kind + "." + key, value));
    }

    // ---- kinds

    private void nat(Fields fields, Map<String, String> into) {
        list(fields, "out", into, nicRule(), ServiceKeys::nic);
        nicLines("nat", fields, "out");
        if (!fields.has("out")) mistakes.add(fields.line(), "", "'nat' needs 'out:', the interface whose address is used");
        list(fields, "inside", into, "a subnet such as 10.1.0.0/16", text -> {
            Cidr subnet = Cidr.parse(text);
            if (!subnet.equals(subnet.network())) throw new IllegalArgumentException(text);
            return subnet.toString();
        });
        List<String> forwards = new ArrayList<>();
        for (Tree item : fields.items("forward")) {
            Fields f = Fields.of(item, "a forward", Keys.FORWARD, mistakes);
            String protocol = f.parsed("protocol", "tcp or udp", text -> one(text, "tcp", "udp")).orElse("tcp");
            String ports = f.parsed("port", PORTS_RULE, ServiceKeys::ports).orElse("");
            String to = f.parsed("to", "ADDRESS or ADDRESS:PORT such as 10.1.0.5:80 or [fd00::5]:80", ServiceKeys::target).orElse("");
            for (String key : List.of("port", "to")) {
                if (!f.has(key) && item instanceof Tree.Mapping) mistakes.add(item.line(), "", "a forward needs '" + key + ":'");
            }
            boolean ranged = ports.contains("-") && !ports.isEmpty();
            if (ranged && to.matches("[0-9.]+:[0-9]+|\\[.*]:[0-9]+")) {
                mistakes.add(f.line("to"), to, "several ports lead to the same ports inside: no port after the address");
            }
            if (!ports.isEmpty() && !to.isEmpty()) forwards.add(protocol + "/" + ports + "=" + to);
        }
        if (!forwards.isEmpty()) into.put("forward", String.join(",", forwards));
    }

    private void firewall(Fields fields, Map<String, String> into) {
        fields.parsed("policy", "accept or drop", text -> one(text, "accept", "drop")).ifPresent(policy -> into.put("policy", policy));
        for (String key : List.of("rules", "input")) {
            List<String> rules = new ArrayList<>();
            for (Tree item : fields.items(key)) rule(item, key).ifPresent(rules::add);
            if (rules.size() > MAX_RULES) mistakes.add(fields.line(key), String.valueOf(rules.size()), "'" + key + "' may have at most " + MAX_RULES + " rules");
            if (!rules.isEmpty()) into.put(key, String.join("\n", rules));
        }
        fields.parsed("text", "nftables text (after '|') of at most " + MAX_TEXT_CHARACTERS + " characters; files are not read", text -> {
            if (text.length() > MAX_TEXT_CHARACTERS || !plain(text, true)) throw new IllegalArgumentException(text);
            return text;
        }).ifPresent(text -> into.put("text", text));
    }

    /** A rule in nftables' own words, or a mapping; either becomes the words. */
    private java.util.Optional<String> rule(Tree item, String key) {
        String rule = "the statements of an nftables rule in one line, such as 'tcp dport 22 drop', or a mapping";
        if (!(item instanceof Tree.Mapping)) {
            return Fields.parsed(item, "a rule", rule, text -> {
                if (text.isBlank() || text.length() > MAX_CHECK_CHARACTERS || !plain(text, false)) throw new IllegalArgumentException(text);
                return text.strip();
            }, mistakes);
        }
        Fields f = Fields.of(item, "a rule", Keys.RULE, mistakes);
        StringBuilder words = new StringBuilder();
        f.parsed("in", nicRule(), ServiceKeys::nic).ifPresent(nic -> words.append("iifname \"").append(nic).append("\" "));
        f.parsed("out", nicRule(), ServiceKeys::nic).ifPresent(nic -> words.append("oifname \"").append(nic).append("\" "));
        nicLines("firewall", f, "in");
        nicLines("firewall", f, "out");
        if (key.equals("input") && f.has("out")) mistakes.add(f.line("out"), "out", "packets to the router itself leave by no interface");
        for (Map.Entry<String, String> end : Map.of("from", "saddr", "to", "daddr").entrySet().stream().sorted(Map.Entry.comparingByKey()).toList()) {
            f.parsed(end.getKey(), "an address or subnet", text -> Cidr.parse(text)).ifPresent(cidr -> {
                int full = cidr.bytes().length * 8;
                words.append(cidr.isIpv6() ? "ip6 " : "ip ").append(end.getValue()).append(' ')
                        .append(cidr.prefix() == full ? cidr.address() : cidr.network().toString()).append(' ');
            });
        }
        String protocol = f.parsed("protocol", "tcp, udp, icmp or icmpv6", text -> one(text, "tcp", "udp", "icmp", "icmpv6")).orElse("");
        String ports = f.parsed("port", PORTS_RULE, ServiceKeys::ports).orElse("");
        if (!ports.isEmpty() && !protocol.equals("tcp") && !protocol.equals("udp")) mistakes.add(f.line("port"), ports, "a port needs 'protocol: tcp' or udp");
        if (!ports.isEmpty()) words.append(protocol).append(" dport ").append(ports).append(' ');
        else if (!protocol.isEmpty()) words.append("meta l4proto ").append(protocol.equals("icmpv6") ? "ipv6-icmp" : protocol).append(' ');
        if (!f.has("action")) mistakes.add(item.line(), "", "a rule needs 'action:': accept, drop or reject");
        return f.parsed("action", "accept, drop or reject", text -> one(text, "accept", "drop", "reject")).map(action -> words + action);
    }

    private void dhcp(Fields fields, Map<String, String> into) {
        list(fields, "on", into, nicRule(), ServiceKeys::nic);
        nicLines("dhcp", fields, "on");
        if (!fields.has("on")) mistakes.add(fields.line(), "", "'dhcp' needs 'on:', the interfaces whose networks it serves");
        list(fields, "range", into, "two addresses such as 10.1.0.100-10.1.0.199", text -> {
            String[] ends = text.split(" ?- ?", -1);
            if (ends.length != 2) throw new IllegalArgumentException(text);
            Cidr first = Cidr.parse(ends[0]);
            Cidr last = Cidr.parse(ends[1]);
            boolean good = !first.isIpv6() && !last.isIpv6() && text.indexOf('/') < 0 && first.compareTo(last) <= 0;
            if (!good) throw new IllegalArgumentException(text);
            return first.address() + "-" + last.address();
        });
        fields.parsed("lease", "a time from 2m to 3650d such as 30m, 1h or 7d; a bare number is in seconds", ServiceKeys::lease)
                .ifPresent(seconds -> into.put("lease", seconds));
        list(fields, "dns", into, "an IPv4 address", text -> address(text, false));
    }

    private void dns(Fields fields, Map<String, String> into) {
        list(fields, "on", into, nicRule(), ServiceKeys::nic);
        nicLines("dns", fields, "on");
        String name = "a domain name such as lab.violin";
        fields.parsed("domain", name, ServiceKeys::domain).ifPresent(domain -> into.put("domain", domain));
        list(fields, "forward", into, "the address of a name server", text -> address(text, true));
        List<String> records = new ArrayList<>();
        for (Tree.Entry record : fields.entries("records")) {
            if (!record.key().matches(DOMAIN)) mistakes.add(record.line(), record.key(), "a record's name must be " + name);
            else {
                Fields.parsed(record.value(), "'" + record.key() + "'", "an address", text -> address(text, true), mistakes)
                        .ifPresent(address -> records.add(record.key() + "=" + address));
            }
        }
        if (!records.isEmpty()) into.put("records", String.join(",", records));
    }

    private void anycast(Fields fields, Map<String, String> into) {
        list(fields, "addresses", into, "one address such as 10.200.0.53, with the full prefix length or none", text -> {
            Cidr cidr = Cidr.parse(text);
            if (cidr.prefix() != cidr.bytes().length * 8) throw new IllegalArgumentException(text);
            return cidr.toString();
        });
        if (!fields.has("addresses")) mistakes.add(fields.line(), "", "'anycast' needs 'addresses:'");
        fields.parsed("check", "a command for /bin/sh in one line of at most " + MAX_CHECK_CHARACTERS + " characters", text -> {
            if (text.isBlank() || text.length() > MAX_CHECK_CHARACTERS || !plain(text, false)) throw new IllegalArgumentException(text);
            return text;
        }).ifPresent(check -> into.put("check", check));
        fields.parsed("interval", "a duration from 100ms to 1000s such as 1s; a bare number is in milliseconds", text -> {
            double millis = Quantity.millis(text);
            if (millis < 100) throw new IllegalArgumentException(text);
            return String.valueOf(Math.round(millis));
        }).ifPresent(millis -> into.put("interval", millis));
        fields.parsed("fails", "a number from 1 to 100", text -> Quantity.whole(text, 1, 100)).ifPresent(n -> into.put("fails", String.valueOf(n)));
    }

    private void shape(Tree tree) {
        Map<String, String> settings = new TreeMap<>();
        byKind.put("shape", settings);
        if (Fields.text(tree).equals("false")) return;
        for (Tree.Entry entry : Fields.mapping(tree, "'shape'", mistakes).entries()) {
            String bad = Names.nicMistake(entry.key()).orElse(null);
            if (bad != null) mistakes.add(entry.line(), entry.key(), "interface name must be " + bad);
            nics.computeIfAbsent("shape", k -> new ArrayList<>()).add(new Nic(entry.key(), entry.line()));
            Fields.parsed(entry.value(), "the rate of '" + entry.key() + "'", "a rate of at least 8k in bits per second such as 10M, 64k or 1Gbit", text -> {
                double rate = Quantity.rate(text);
                if (rate < 8000) throw new IllegalArgumentException(text);
                return String.valueOf(Math.round(rate));
            }, mistakes).ifPresent(rate -> settings.put(PREFIX + "shape." + entry.key(), rate));
        }
        if (!settings.isEmpty()) settings.put(PREFIX + "shape", "true");
    }

    private void uplink(Fields fields, Map<String, String> into) {
        fields.parsed("network", "an IPv4 subnet of four addresses such as 192.168.250.0/30, which neither the violin nor the overlay host has", text -> {
            Cidr cidr = Cidr.parse(text);
            if (cidr.isIpv6() || cidr.prefix() != 30 || !cidr.equals(cidr.network())) throw new IllegalArgumentException(text);
            return cidr.toString();
        }).ifPresent(network -> into.put("network", network));
    }

    // ---- values

    private void list(Fields fields, String key, Map<String, String> into, String rule, Function<String, String> parser) {
        List<String> words = new ArrayList<>();
        for (Tree item : fields.items(key)) Fields.parsed(item, "'" + key + "'", rule, parser, mistakes).ifPresent(words::add);
        if (!words.isEmpty()) into.put(key, String.join(",", words));
    }

    private static String nicRule() {
        return "the name of one of its interfaces: " + Names.NIC_RULE;
    }

    private static String nic(String text) {
        if (Names.nicMistake(text).isPresent()) throw new IllegalArgumentException(text);
        return text;
    }

    private void nicLines(String kind, Fields fields, String key) {
        for (Tree item : fields.items(key)) {
            String name = Fields.text(item);
            if (Names.nicMistake(name).isEmpty()) nics.computeIfAbsent(kind, k -> new ArrayList<>()).add(new Nic(name, item.line()));
        }
    }

    private static String one(String text, String... words) {
        if (!List.of(words).contains(text)) throw new IllegalArgumentException(text);
        return text;
    }

    private static boolean plain(String text, boolean lines) {
        return text.chars().allMatch(c -> c >= ' ' && c != 0x7f || c == '\t' || lines && (c == '\n' || c == '\r'));
    }

    private static String ports(String text) {
        Matcher m = PORTS.matcher(text);
        if (!m.matches()) throw new IllegalArgumentException(text);
        int first = port(m.group(1));
        int last = m.group(2) == null ? first : port(m.group(2));
        if (last < first) throw new IllegalArgumentException(text);
        return last == first ? String.valueOf(first) : first + "-" + last;
    }

    private static int port(String text) {
        return Quantity.whole(text, 1, MAX_PORT);
    }

    private static String target(String text) {
        Matcher m = TARGET.matcher(text);
        if (!m.matches()) throw new IllegalArgumentException(text);
        String address = m.group(1) != null ? m.group(1) : m.group(2) != null ? m.group(2) : m.group(3);
        // Without brackets nobody can tell where an IPv6 address ends.
        if (m.group(3) != null && m.group(4) != null) throw new IllegalArgumentException(text);
        Cidr cidr = Cidr.parse(address);
        String shown = cidr.isIpv6() ? "[" + cidr.address() + "]" : cidr.address();
        return m.group(4) == null ? shown : shown + ":" + port(m.group(4));
    }

    private static String address(String text, boolean ipv6) {
        Cidr cidr = Cidr.parse(text);
        if (text.indexOf('/') >= 0 || cidr.isIpv6() && !ipv6) throw new IllegalArgumentException(text);
        return cidr.address();
    }

    private static String domain(String text) {
        if (!text.matches(DOMAIN)) throw new IllegalArgumentException(text);
        return text;
    }

    private static String lease(String text) {
        Matcher m = LEASE.matcher(text);
        if (!m.matches()) throw new IllegalArgumentException(text);
        long seconds = Long.parseLong(m.group(1)) * switch (m.group(2)) {
            case "m" -> 60;
            case "h" -> 3600;
            case "d" -> 86_400;
            default -> 1;
        };
        if (seconds < 120 || seconds > 3650L * 86_400) throw new IllegalArgumentException(text);
        return String.valueOf(seconds);
    }
}
