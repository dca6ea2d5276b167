// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.List;

/** A YAML or JSON document with its lines. Aliases share their target, so it is a graph without cycles of bounded size. */
sealed interface Tree {
    /** From 1. */
    int line();

    /** How many nodes a walk over this meets. */
    long weight();

    /** What to call it in a message. */
    String word();

    /**
     * @param plain written without quotes; only then an empty text, {@code ~} or {@code null} means nothing
     * @param literal written after {@code |}: its lines are the file's, from the next one on
     */
    record Scalar(int line, String value, boolean plain, boolean literal) implements Tree {
        boolean isNothing() {
            return plain && (value.isEmpty() || value.equals("~") || value.equals("null"));
        }

        @Override
        public long weight() {
            return 1;
        }

        @Override
        public String word() {
            return isNothing() ? "nothing" : "a single value";
        }
    }

    /** A list. */
    record Sequence(int line, List<Tree> items, long weight) implements Tree {
        @Override
        public String word() {
            return "a list";
        }
    }

    /** Keys with values, in the order of the file, each key once. */
    record Mapping(int line, List<Entry> entries, long weight) implements Tree {
        @Override
        public String word() {
            return "a mapping";
        }

        /** The value of that key, or null. Linear, for the few look-ups before reading. */
        Tree get(String key) {
            for (Entry e : entries) if (e.key().equals(key)) return e.value();
            return null;
        }
    }

    /** One key of a mapping; {@code line} is the key's. */
    record Entry(int line, String key, Tree value) {}
}
