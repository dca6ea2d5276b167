// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.util.Map;
import java.util.TreeMap;

/**
 * A text in Click's language, some values of which a running Click takes anew by handlers. Immutable.
 *
 * @param skeleton the text without those values: two graphs of one skeleton differ in nothing else
 * @param live by handler, in the order of the alphabet
 */
record Graph(String text, String skeleton, Map<String, String> live) {
    /** Collects one. */
    static final class Lines {
        private final StringBuilder text = new StringBuilder();
        private final StringBuilder skeleton = new StringBuilder();
        private final Map<String, String> live = new TreeMap<>();
        private int lines;

        /** One line, or several. A value that was told by {@link #live} stands there as {@code @{HANDLER}}. */
        void line(String line) {
            skeleton.append(line).append('\n');
            String filled = line;
            for (int at = filled.indexOf("@{"); at >= 0; at = filled.indexOf("@{", at + 1)) {
                int end = filled.indexOf('}', at);
                String value = end < 0 ? null : live.get(filled.substring(at + 2, end));
                if (value != null) filled = filled.substring(0, at) + value + filled.substring(end + 1);
            }
            text.append(filled).append('\n');
            lines += (int) line.chars().filter(c -> c == '\n').count() + 1;
        }

        /** As it is, whatever is in it. */
        void raw(String line) {
            skeleton.append(line).append('\n');
            text.append(line).append('\n');
            lines += (int) line.chars().filter(c -> c == '\n').count() + 1;
        }

        /** For one vNIC: {@code _%} is its label. */
        void put(String line, Layout.Nic nic) {
            line(line.replace("_%", "_" + nic.label()));
        }

        /** A value, one line, that a handler takes; returns what stands for it. */
        String live(String handler, String value) {
            live.put(handler, value);
            return "@{" + handler + "}";
        }

        /** Lines so far. */
        int count() {
            return lines;
        }

        Graph graph() {
            return new Graph(text.toString(), skeleton.toString(), new TreeMap<>(live));
        }
    }
}
