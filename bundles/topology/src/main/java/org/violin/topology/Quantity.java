// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the quantities of files. Every method throws IllegalArgumentException for a text that is not one, or out of range. */
final class Quantity {
    static final String DURATION_RULE = "a duration of at most 1000 s such as 5ms, 200us or 1s; a bare number is in milliseconds";
    static final String BYTES_RULE = "a size of at least 1M such as 64M, 512MiB or 1G (powers of 1024)";
    static final String SIZE_RULE = "a size such as 500k, 256M or 1G (powers of 1024)";
    static final String RATE_RULE = "a rate in bits per second such as 10M, 64k or 1Gbit";
    static final String PERCENT_RULE = "a percentage from 0 to 100";
    static final String CPU_RULE = "a number of cores above 0, at most 1024, such as 0.5";
    static final String COST_RULE = "a number above 0, at most 1000000";

    private static final Pattern NUMBER = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?) ?([A-Za-z%]*)");
    private static final Map<String, Double> MILLIS = Map.of("", 1.0, "ms", 1.0, "us", 1e-3, "s", 1e3);
    private static final Map<String, Double> BITS = Map.of("", 1.0, "k", 1e3, "m", 1e6, "g", 1e9, "t", 1e12);
    private static final double MAX_MILLIS = 1e6;
    private static final double MAX_BITS = 1e13;

    private Quantity() {}

    static double millis(String text) {
        Matcher m = match(text);
        return bounded(number(m) * unit(MILLIS, m.group(2)), 0, MAX_MILLIS);
    }

    static long bytes(String text) {
        return bytes(text, 1L << 20);
    }

    /** Bytes, also few or none. */
    static long size(String text) {
        return bytes(text, 0);
    }

    private static long bytes(String text, long least) {
        Matcher m = match(text);
        String unit = m.group(2).toLowerCase(Locale.ROOT);
        if (unit.endsWith("b")) unit = unit.substring(0, unit.length() - 1);
        if (unit.endsWith("i")) unit = unit.substring(0, unit.length() - 1);
        int power = unit.isEmpty() ? 0 : 1 + "kmgt".indexOf(unit);
        if (unit.length() > 1 || power == 0 && !unit.isEmpty()) throw new IllegalArgumentException(text);
        return (long) bounded(number(m) * Math.pow(1024, power), least, 1L << 50);
    }

    /** Bits per second. */
    static double rate(String text) {
        Matcher m = match(text);
        String unit = m.group(2).toLowerCase(Locale.ROOT).replaceFirst("(bit|bps|bit/s)$", "");
        return bounded(number(m) * unit(BITS, unit), 1, MAX_BITS);
    }

    static double percent(String text) {
        return bounded(number(match(text.endsWith("%") ? text.substring(0, text.length() - 1) : text), ""), 0, 100);
    }

    static double cpus(String text) {
        return bounded(number(match(text), ""), 1e-3, 1024);
    }

    /** Cores that something is thought to use; also 0. */
    static double load(String text) {
        return bounded(number(match(text), ""), 0, 1024);
    }

    static double weight(String text) {
        return bounded(number(match(text), ""), 0, 1e9);
    }

    static double cost(String text) {
        return bounded(number(match(text), ""), 1e-6, 1e6);
    }

    /** Degrees from -limit to limit. */
    static double degrees(String text, double limit) {
        if (!text.matches("[+-]?[0-9]{1,3}(\\.[0-9]{0,30})?")) throw new IllegalArgumentException(text);
        return bounded(Double.parseDouble(text), -limit, limit);
    }

    static int whole(String text, int low, int high) {
        if (!text.matches("[0-9]{1,9}")) throw new IllegalArgumentException(text);
        return (int) bounded(Integer.parseInt(text), low, high);
    }

    /** A number as short as it can be: 5, 0.25. */
    static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    private static Matcher match(String text) {
        Matcher m = NUMBER.matcher(text);
        if (!m.matches()) throw new IllegalArgumentException(text);
        return m;
    }

    private static double number(Matcher m) {
        return Double.parseDouble(m.group(1));
    }

    private static double number(Matcher m, String unit) {
        if (!m.group(2).equals(unit)) throw new IllegalArgumentException(m.group());
        return number(m);
    }

    private static double unit(Map<String, Double> units, String word) {
        Double factor = units.get(word);
        if (factor == null) throw new IllegalArgumentException(word);
        return factor;
    }

    private static double bounded(double value, double low, double high) {
        if (!(value >= low && value <= high)) throw new IllegalArgumentException(String.valueOf(value));
        return value;
    }
}
