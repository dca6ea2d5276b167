// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.Map;
import java.util.stream.Collectors;
import org.violin.api.model.ConditionText;

/** Reads where a trace has its values from: a list in the violin file, or a file that {@code violin:run} reads. */
final class TraceKeys {
    private static final int MAX_PATH = 4096;
    private static final int MAX_INDEX = 1_000_000;
    private static final double MAX_SCALE = 1e9;
    private final Mistakes mistakes;

    TraceKeys(Mistakes mistakes) {
        this.mistakes = mistakes;
    }

    void read(Fields step, String word, Map<String, String> into) {
        Tree tree = step.tree(word).orElseThrow();
        into.put("scale", "1");
        if (tree instanceof Tree.Sequence list) values(list, word, into);
        else if (tree instanceof Tree.Mapping) file(Fields.of(tree, "the trace of '" + word + "'", Keys.TRACE_FILE, mistakes), into);
        else mistakes.add(tree.line(), Fields.text(tree), "a trace of '" + word + "' must be a list of values, or {file, row, column, scale}");
    }

    private void values(Tree.Sequence list, String word, Map<String, String> into) {
        if (list.items().isEmpty() || list.items().size() > StepKeys.MAX_CHANGES) {
            mistakes.add(list.line(), String.valueOf(list.items().size()), "a trace has 1 to " + StepKeys.MAX_CHANGES + " values");
            return;
        }
        into.put("values", list.items().stream().map(item -> Fields.parsed(item, "a value", "one number: " + ConditionText.rule(word), text -> number(word, text), mistakes).orElse("0"))
                .collect(Collectors.joining(",")));
    }

    private void file(Fields file, Map<String, String> into) {
        if (!file.has("file")) mistakes.add(file.line(), "", "a trace needs 'file:'");
        file.parsed("file", "a file's name of at most " + MAX_PATH + " characters", text -> {
            if (text.isBlank() || text.length() > MAX_PATH || text.chars().anyMatch(Character::isISOControl)) throw new IllegalArgumentException(text);
            return text;
        }).ifPresent(text -> into.put("file", text));
        for (String key : new String[] {"row", "column"}) {
            file.parsed(key, "a number from 1 to " + MAX_INDEX, text -> Quantity.whole(text, 1, MAX_INDEX)).ifPresent(n -> into.put(key, String.valueOf(n)));
        }
        if (file.has("row") != file.has("column")) mistakes.add(file.line(), "", "a trace has both 'row' and 'column', or neither");
        file.parsed("scale", "a number above 0, at most 1000000000", text -> {
            if (!text.matches("[0-9]{1,10}(\\.[0-9]{1,12})?")) throw new IllegalArgumentException(text);
            double scale = Double.parseDouble(text);
            if (!(scale > 0 && scale <= MAX_SCALE)) throw new IllegalArgumentException(text);
            return Quantity.plain(scale);
        }).ifPresent(scale -> into.put("scale", scale));
    }

    /** One value that is a number. Throws IllegalArgumentException for others, such as a model of loss. */
    static String number(String word, String text) {
        String value = ConditionText.value(word, text.strip());
        if (!value.matches("[0-9.]+")) throw new IllegalArgumentException(text);
        return value;
    }
}
