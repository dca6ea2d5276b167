// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the known word that somebody probably meant. */
final class Nearest {
    private static final int MAX_LENGTH = 64;
    private static final int MAX_CANDIDATES = 2000;

    private Nearest() {}

    /** {@code ; did you mean 'x'?}, or nothing when no known word is near. */
    static String hint(String word, Collection<String> known) {
        return of(word, known).map(near -> "; did you mean '" + near + "'?").orElse("");
    }

    /** The nearest of the known words by edit distance, when at most a third of the letters differ. */
    static Optional<String> of(String word, Collection<String> known) {
        if (word.length() > MAX_LENGTH || known.size() > MAX_CANDIDATES) return Optional.empty();
        String best = null;
        int bestDistance = 1 + Math.max(1, word.length() / 3);
        for (String candidate : known) {
            if (candidate.length() > MAX_LENGTH) continue;
            int distance = distance(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Optimal string alignment distance: insert, delete, replace, swap two neighbours. */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) d[i][0] = i;
        for (int j = 0; j <= b.length(); j++) d[0][j] = j;
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + same);
                boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
            }
        }
        return d[a.length()][b.length()];
    }
}
