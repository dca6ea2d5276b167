// SPDX-License-Identifier: Apache-2.0
package org.violin.api.routing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The words of attribute {@code routing} of a violin or a vRouter, such as {@code ospf+click}: protocols, at most one kind of control plane
 * (or of computed routes) and at most one of forwarding. Called by: readers of files, swap, routers.
 *
 * <p>The text is canonical: protocols by the alphabet, the control plane's kind, kinds that are not known here in the order given, the
 * forwarding's kind. {@code kernel}, the default, is written only when it stands alone.
 *
 * @param protocols of {@link #PROTOCOLS}
 * @param kinds the other words, in canonical order; {@code kernel} when there is no other word at all
 */
public record RoutingWords(Set<String> protocols, List<String> kinds) {
    /** Words that are protocols. */
    public static final Set<String> PROTOCOLS = Collections.unmodifiableSet(new TreeSet<>(List.of("bgp", "isis", "ospf", "pim", "rip", "static")));
    /** Kinds known to learn routes. */
    public static final Set<String> CONTROL = Set.of("zebra");
    /** The kernel forwards, by routes that are computed. */
    public static final String DEFAULT = "kernel";
    /** Kinds known to forward. */
    public static final Set<String> FORWARDING = Collections.unmodifiableSet(new TreeSet<>(List.of("click", DEFAULT)));
    /** The word for the routes of the file. */
    public static final String STATIC = "static";
    /** Of each word, for messages. */
    public static final String RULE = "words joined by '+', each a letter and then at most 30 small letters, digits or '-'";

    private static final String WORD = "[a-z][a-z0-9-]{0,30}";

    public RoutingWords {
        protocols = Collections.unmodifiableSet(new TreeSet<>(protocols));
        kinds = List.copyOf(kinds);
    }

    /** Reads words joined by {@code +}; spaces beside it are ignored. Throws IllegalArgumentException with the rule that is broken. */
    public static RoutingWords parse(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.split("\\+", -1)) words.add(word.strip());
        return of(words);
    }

    /** In any order. Throws IllegalArgumentException with the rule that is broken. */
    public static RoutingWords of(Collection<String> words) {
        Set<String> protocols = new TreeSet<>();
        Set<String> control = new LinkedHashSet<>();
        Set<String> others = new LinkedHashSet<>();
        Set<String> forwarding = new TreeSet<>();
        for (String word : words) {
            if (!isWord(word)) throw new IllegalArgumentException(RULE);
            (PROTOCOLS.contains(word) ? protocols : CONTROL.contains(word) ? control : FORWARDING.contains(word) ? forwarding : others).add(word);
        }
        if (forwarding.size() > 1) throw new IllegalArgumentException("at most one of " + String.join(", ", forwarding) + ": a vRouter has one forwarding");
        List<String> kinds = new ArrayList<>(control);
        kinds.addAll(others);
        kinds.addAll(forwarding);
        if (kinds.size() > 2) {
            throw new IllegalArgumentException("at most one control plane and one forwarding, not " + String.join(", ", kinds)
                    + " (protocols are " + String.join(", ", PROTOCOLS) + ")");
        }
        if (kinds.size() + protocols.size() > 1) kinds.remove(DEFAULT);
        if (kinds.isEmpty() && protocols.isEmpty()) kinds.add(DEFAULT);
        return new RoutingWords(protocols, kinds);
    }

    /** True for what can be a word here: a protocol or a kind. */
    public static boolean isWord(String word) {
        return word.matches(WORD);
    }

    /** Whether a vRouter of these words learns routes; of kinds that are not known here it is not told. */
    public boolean learns() {
        return protocols.stream().anyMatch(p -> !p.equals(STATIC)) || kinds.stream().anyMatch(CONTROL::contains);
    }

    /** Whether it has the routes of the file and no others: none are learnt, none computed. */
    public boolean fixed() {
        return protocols.contains(STATIC) && !learns();
    }

    /** All of them, in canonical order. */
    public List<String> words() {
        List<String> words = new ArrayList<>(protocols);
        words.addAll(kinds);
        return words;
    }

    /** The canonical text, as it is kept in attributes. */
    @Override
    public String toString() {
        return String.join("+", words());
    }
}
