// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.violin.api.model.Conditions;
import org.violin.api.routing.RoutingWords;

/**
 * Reads the key {@code routing} wherever it stands: words, a list of words, or a mapping. The words become attribute {@code routing}, each
 * of the other settings an attribute {@code routing.KEY}.
 */
final class RoutingKeys {
    static final String KEY = "routing";
    static final String STARTUP = "startup-config";
    /** Attributes that begin so are made of keys of the file, so no label may. */
    static final List<String> PREFIXES = List.of("routing.", "nic.", Conditions.FROM, ServiceKeys.PREFIX, PlacementKeys.PREFIX);
    static final int MAX_STARTUP_CHARACTERS = 65_536;
    static final String AREA_RULE = "an OSPF area: a number from 0 to 4294967295, or four numbers such as 0.0.0.1";

    private static final double MIN_TIMER_MILLIS = 50;
    private static final long MIN_BFD_MILLIS = 10;
    private static final long MAX_BFD_MILLIS = 60_000;
    private static final Set<String> KNOWN = union(RoutingWords.PROTOCOLS, RoutingWords.CONTROL, RoutingWords.FORWARDING);
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final Mistakes mistakes;

    private RoutingKeys(Mistakes mistakes) {
        this.mistakes = mistakes;
    }

    /** The attributes that the key {@code routing} of a mapping means; empty when it is not there. */
    static Map<String, String> read(Fields fields, Mistakes mistakes) {
        RoutingKeys keys = new RoutingKeys(mistakes);
        fields.tree(KEY).ifPresent(keys::any);
        return keys.attributes;
    }

    private void any(Tree tree) {
        if (tree instanceof Tree.Mapping) {
            settings(Fields.of(tree, "'routing'", Keys.ROUTING, mistakes));
        } else {
            List<String> words = new ArrayList<>();
            boolean good = words(tree, KEY, words);
            keep(tree.line(), words, good);
        }
    }

    /** False when there was a mistake. */
    private boolean words(Tree tree, String key, List<String> into) {
        boolean good = true;
        for (Tree item : tree instanceof Tree.Sequence list ? list.items() : List.of(tree)) {
            List<String> some = Fields.parsed(item, key, RoutingWords.RULE, RoutingKeys::split, mistakes).orElse(List.of());
            good &= !some.isEmpty();
            into.addAll(some);
        }
        if (good && into.isEmpty()) mistakes.add(tree.line(), "", key + " must be " + RoutingWords.RULE);
        return good && !into.isEmpty();
    }

    private static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.split("\\+", -1)) {
            if (!RoutingWords.isWord(word.strip())) throw new IllegalArgumentException(text);
            words.add(word.strip());
        }
        return words;
    }

    private void keep(int line, List<String> words, boolean good) {
        if (!good) return;
        try {
            attributes.put(KEY, RoutingWords.of(words).toString());
        } catch (IllegalArgumentException e) {
            mistakes.add(line, String.join("+", words), "routing must be " + e.getMessage());
            return;
        }
        for (String word : new TreeSet<>(words)) {
            if (KNOWN.contains(word)) continue;
            Nearest.of(word, KNOWN).ifPresent(near -> mistakes.note("routing '" + word + "' (line " + line + ") is taken for a plugin; did you mean '"
                    + near + "'?"));
        }
    }

    private void settings(Fields fields) {
        List<String> words = new ArrayList<>();
        boolean good = true;
        Tree protocols = fields.tree("protocols").orElse(null);
        if (protocols != null) good = words(protocols, "protocols", words);
        for (String word : List.copyOf(words)) {
            if (RoutingWords.PROTOCOLS.contains(word)) continue;
            mistakes.add(fields.line("protocols"), word, "no protocol; known are " + String.join(", ", RoutingWords.PROTOCOLS)
                    + Nearest.hint(word, RoutingWords.PROTOCOLS));
            good = false;
        }
        good &= kind(fields, "control", "the control plane", RoutingWords.FORWARDING, words);
        good &= kind(fields, "forwarding", "forwarding", RoutingWords.CONTROL, words);
        boolean any = !words.isEmpty();
        keep(fields.line(), words, good && any);
        fields.parsed("area", AREA_RULE, RoutingKeys::area).ifPresent(area -> attributes.put("routing.area", area));
        timers(fields);
        word(fields, "bfd", List.of("true", "false"));
        fields.parsed("bfd-interval", "a duration from 10ms to 60s such as 100ms; a bare number is in milliseconds", text -> {
            long millis = Math.round(Quantity.millis(text));
            if (millis < MIN_BFD_MILLIS || millis > MAX_BFD_MILLIS) throw new IllegalArgumentException(text);
            return millis;
        }).ifPresent(millis -> attributes.put("routing.bfd-interval", String.valueOf(millis)));
        fields.parsed("rp", "the IPv4 address of PIM's rendezvous point, such as 10.255.0.1", RoutingKeys::quad)
                .ifPresent(rp -> attributes.put("routing.rp", rp));
        word(fields, "metric", List.of("cost", "delay", "rate"));
        startup(fields, mistakes, attributes);
        for (String key : List.of("click.splice", "click.graph")) text(fields, key).ifPresent(text -> attributes.put("routing." + key, text));
        fields.parsed("click.paths", "a number from 1 to 16", text -> {
            if (!text.matches("[1-9]|1[0-6]")) throw new IllegalArgumentException(text);
            return text;
        }).ifPresent(paths -> attributes.put("routing.click.paths", paths));
    }

    private boolean kind(Fields fields, String key, String what, Set<String> otherHalf, List<String> into) {
        if (!fields.has(key)) return true;
        String word = fields.parsed(key, "the word of a plugin for " + what + ": small letters, digits, '-'", text -> {
            if (!RoutingWords.isWord(text)) throw new IllegalArgumentException(text);
            return text;
        }).orElse(null);
        if (word == null) return false;
        if (RoutingWords.PROTOCOLS.contains(word) || otherHalf.contains(word)) {
            mistakes.add(fields.line(key), word, "is not for " + what + ": it belongs to '"
                    + (RoutingWords.PROTOCOLS.contains(word) ? "protocols" : key.equals("control") ? "forwarding" : "control") + "'");
            return false;
        }
        into.add(word);
        return true;
    }

    private void timers(Fields fields) {
        for (String key : List.of("hello", "dead")) {
            fields.parsed(key, "a duration from 50ms to 1000s such as 1s; a bare number is in milliseconds", text -> {
                double millis = Quantity.millis(text);
                if (millis < MIN_TIMER_MILLIS) throw new IllegalArgumentException(text);
                return Math.round(millis);
            }).ifPresent(millis -> attributes.put("routing." + key, String.valueOf(millis)));
        }
        String hello = attributes.get("routing.hello");
        String dead = attributes.get("routing.dead");
        if (hello != null && dead != null && Long.parseLong(dead) <= Long.parseLong(hello)) {
            mistakes.add(fields.line("dead"), Fields.text(fields.tree("dead").orElseThrow()), "dead must be longer than hello");
        }
    }

    private void word(Fields fields, String key, List<String> allowed) {
        fields.parsed(key, "one of " + String.join(", ", allowed), text -> {
            if (!allowed.contains(text)) throw new IllegalArgumentException(text);
            return text;
        }).ifPresent(word -> attributes.put("routing." + key, word));
    }

    /** The key {@code startup-config}, below {@code routing} or as a node's own. */
    static void startup(Fields fields, Mistakes mistakes, Map<String, String> into) {
        text(fields, STARTUP).ifPresent(text -> {
            if (fields.tree(STARTUP).orElse(null) instanceof Tree.Scalar at) mistakes.text(at);
            String other = into.putIfAbsent("routing." + STARTUP, text);
            if (other != null) mistakes.add(fields.line(STARTUP), STARTUP, "already given under 'routing:': give one of them");
        });
    }

    /** Text in the language of a plugin. */
    static Optional<String> text(Fields fields, String key) {
        String rule = "the text itself (after '|'), at most " + MAX_STARTUP_CHARACTERS + " characters and no control characters; files are not read";
        return fields.parsed(key, rule, text -> {
            boolean plain = text.chars().allMatch(c -> c >= ' ' && c != 0x7f || c == '\n' || c == '\r' || c == '\t');
            if (!plain || text.length() > MAX_STARTUP_CHARACTERS) throw new IllegalArgumentException(text);
            return text;
        });
    }

    /** Four numbers, as RFC 2328 writes areas. */
    static String area(String text) {
        if (text.indexOf('.') >= 0) return quad(text);
        if (!text.matches("[0-9]{1,10}") || Long.parseLong(text) > 0xffffffffL) throw new IllegalArgumentException(text);
        long n = Long.parseLong(text);
        return (n >> 24) + "." + (n >> 16 & 255) + "." + (n >> 8 & 255) + "." + (n & 255);
    }

    /** A dotted quad. */
    static String quad(String text) {
        org.violin.api.model.Cidr cidr = org.violin.api.model.Cidr.parse(text);
        if (cidr.isIpv6() || text.indexOf('/') >= 0) throw new IllegalArgumentException(text);
        return cidr.address();
    }

    @SafeVarargs
    private static Set<String> union(Set<String>... sets) {
        Set<String> all = new TreeSet<>();
        for (Set<String> set : sets) all.addAll(set);
        return all;
    }
}
