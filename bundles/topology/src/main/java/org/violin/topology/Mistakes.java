// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.violin.api.control.SpecReader;
import org.violin.api.model.Mistake;

/** Collects what is wrong with one file, and what the reader decided by itself. Bounded: a file of nonsense must not fill the memory. */
final class Mistakes {
    /** Mistakes kept; the rest is counted. */
    static final int KEPT = 1000;

    private static final int SHOWN_CHARACTERS = 80;
    private final String file;
    private final List<Mistake> list = new ArrayList<>();
    private final Set<String> seen = new TreeSet<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, SpecReader.TextPlace> texts = new HashMap<>();
    private int more;

    Mistakes(String file) {
        this.file = file;
    }

    /** One mistake; the same one is kept once. {@code line} is 0 when it has none. */
    void add(int line, String value, String rule) {
        if (list.size() >= KEPT) {
            more++;
            return;
        }
        Mistake mistake = new Mistake(file, line, shown(value), rule);
        if (seen.add(mistake.toString())) list.add(mistake);
    }

    /** One sentence for people about something that was decided, not refused. */
    void note(String sentence) {
        if (notes.size() < KEPT) notes.add(sentence);
    }

    /** A text in a tool's own language; where it stands first is kept, of {@value #KEPT} texts. */
    void text(Tree.Scalar at) {
        if (texts.size() < KEPT) texts.putIfAbsent(at.value(), new SpecReader.TextPlace(at.literal() ? at.line() + 1 : at.line(), at.literal()));
    }

    Map<String, SpecReader.TextPlace> texts() {
        return Map.copyOf(texts);
    }

    boolean none() {
        return list.isEmpty();
    }

    /** All of them by line, in the order found within a line. */
    List<Mistake> sorted() {
        List<Mistake> sorted = new ArrayList<>(list);
        sorted.sort(Comparator.comparingInt(Mistake::line));
        if (more > 0) sorted.add(new Mistake(file, 0, "", more + " more mistakes are not shown"));
        return sorted;
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    /** Control characters would disturb a terminal, long values a table. */
    private static String shown(String value) {
        String safe = value.replaceAll("\\p{Cntrl}", " ");
        return safe.length() <= SHOWN_CHARACTERS ? safe : safe.substring(0, SHOWN_CHARACTERS) + "...";
    }
}
