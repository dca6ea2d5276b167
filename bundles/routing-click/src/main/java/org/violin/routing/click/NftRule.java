// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.violin.api.model.Cidr;

/**
 * One rule of a firewall in the words of nft(8), as far as Click's IPFilter can do the same for IPv4 packets that begin something new: those
 * of known connections pass before all rules.
 *
 * @param in vNICs it is for; empty: all. @param notIn vNICs it is not for
 * @param dnat null: whether the destination was translated does not matter
 * @param pattern in the language of IPFilter
 * @param verdict {@link #ACCEPT}, {@link #DROP}, {@link #REJECT}, {@link #RETURN}
 * @param never it matches no such packet
 */
record NftRule(Set<String> in, Set<String> notIn, Set<String> out, Set<String> notOut, Boolean dnat, String pattern, int verdict, boolean never) {
    static final int ACCEPT = 0;
    static final int DROP = 1;
    static final int REJECT = 2;
    /** The policy decides. */
    static final int RETURN = 3;

    private static final Pattern TOKEN = Pattern.compile("\"[^\"]*\"|\\{[^}]*}|!=|==|[^\\s{},]+(?:\\s*,\\s*[^\\s{},]+)*");
    private static final Map<String, Integer> ICMP = Map.of("echo-reply", 0, "destination-unreachable", 3, "redirect", 5, "echo-request", 8,
            "time-exceeded", 11, "parameter-problem", 12, "timestamp-request", 13, "timestamp-reply", 14);
    private static final Map<String, Integer> PROTOCOLS = Map.of("icmp", 1, "igmp", 2, "tcp", 6, "udp", 17, "gre", 47, "esp", 50, "ah", 51, "ipv6-icmp", 58,
            "icmpv6", 58, "sctp", 132);
    private static final int PORTS = 65_535;

    /** Reads one; throws IllegalArgumentException with what of it Click cannot do. */
    static NftRule parse(String rule) {
        return new Reader(rule).read();
    }

    /** Whether it is for packets of these vNICs; null: some vNIC that no rule names. */
    boolean isFor(String from, String to, boolean translated) {
        boolean here = (in.isEmpty() || from != null && in.contains(from)) && (from == null || !notIn.contains(from));
        boolean there = (out.isEmpty() || to != null && out.contains(to)) && (to == null || !notOut.contains(to));
        return !never && here && there && (dnat == null || dnat == translated);
    }

    private static final class Reader {
        private final List<String> tokens = new ArrayList<>();
        private final Set<String> in = new TreeSet<>();
        private final Set<String> notIn = new TreeSet<>();
        private final Set<String> out = new TreeSet<>();
        private final Set<String> notOut = new TreeSet<>();
        private final StringJoiner pattern = new StringJoiner(" && ");
        private Boolean dnat;
        private boolean never;
        private int at;

        Reader(String rule) {
            Matcher m = TOKEN.matcher(rule);
            while (m.find()) tokens.add(m.group());
        }

        private String next() {
            if (at == tokens.size()) throw new IllegalArgumentException("the rule ends too early");
            return tokens.get(at++);
        }

        NftRule read() {
            int verdict = -1;
            while (at < tokens.size() && verdict < 0) {
                String word = next();
                switch (word) {
                    case "accept" -> verdict = ACCEPT;
                    case "drop" -> verdict = DROP;
                    case "reject" -> verdict = REJECT;
                    case "return" -> verdict = RETURN;
                    case "counter" -> { }
                    case "comment" -> next();
                    case "iif", "iifname" -> nics(in, notIn);
                    case "oif", "oifname" -> nics(out, notOut);
                    case "ip" -> ip(next());
                    case "ip6", "icmpv6" -> never = true; // what follows is about packets that never come here
                    case "meta" -> meta(next());
                    case "ct" -> ct(next());
                    case "tcp", "udp", "th" -> ports(word, next());
                    case "icmp" -> icmp(next());
                    default -> throw cannot(word);
                }
                if (word.equals("ip6") || word.equals("icmpv6")) {
                    next();
                    operand();
                }
            }
            if (at < tokens.size() && tokens.get(at).equals("comment")) at += 2;
            if (at < tokens.size()) throw cannot(String.join(" ", tokens.subList(at, tokens.size())));
            boolean none = verdict < 0;
            return new NftRule(in, notIn, out, notOut, dnat, pattern.length() == 0 ? "all" : pattern.toString(), Math.max(verdict, 0), never || none);
        }

        private static IllegalArgumentException cannot(String word) {
            return new IllegalArgumentException("cannot '" + word + "'; it can: iifname, oifname, ip saddr, daddr, protocol, tcp or udp or th sport, dport, "
                    + "icmp type, meta l4proto, nfproto, ct state, ct status dnat, and accept, drop, reject, return; or use forwarding kernel");
        }

        private boolean not;

        /** What a match compares with, one or several. */
        private List<String> operand() {
            String word = next();
            not = word.equals("!=");
            if (not || word.equals("==")) word = next();
            if (word.startsWith("@")) throw cannot(word);
            String bare = word.startsWith("{") ? word.substring(1, word.length() - 1) : word;
            List<String> all = Arrays.stream(bare.split("[,\\s]+")).filter(w -> !w.isEmpty()).map(w -> w.replace("\"", "")).toList();
            if (all.isEmpty()) throw cannot(word);
            return all;
        }

        private void nics(Set<String> only, Set<String> except) {
            List<String> names = operand();
            if (names.stream().anyMatch(n -> n.endsWith("*"))) throw cannot(String.join(",", names));
            if (!not && !only.isEmpty()) {
                only.retainAll(names);
                never |= only.isEmpty();
            } else {
                (not ? except : only).addAll(names);
            }
        }

        private void any(List<String> patterns) {
            String one = patterns.size() == 1 ? patterns.get(0) : "(" + String.join(" || ", patterns) + ")";
            pattern.add(not ? "not (" + one + ")" : one);
        }

        private void ip(String field) {
            List<String> values = operand();
            switch (field) {
                case "saddr", "daddr" -> any(values.stream().map(v -> (field.equals("saddr") ? "src net " : "dst net ") + net(v)).toList());
                case "protocol" -> any(values.stream().map(NftRule::protocol).toList());
                default -> throw cannot("ip " + field);
            }
        }

        private static String net(String value) {
            Cidr cidr = Cidr.parse(value);
            if (cidr.isIpv6()) throw new IllegalArgumentException("'" + value + "' is no IPv4 address");
            return cidr.network().toString();
        }

        private void meta(String field) {
            if (field.equals("iifname") || field.equals("iif")) {
                nics(in, notIn);
                return;
            }
            if (field.equals("oifname") || field.equals("oif")) {
                nics(out, notOut);
                return;
            }
            List<String> values = operand();
            if (field.equals("l4proto")) any(values.stream().map(NftRule::protocol).toList());
            else if (field.equals("nfproto")) never |= values.contains("ipv4") == not;
            else throw cannot("meta " + field);
        }

        private void ct(String field) {
            List<String> values = operand();
            if (field.equals("state")) never |= values.contains("new") == not;
            else if (field.equals("status") && values.equals(List.of("dnat"))) dnat = dnat == null || dnat == !not ? !not : bothWays();
            else throw cannot("ct " + field + " " + String.join(",", values));
        }

        private Boolean bothWays() {
            never = true;
            return dnat;
        }

        private void ports(String protocol, String field) {
            if (!field.equals("sport") && !field.equals("dport")) throw cannot(protocol + " " + field);
            String side = field.equals("sport") ? "src port " : "dst port ";
            if (!protocol.equals("th")) pattern.add(protocol);
            List<String> patterns = new ArrayList<>();
            for (String value : operand()) {
                String[] ends = value.split("-", 2);
                int first = port(ends[0]);
                int last = ends.length == 1 ? first : port(ends[1]);
                if (last < first) throw new IllegalArgumentException("'" + value + "': the last port is below the first");
                patterns.add(first == last ? side + first : "(" + side + ">= " + first + " && " + side + "<= " + last + ")");
            }
            any(patterns);
        }

        private static int port(String text) {
            if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > PORTS) throw new IllegalArgumentException("'" + text + "': ports are numbers to " + PORTS);
            return Integer.parseInt(text);
        }

        private void icmp(String field) {
            if (!field.equals("type")) throw cannot("icmp " + field);
            any(operand().stream().map(v -> "icmp type " + number(v, ICMP, "type of ICMP")).toList());
        }
    }

    private static String protocol(String name) {
        return "ip proto " + number(name, PROTOCOLS, "protocol");
    }

    private static int number(String text, Map<String, Integer> names, String what) {
        Integer known = names.get(text);
        if (known != null) return known;
        if (!text.matches("[0-9]{1,3}") || Integer.parseInt(text) > 255) throw new IllegalArgumentException("'" + text + "': no " + what + " that it knows; a number does");
        return Integer.parseInt(text);
    }
}
