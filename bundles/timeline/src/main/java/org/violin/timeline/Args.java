// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The arguments of one step or probe, read once more: what topology has checked may have been stored by another release. */
final class Args {
    private static final int DIGITS = 6;

    /** Takes a mistake: line of the file, value, rule. */
    interface Mistakes {
        void add(int line, String value, String rule);
    }

    private final int line;
    private final Map<String, String> words;
    private final Mistakes mistakes;

    Args(int line, Map<String, String> words, Mistakes mistakes) {
        this.line = line;
        this.words = words;
        this.mistakes = mistakes;
    }

    /** A mistake when it is not there. */
    String text(String key) {
        String text = words.getOrDefault(key, "");
        if (text.isEmpty()) mistakes.add(line, key, "is missing");
        return text;
    }

    /** Joined by commas; a mistake when it is empty. */
    List<String> list(String key) {
        return Arrays.stream(text(key).split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
    }

    double number(String key) {
        return number(key, text(key));
    }

    double number(String key, double otherwise) {
        return words.containsKey(key) ? number(key, words.get(key)) : otherwise;
    }

    double number(String key, String text) {
        try {
            double value = Double.parseDouble(text);
            if (Double.isFinite(value)) return value;
        } catch (NumberFormatException e) {
            if (text.isEmpty()) return 0;
        }
        mistakes.add(line, text, key + ": a number");
        return 0;
    }

    /** Milliseconds; {@code otherwise} below 0: a mistake when it is not there. Never below {@code least}, so that callers can divide. */
    long millis(String key, long least, long otherwise) {
        if (!words.containsKey(key) && otherwise >= 0) return otherwise;
        double value = number(key);
        if (value >= least && value <= Composer.MOST_MILLIS) return Math.round(value);
        mistakes.add(line, words.getOrDefault(key, ""), key + ": " + least + " ms to a day");
        return Math.max(1, least);
    }

    /** A plain decimal, as conditions want it. */
    static String plain(double value) {
        BigDecimal plain = BigDecimal.valueOf(value).setScale(DIGITS, RoundingMode.HALF_EVEN).stripTrailingZeros();
        return plain.signum() == 0 ? "0" : plain.toPlainString();
    }

    /** Of a name, or what stands for it when it has none; only what every file system takes. */
    static String fileName(String name, String otherwise) {
        String plain = name.replaceAll("[^A-Za-z0-9_.-]", "_");
        return plain.isEmpty() || plain.startsWith(".") ? otherwise : plain.substring(0, Math.min(plain.length(), 80));
    }
}
