// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.text.Normalizer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Makes node names of labels: letters of other scripts and signs are folded or dropped, and every name is given once. */
final class SafeNames {
    private static final int MAX = 48;
    private static final Map<String, String> FOLDS = Map.of("\u00df", "ss", "\u00f8", "o", "\u00d8", "O", "\u00e6", "ae", "\u00c6", "AE",
            "\u0142", "l", "\u0141", "L", "\u0111", "d", "\u0131", "i");

    private final String prefix;
    private final Set<String> taken = new HashSet<>();

    /** @param prefix of a second name that is kept free for each name, of the vHost behind it */
    SafeNames(String prefix) {
        this.prefix = prefix;
    }

    /** A name like the label, or like the id when nothing of the label is left; with a number behind it when it is taken already. */
    String name(String label, String id) {
        String safe = safe(label);
        if (safe.isEmpty()) safe = safe("n" + id);
        if (safe.isEmpty()) safe = "n";
        String name = safe;
        for (int n = 2; isTaken(name); n++) name = safe + "-" + n;
        taken.add(key(name));
        taken.add(key(prefix + name));
        return name;
    }

    private boolean isTaken(String name) {
        return taken.contains(key(name)) || taken.contains(key(prefix + name));
    }

    /** Host names are compared without case. */
    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** Letters, digits, '_', '-' and '.' only, beginning with a letter or digit; perhaps empty. */
    static String safe(String label) {
        // What is left of HTML: an accented letter loses its accent, other entities go.
        String text = label.replaceAll("&([A-Za-z])(?:acute|grave|uml|circ|tilde|cedil|ring|slash|caron);",
                "$1").replaceAll("&#?[A-Za-z0-9]+;", " ");
        for (Map.Entry<String, String> fold : FOLDS.entrySet()) text = text.replace(fold.getKey(), fold.getValue());
        text = Normalizer.normalize(text, Normalizer.Form.NFKD).replaceAll("\\p{M}+", "");
        text = text.replaceAll("['\u2019]", "").replaceAll("[^A-Za-z0-9_.-]+", "-").replaceAll("-{2,}", "-");
        text = text.replaceAll("^[^A-Za-z0-9]+", "");
        return (text.length() > MAX ? text.substring(0, MAX) : text).replaceAll("[-_.]+$", "");
    }
}
