// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.violin.api.routing.RoutingWords;

/** Puts a kind in its place among the words of attribute {@code routing}; the other half stays. Pure. */
final class RoutingChange {
    private final Function<String, Set<Half>> halves;

    /** @param halves what a word is for; empty: nobody here knows */
    RoutingChange(Function<String, Set<Half>> halves) {
        this.halves = halves;
    }

    private Set<Half> of(String word) {
        // The kernel is both, whoever offers it: it forwards, by computed routes; what learns routes is not replaced by it.
        Set<Half> known = word.equals(RoutingWords.DEFAULT) ? Set.of() : halves.apply(word);
        return known.isEmpty() ? Half.of(word) : known;
    }

    /**
     * The words with that kind in place of those of its half. One that computes routes takes the place of the protocols, too: nothing
     * speaks them then. Throws IllegalArgumentException with the rule when the words cannot be.
     */
    String with(String words, String kind) {
        RoutingWords before = RoutingWords.parse(words);
        Set<Half> wanted = of(kind);
        boolean computed = wanted.contains(Half.ROUTES) && !wanted.contains(Half.FORWARDING);
        List<String> after = new ArrayList<>();
        if (!computed) after.addAll(before.protocols());
        for (String word : before.kinds()) {
            if (word.equals(RoutingWords.DEFAULT)) continue; // it stands for what no other word is for
            Set<Half> its = of(word);
            boolean learns = its.contains(Half.CONTROL) || its.contains(Half.ROUTES) && !its.contains(Half.FORWARDING);
            boolean replaced = !Collections.disjoint(its, wanted) || learns && (computed || wanted.contains(Half.CONTROL));
            if (!replaced) after.add(word);
        }
        after.add(kind);
        return RoutingWords.of(after).toString();
    }
}
