// SPDX-License-Identifier: Apache-2.0
package org.violin.api.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers with units of {@link ConditionText}, to plain decimals. Every method throws IllegalArgumentException for what is none. */
final class ConditionNumber {
    static final String MILLIS_RULE = "a duration of at most 1000 s such as 5ms, 200us or 1s; a bare number is in milliseconds";
    static final String PERCENT_RULE = "a percentage from 0 to 100";
    static final String RATE_RULE = "a rate in bits per second such as 10M, 64k or 1Gbit, at most 10T";
    static final String BYTES_RULE = "a size of 1 byte to 1 GiB such as 1514, 64k or 1M (powers of 1024)";
    static final String QUEUE_RULE = "1 to 1000000 packets such as 100 or 100p, a size up to 1 GiB such as 64k or 1500b, or a time up to 1000 s such as 50ms";

    private static final Pattern NUMBER = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?) ?([A-Za-z%/]*)");
    private static final Map<String, Integer> MILLIS_POWER = Map.ofEntries(Map.entry("", 0), Map.entry("ms", 0), Map.entry("msec", 0),
            Map.entry("msecs", 0), Map.entry("us", -3), Map.entry("usec", -3), Map.entry("usecs", -3), Map.entry("ns", -6), Map.entry("s", 3),
            Map.entry("sec", 3), Map.entry("secs", 3));
    private static final Set<String> PACKETS = Set.of("", "p", "pkt", "pkts", "packets");
    private static final BigDecimal MAX_MILLIS = BigDecimal.valueOf(1_000_000);
    private static final BigDecimal MAX_RATE = BigDecimal.valueOf(10_000_000_000_000L);
    private static final BigDecimal MAX_BYTES = BigDecimal.valueOf(1L << 30);
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    /** Of a millisecond: nanoseconds. */
    private static final int MILLIS_DIGITS = 6;

    private ConditionNumber() {}

    static String millis(String text) {
        Matcher m = match(text);
        Integer power = MILLIS_POWER.get(m.group(2));
        if (power == null) throw new IllegalArgumentException(text);
        return plain(bounded(number(m).scaleByPowerOfTen(power), BigDecimal.ZERO, MAX_MILLIS).setScale(MILLIS_DIGITS, RoundingMode.HALF_UP));
    }

    static String percent(String text) {
        Matcher m = match(text);
        if (!m.group(2).isEmpty() && !m.group(2).equals("%")) throw new IllegalArgumentException(text);
        return plain(bounded(number(m), BigDecimal.ZERO, HUNDRED));
    }

    /** What is left of a hundred per cent. */
    static String rest(String percent) {
        return plain(HUNDRED.subtract(new BigDecimal(percent)));
    }

    /** Whole bits per second. */
    static String rate(String text) {
        Matcher m = match(text);
        String unit = m.group(2).toLowerCase(Locale.ROOT).replaceFirst("(bit|bps|bit/s)$", "");
        if (unit.length() > 1) throw new IllegalArgumentException(text);
        int power = unit.isEmpty() ? 0 : 1 + "kmgt".indexOf(unit);
        if (power == 0 && !unit.isEmpty()) throw new IllegalArgumentException(text);
        return plain(bounded(number(m).scaleByPowerOfTen(3 * power).setScale(0, RoundingMode.HALF_UP), BigDecimal.ONE, MAX_RATE));
    }

    static String bytes(String text) {
        Matcher m = match(text);
        String unit = m.group(2).toLowerCase(Locale.ROOT).replaceFirst("i?b$", "");
        if (unit.length() > 1 || m.group(2).equalsIgnoreCase("ib")) throw new IllegalArgumentException(text);
        int power = unit.isEmpty() ? 0 : 1 + "kmg".indexOf(unit);
        if (power == 0 && !unit.isEmpty()) throw new IllegalArgumentException(text);
        BigDecimal bytes = number(m).multiply(BigDecimal.valueOf(1L << 10 * power)).setScale(0, RoundingMode.HALF_UP);
        return plain(bounded(bytes, BigDecimal.ONE, MAX_BYTES));
    }

    static String queue(String text) {
        Matcher m = match(text);
        if (PACKETS.contains(m.group(2))) return whole(m.group(1), 1, 1_000_000) + "p";
        if (!MILLIS_POWER.containsKey(m.group(2))) return bytes(text) + "b";
        String millis = millis(text);
        if (millis.equals("0")) throw new IllegalArgumentException(text);
        return millis + "ms";
    }

    /** Bounds of tc-cake(8). */
    static String overhead(String text) {
        boolean below = text.startsWith("-");
        int bytes = whole(text.substring(below || text.startsWith("+") ? 1 : 0), 0, below ? 64 : 256);
        return String.valueOf(below ? -bytes : bytes);
    }

    static int whole(String text, int low, int high) {
        if (!text.matches("[0-9]{1,10}")) throw new IllegalArgumentException(text);
        long number = Long.parseLong(text);
        if (number < low || number > high) throw new IllegalArgumentException(text);
        return (int) number;
    }

    private static String plain(BigDecimal value) {
        return value.stripTrailingZeros().toPlainString();
    }

    private static Matcher match(String text) {
        Matcher m = NUMBER.matcher(text);
        if (!m.matches()) throw new IllegalArgumentException(text);
        return m;
    }

    private static BigDecimal number(Matcher m) {
        return new BigDecimal(m.group(1));
    }

    private static BigDecimal bounded(BigDecimal value, BigDecimal low, BigDecimal high) {
        if (value.compareTo(low) < 0 || value.compareTo(high) > 0) throw new IllegalArgumentException(value.toPlainString());
        return value;
    }
}
