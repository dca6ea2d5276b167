// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** FRR configuration as contexts (such as {@code router bgp 1}, {@code address-family ipv4 unicast}) with lines. Pure; one thread. */
final class Config {
    /** Lines that open a context, on top and inside another. */
    private static final Predicate<String> CONTEXT = Pattern.compile("(interface|router|route-map|key chain|vrf|line vty|nexthop-group|pbr-map|"
            + "segment-routing|pseudowire|l2vpn|mpls ldp|rpki|bmp targets|fabricd) ?.*|bfd|rpki").asMatchPredicate();
    private static final Predicate<String> INNER = Pattern.compile("(address-family|profile|peer|key|srv6|traffic-eng|vni|neighbor \\S+ lsp) ?.*")
            .asMatchPredicate();
    private static final Predicate<String> LEAVES = Pattern.compile("exit|exit-.*|end").asMatchPredicate();
    /** Lines that stand on top only, where a text forgets {@code exit}. */
    private static final Predicate<String> TOP = Pattern.compile("(frr |hostname |log |debug |service |ip route |ipv6 route |ip prefix-list |"
            + "ipv6 prefix-list |access-list |ipv6 access-list |ip router-id |bgp as-path |bgp community-list |bgp large-community-list |"
            + "ip pim rp |ip forwarding|ipv6 forwarding|password |enable ).*").asMatchPredicate();
    /** What can be set again without being taken away first, because there is but one of it. */
    private static final Predicate<String> REPLACED = Pattern.compile("(ip ospf|ipv6 ospf6) (cost|hello-interval|retransmit-interval|network) .*|"
            + "(ip ospf|ipv6 ospf6) dead-interval [0-9]+|(isis (metric|hello-interval|hello-multiplier|csnp-interval)|timers basic|"
            + "timers throttle (spf|lsa all)|timers lsa min-arrival|timers bgp|maximum-paths|transmit-interval|receive-interval|detect-multiplier|"
            + "(ospf|ospf6|bgp) router-id|bgp graceful-restart restart-time|graceful-restart grace-period|ip router-id|hostname|fpm address) .*")
            .asMatchPredicate();

    /** One command. @param context from the top; empty: at the top */
    record Step(List<String> context, String line) {
        Step {
            context = List.copyOf(context);
        }

        boolean removes() {
            return line.startsWith("no ");
        }
    }

    private final Map<List<String>, Set<String>> blocks = new LinkedHashMap<>();

    Config() {
        blocks.put(List.of(), new LinkedHashSet<>());
    }

    /** Reads text by indentation-free rules, as vtysh does: a context lasts until {@code exit} or a line that can only stand outside. */
    static Config parse(String text) {
        Config config = new Config();
        List<String> at = List.of();
        for (String raw : text.split("\n")) {
            String line = raw.strip().replaceAll("\\s+", " ");
            if (line.isEmpty() || line.startsWith("!") || line.startsWith("#")) continue;
            if (line.equals("end")) at = List.of();
            else if (LEAVES.test(line)) at = at.isEmpty() ? at : at.subList(0, at.size() - 1);
            else if (opensInner(at, line)) {
                at = List.of(at.get(0), line);
                config.in(at);
            } else if (CONTEXT.test(line)) {
                at = List.of(line);
                config.in(at);
            } else {
                if (TOP.test(line)) at = List.of();
                config.in(at).add(line);
            }
        }
        return config;
    }

    private static boolean opensInner(List<String> at, String line) {
        if (at.isEmpty() || !INNER.test(line)) return false;
        String outer = at.get(0);
        if (line.startsWith("address-family")) return outer.startsWith("router ") || outer.startsWith("vrf ");
        if (line.startsWith("profile") || line.startsWith("peer")) return outer.equals("bfd");
        if (line.startsWith("key")) return outer.startsWith("key chain") && !line.startsWith("key-string") && !line.startsWith("key chain");
        return outer.startsWith("router bgp") || outer.startsWith("segment-routing");
    }

    private Set<String> in(List<String> context) {
        return blocks.computeIfAbsent(List.copyOf(context), c -> new LinkedHashSet<>());
    }

    /** Adds lines to a context of the top; an empty name is the top itself. */
    Config add(String context, String... lines) {
        return add(context.isEmpty() ? List.of() : List.of(context), lines);
    }

    Config add(List<String> context, String... lines) {
        Collections.addAll(in(context), lines);
        return this;
    }

    /** All of another one after what is here. */
    Config add(Config other) {
        other.blocks.forEach((context, lines) -> in(context).addAll(lines));
        return this;
    }

    Set<List<String>> contexts() {
        return Collections.unmodifiableSet(blocks.keySet());
    }

    Set<String> lines(List<String> context) {
        return Collections.unmodifiableSet(blocks.getOrDefault(context, Set.of()));
    }

    /** As FRR would read it. */
    String text() {
        StringBuilder out = new StringBuilder();
        blocks.forEach((context, lines) -> {
            for (int i = 0; i < context.size(); i++) out.append(" ".repeat(i)).append(context.get(i)).append('\n');
            for (String line : lines) out.append(" ".repeat(context.size())).append(line).append('\n');
            for (int i = context.size(); i-- > 0;) {
                out.append(" ".repeat(i)).append(i > 0 && context.get(i).startsWith("address-family") ? "exit-address-family" : "exit").append('\n');
            }
        });
        return out.toString();
    }

    /** All of it as commands. */
    List<Step> steps() {
        return stepsFrom(new Config());
    }

    /** The commands that lead from another configuration to this one: first what goes, last made first; then what comes, in order. */
    List<Step> stepsFrom(Config before) {
        List<Step> gone = new ArrayList<>();
        List<List<String>> contexts = new ArrayList<>(before.blocks.keySet());
        Collections.reverse(contexts);
        for (List<String> context : contexts) {
            boolean removable = !context.isEmpty() && !blocks.containsKey(context) && whole(context);
            if (removable) {
                boolean outerGoes = context.size() > 1 && !blocks.containsKey(context.subList(0, 1)) && whole(context.subList(0, 1));
                if (!outerGoes) gone.add(new Step(context.subList(0, context.size() - 1), "no " + context.get(context.size() - 1)));
                continue;
            }
            if (context.size() > 1 && !blocks.containsKey(context.subList(0, 1)) && whole(context.subList(0, 1))) continue;
            List<String> lines = new ArrayList<>(before.lines(context));
            Collections.reverse(lines);
            Set<String> wanted = lines(context);
            for (String line : lines) {
                if (wanted.contains(line) || replaced(line, wanted)) continue;
                gone.add(new Step(context, line.startsWith("no ") ? line.substring(3) : "no " + line));
            }
        }
        blocks.forEach((context, lines) -> {
            Set<String> had = before.lines(context);
            if (!context.isEmpty() && !before.blocks.containsKey(context)) gone.add(new Step(context, ""));
            for (String line : lines) if (!had.contains(line)) gone.add(new Step(context, line));
        });
        return gone;
    }

    /** Contexts that go as a whole; interfaces and address families stay and lose their lines. */
    private static boolean whole(List<String> context) {
        String name = context.get(context.size() - 1);
        return !name.startsWith("interface ") && !name.startsWith("address-family") && !name.startsWith("vrf ") && !name.startsWith("line ")
                && !name.startsWith("segment-routing");
    }

    private static boolean replaced(String line, Set<String> wanted) {
        if (!REPLACED.test(line)) return false;
        String key = key(line);
        return wanted.stream().anyMatch(w -> REPLACED.test(w) && key(w).equals(key));
    }

    /** Its words up to the first that is a value. */
    private static String key(String line) {
        StringBuilder key = new StringBuilder();
        for (String word : line.split(" ")) {
            if (Character.isDigit(word.charAt(0)) || word.equals("point-to-point") || word.equals("broadcast")) break;
            key.append(word).append(' ');
        }
        return line.startsWith("hostname") ? "hostname" : key.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Config that && blocks.equals(that.blocks);
    }

    @Override
    public int hashCode() {
        return blocks.hashCode();
    }
}
