// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * One mapping of a file, read by key. Making it reports every key that is not known; each getter reports a value of the wrong type.
 * A key with nothing behind it counts as not given.
 */
final class Fields {
    private final Map<String, Tree.Entry> entries = new LinkedHashMap<>();
    private final int line;
    private final Mistakes mistakes;

    private Fields(Tree.Mapping mapping, String scope, Set<String> known, Mistakes mistakes) {
        this.line = mapping.line();
        this.mistakes = mistakes;
        for (Tree.Entry entry : mapping.entries()) {
            if (known.contains(entry.key())) {
                if (!(entry.value() instanceof Tree.Scalar scalar && scalar.isNothing())) entries.put(entry.key(), entry);
            } else {
                String hint = Nearest.hint(entry.key(), known);
                mistakes.add(entry.line(), entry.key(), "unknown key of " + scope
                        + (hint.isEmpty() ? "; known are " + String.join(", ", new TreeSet<>(known)) : hint));
            }
        }
    }

    /** The fields of a mapping; nothing counts as an empty mapping; anything else is a mistake and reads as empty. */
    static Fields of(Tree tree, String scope, Set<String> known, Mistakes mistakes) {
        return new Fields(mapping(tree, scope, mistakes), scope, known, mistakes);
    }

    /** The tree as a mapping; an empty one, with a mistake unless it is nothing, when it is something else. */
    static Tree.Mapping mapping(Tree tree, String scope, Mistakes mistakes) {
        if (tree instanceof Tree.Mapping mapping) return mapping;
        if (!(tree instanceof Tree.Scalar scalar && scalar.isNothing())) {
            mistakes.add(tree.line(), text(tree), scope + " must be a mapping (key: value), not " + tree.word());
        }
        return new Tree.Mapping(tree.line(), List.of(), 1);
    }

    /** The tree's text when it is a single value, else nothing; for messages. */
    static String text(Tree tree) {
        return tree instanceof Tree.Scalar scalar ? scalar.value() : "";
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    /** Line of that key, or of the mapping when the key is not there. */
    int line(String key) {
        return entries.containsKey(key) ? entries.get(key).line() : line;
    }

    int line() {
        return line;
    }

    Set<String> keys() {
        return entries.keySet();
    }

    Optional<Tree> tree(String key) {
        return Optional.ofNullable(entries.get(key)).map(Tree.Entry::value);
    }

    /** The value as text, quoted or not. */
    Optional<String> text(String key, String rule) {
        return parsed(key, rule, Function.identity());
    }

    /** The value read by a parser that throws IllegalArgumentException for a bad one; then the rule is reported. */
    <T> Optional<T> parsed(String key, String rule, Function<String, T> parser) {
        Tree tree = tree(key).orElse(null);
        if (tree == null) return Optional.empty();
        return parsed(tree, key, rule, parser, mistakes);
    }

    /** As {@link #parsed(String, String, Function)}, for a value that has no key of its own. */
    static <T> Optional<T> parsed(Tree tree, String what, String rule, Function<String, T> parser, Mistakes mistakes) {
        if (tree instanceof Tree.Scalar scalar && !scalar.isNothing()) {
            try {
                return Optional.of(parser.apply(scalar.value()));
            } catch (IllegalArgumentException e) {
                mistakes.add(tree.line(), scalar.value(), what + " must be " + rule);
            }
        } else {
            mistakes.add(tree.line(), "", what + " must be " + rule + ", not " + tree.word());
        }
        return Optional.empty();
    }

    /** The items of a list; a single value counts as a list of one. */
    List<Tree> items(String key) {
        Tree tree = tree(key).orElse(null);
        if (tree == null) return List.of();
        return tree instanceof Tree.Sequence sequence ? sequence.items() : List.of(tree);
    }

    /** The entries of a mapping below that key, names and values free. */
    List<Tree.Entry> entries(String key) {
        return tree(key).map(tree -> mapping(tree, "'" + key + "'", mistakes).entries()).orElse(List.of());
    }
}
