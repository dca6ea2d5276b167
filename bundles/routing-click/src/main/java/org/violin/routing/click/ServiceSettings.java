// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.violin.api.model.Cidr;
import org.violin.api.model.Mistake;
import org.violin.api.routing.PortForward;
import org.violin.api.routing.RouterSpec;

/** The services of one vRouter that Click does for the packets it forwards, as their settings say. Immutable. */
final class ServiceSettings {
    /** Kinds of services that are done here. */
    static final Set<String> KINDS = Set.of("nat", "firewall", "shape");

    private static final long LEAST_RATE = 8000;
    /** Click's own bound: bytes per second are a number of 32 bits. */
    private static final long MOST_RATE = 8L * 0xffff_ffffL;

    /**
     * Translation of IPv4 addresses.
     *
     * @param out what leaves there gets that vNIC's first address
     * @param inside whose packets; empty: all
     */
    record Nat(List<Layout.Nic> out, List<Cidr> inside, List<PortForward> forwards) {}

    /** @param accept what no rule decides passes */
    record Firewall(boolean accept, List<NftRule> rules) {}

    /** Null: there is no such service. */
    final Nat nat;
    /** Null: there is no such service. */
    final Firewall firewall;
    /** Bits per second by label of the vNIC. */
    final Map<String, Long> shape = new TreeMap<>();
    /** A service works on IPv6 packets, too: Click cannot, so the guest's kernel forwards them. */
    final boolean ipv6;
    final List<Mistake> mistakes = new ArrayList<>();
    private final RouterSpec spec;
    private final Layout layout;

    ServiceSettings(RouterSpec spec, Layout layout) {
        this.spec = spec;
        this.layout = layout;
        Map<String, String> settings = spec.services().get("nat");
        nat = settings == null ? null : nat(settings);
        boolean six = settings != null && ipv6(settings);
        settings = spec.services().get("firewall");
        firewall = settings == null ? null : firewall(settings);
        settings = spec.services().get("shape");
        if (settings != null) shape(settings);
        ipv6 = six || firewall != null;
        if (spec.options().containsKey(GraphText.GRAPH)) {
            for (String kind : KINDS) {
                if (spec.services().containsKey(kind)) wrong(kind, 0, "", "not together with " + GraphText.GRAPH + ": do it in that graph");
            }
        }
    }

    /** Whether packets on their way pass more than routing. */
    boolean served() {
        return nat != null || firewall != null;
    }

    private static boolean ipv6(Map<String, String> settings) {
        boolean inside = words(settings, "inside").stream().anyMatch(w -> w.indexOf(':') >= 0);
        return inside || words(settings, "forward").stream().anyMatch(w -> w.substring(w.indexOf('=') + 1).startsWith("["));
    }

    private Nat nat(Map<String, String> settings) {
        List<Layout.Nic> out = new ArrayList<>();
        for (String name : words(settings, "out")) {
            Layout.Nic nic = layout.nic(name);
            if (nic == null) wrong("nat", 0, name, "no vNIC of this router that Click forwards by");
            else if (nic.ipv4().isEmpty()) wrong("nat", 0, name, "has no IPv4 address that packets could get");
            else out.add(nic);
        }
        List<Cidr> inside = new ArrayList<>();
        for (String word : words(settings, "inside")) {
            try {
                inside.add(Cidr.parse(word));
            } catch (IllegalArgumentException e) {
                wrong("nat", 0, word, "inside must be addresses or subnets");
            }
        }
        List<PortForward> forwards = new ArrayList<>();
        for (String word : words(settings, "forward")) {
            try {
                PortForward one = PortForward.parse(word);
                if (!one.ipv6()) forwards.add(one);
            } catch (IllegalArgumentException e) {
                wrong("nat", 0, word, e.getMessage());
            }
        }
        boolean onlySix = !inside.isEmpty() && inside.stream().allMatch(Cidr::isIpv6);
        inside.removeIf(Cidr::isIpv6);
        if (onlySix) inside.add(Cidr.parse("255.255.255.255/32")); // nobody's
        return new Nat(List.copyOf(out), List.copyOf(inside), List.copyOf(forwards));
    }

    private Firewall firewall(Map<String, String> settings) {
        List<NftRule> rules = new ArrayList<>();
        List<String> lines = settings.getOrDefault("rules", "").lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
        for (int i = 0; i < lines.size(); i++) {
            try {
                rules.add(NftRule.parse(lines.get(i)));
            } catch (IllegalArgumentException e) {
                wrong("firewall rules", i + 1, lines.get(i), "Click: " + e.getMessage());
            }
        }
        if (!settings.getOrDefault("text", "").isBlank()) {
            wrong("firewall", 0, "text", "nftables text has no equal in Click: use rules, or forwarding kernel");
        }
        if (FirewallText.leaves(rules) > FirewallText.MOST_LEAVES || (long) FirewallText.leaves(rules) * rules.size() > FirewallText.MOST_RULES) {
            wrong("firewall", 0, "rules", "name too many interfaces for Click: each pair of them has a filter of its own, at most " + FirewallText.MOST_LEAVES
                    + " with " + FirewallText.MOST_RULES + " rules in all");
        }
        return new Firewall(!settings.getOrDefault("policy", "accept").equals("drop"), List.copyOf(rules));
    }

    private void shape(Map<String, String> settings) {
        settings.forEach((name, rate) -> {
            Layout.Nic nic = layout.nic(name);
            boolean number = rate.matches("[0-9]{4,14}") && Long.parseLong(rate) >= LEAST_RATE && Long.parseLong(rate) <= MOST_RATE;
            if (nic == null) wrong("shape", 0, name, "no vNIC of this router that Click forwards by");
            else if (!number) wrong("shape", 0, rate, "the rate of " + name + " is in bits per second, " + LEAST_RATE + " to " + MOST_RATE);
            else shape.put(nic.label(), Long.parseLong(rate));
        });
    }

    private void wrong(String kind, int line, String value, String rule) {
        mistakes.add(new Mistake(spec.id() + " " + kind, line, value, rule));
    }

    private static List<String> words(Map<String, String> settings, String key) {
        String text = settings.getOrDefault(key, "").strip();
        return text.isEmpty() ? List.of() : Arrays.stream(text.split("[, ]+")).distinct().toList();
    }
}
