// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.violin.api.control.SpecReader.TextPlace;
import org.violin.api.model.Mistake;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.ViolinSpec;

/** Gives what a tool says of a line of its text the line of the violin file. Pure. */
final class FileLines {
    private static final String TEXT = "startup-config";
    private static final String ATTRIBUTE = "routing." + TEXT;

    private FileLines() {}

    /** @param texts where texts stand in the file; those that are not there keep their own lines */
    static List<Mistake> told(String file, ViolinSpec spec, Map<String, TextPlace> texts, List<Mistake> mistakes) {
        Map<String, TextPlace> places = new HashMap<>();
        for (NodeSpec node : spec.nodes()) {
            String text = node.attributes().getOrDefault(ATTRIBUTE, spec.attributes().get(ATTRIBUTE));
            if (text != null && texts.containsKey(text)) places.put(spec.name() + "/" + node.name() + " " + TEXT, texts.get(text));
        }
        List<Mistake> told = new ArrayList<>();
        for (Mistake m : mistakes) {
            TextPlace at = m.line() > 0 ? places.get(m.file()) : null;
            told.add(at == null ? m : new Mistake(file, at.of(m.line()), m.value(), m.rule() + " (" + m.file() + ":" + m.line() + ")"));
        }
        return told;
    }
}
