// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.Names;

/** The key {@code labels}: what the owner of this host says of it, for placement. */
final class Labels {
    static final int MAX = 64;
    private static final int MAX_SLOTS = 1_000_000;

    private Labels() {}

    /**
     * Labels of a text such as {@code site=berlin,up=100M}; none of an empty one or null. Throws IllegalArgumentException that names the file,
     * the key, the value and everything that is wrong with it.
     */
    static Map<String, String> parse(String text) {
        Map<String, String> labels = new TreeMap<>();
        if (text == null || text.isBlank()) return labels;
        List<String> wrong = new ArrayList<>();
        String[] words = text.split(",", -1);
        for (String word : words) {
            int equals = word.indexOf('=');
            String name = word.substring(0, Math.max(0, equals)).strip();
            String value = word.substring(equals + 1).strip();
            String mistake = equals < 0 ? "must be NAME=VALUE" : mistake(name, value);
            if (mistake.isEmpty() && labels.putIfAbsent(name, value) != null) mistake = "'" + name + "' is given twice";
            if (!mistake.isEmpty() && wrong.size() < MAX) wrong.add("'" + word.strip() + "': " + mistake);
        }
        if (words.length > MAX) wrong.add("a host has at most " + MAX + " labels, not " + words.length);
        if (!wrong.isEmpty()) throw new IllegalArgumentException(Settings.FILE + ": labels = '" + text + "': " + String.join("; ", wrong));
        return labels;
    }

    /** The rule that is broken, or an empty text. */
    private static String mistake(String name, String value) {
        if (Names.hostLabelMistake(name).isPresent()) return "the name must be " + Names.HOST_LABEL_RULE;
        if (name.equals("host")) return "the name must be another than host: that is the host itself";
        if (Names.hostLabelMistake(value).isPresent()) return "the value must be " + Names.HOST_LABEL_RULE;
        if ((name.equals("up") || name.equals("down")) && LinkSpec.rate(value).isEmpty()) {
            return "must be a rate above 0 in bits per second, such as 100M or 1G";
        }
        if (name.equals("slots") && !(value.matches("[0-9]{1,7}") && Integer.parseInt(value) <= MAX_SLOTS)) {
            return "must be a number of nodes from 0 to " + MAX_SLOTS;
        }
        return "";
    }
}
