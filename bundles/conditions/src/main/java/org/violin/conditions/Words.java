// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.violin.api.model.Conditions;

/**
 * Reads the words of {@link Conditions}, and says everything that is wrong at once. {@code state} is left to the engine. A word that has
 * no effect alone, such as {@code burst} without {@code rate}, is no mistake: defaults may say it.
 */
final class Words {
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}(\\.\\d{1,18})?");
    private static final int MOST_SAMPLES = 65_536;
    private static final double MOST_MILLIS = 60_000;
    private static final double LEAST_RATE = 100;
    private static final double MOST_RATE = 1e12;
    private static final int MOST_OVERHEAD = 10_000;
    private static final double MOST_BYTES = 1e9;
    private static final double MOST_PACKETS = 1e6;
    /** The queue without {@code queue}: so much of the rate, but not less than this. */
    private static final long QUEUE_NANOS = 100_000_000;
    private static final long LEAST_QUEUE_BYTES = 32_768;
    private static final long BURST_NANOS = 1_000_000;

    private final Map<String, String> settings;
    private final List<String> wrong = new ArrayList<>();

    private Words(Map<String, String> settings) {
        this.settings = settings;
    }

    /** Throws IllegalArgumentException naming each wrong setting, its value and its rule. */
    static Settings read(Map<String, String> settings) {
        Words words = new Words(settings);
        Settings read = words.settings();
        if (!words.wrong.isEmpty()) throw new IllegalArgumentException(String.join("; ", words.wrong));
        return read;
    }

    private Settings settings() {
        for (String word : new TreeMap<>(settings).keySet()) {
            boolean known = Conditions.WORDS.contains(word) || word.equals(Conditions.SEED) || word.equals(Conditions.STATE);
            if (!known) complain(word, "is not one of " + String.join(" ", new java.util.TreeSet<>(Conditions.WORDS)));
        }
        return new Settings(seed(), millis("delay"), jitter(), loss(), share("corrupt"), share("duplicate"), share("reorder"), rate());
    }

    private long seed() {
        String text = settings.getOrDefault(Conditions.SEED, "0").trim();
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            complain(Conditions.SEED, "must be a whole number of 64 bits");
            return 0;
        }
    }

    private Jitter jitter() {
        long nanos = millis("jitter");
        boolean keeps = choice("order", "free", "keep", "free") == 0;
        Jitter.Kind kind = switch (choice("distribution", "uniform", "uniform", "normal", "pareto", "samples")) {
            case 1 -> Jitter.Kind.NORMAL;
            case 2 -> Jitter.Kind.PARETO;
            case 3 -> Jitter.Kind.SAMPLES;
            default -> Jitter.Kind.UNIFORM;
        };
        long[] samples = samples();
        if (kind == Jitter.Kind.SAMPLES) {
            if (!settings.containsKey("samples")) complain("distribution", "needs samples: milliseconds joined by commas");
        } else if (nanos == 0) {
            return Jitter.NONE;
        }
        return new Jitter(kind, nanos, samples, keeps);
    }

    private long[] samples() {
        String text = settings.get("samples");
        if (text == null) return new long[0];
        String[] parts = text.split(",", MOST_SAMPLES + 1);
        long[] samples = new long[parts.length];
        for (int i = 0; i < parts.length; i++) {
            double value = number(parts[i], 0, MOST_MILLIS);
            if (Double.isNaN(value) || parts.length > MOST_SAMPLES) {
                complain("samples", "must be at most " + MOST_SAMPLES + " numbers of milliseconds, 0 to 60000, joined by commas; see number " + (i + 1));
                break;
            }
            samples[i] = Math.round(value * 1e6);
        }
        return samples;
    }

    private Loss loss() {
        String text = settings.get("loss");
        if (text == null) return Loss.NONE;
        String[] part = text.trim().split("\\s+");
        if (part.length == 1) {
            double percent = number(part[0], 0, 100);
            if (!Double.isNaN(percent)) return Loss.random(percent / 100);
        } else if (part.length == 5 && part[0].equals("ge")) {
            double[] percent = numbers(part, 100);
            if (percent != null) return Loss.gilbertElliott(percent[0] / 100, percent[1] / 100, percent[2] / 100, percent[3] / 100);
        } else if (part.length == 2 && part[0].equals("every")) {
            double n = whole(part[1], 1, 1e9);
            if (!Double.isNaN(n)) return Loss.every((long) n);
        }
        complain("loss", "must be per cent, 0 to 100, or ge P R BAD GOOD, per cent each, or every N, 1 to 1000000000");
        return Loss.NONE;
    }

    private Rate rate() {
        double rate = number("rate", LEAST_RATE, MOST_RATE, "bits per second, 100 to 1000000000000");
        double overhead = wholeOf("overhead", -MOST_OVERHEAD, MOST_OVERHEAD, "bytes, -10000 to 10000", 0);
        double burst = wholeOf("burst", 1, MOST_BYTES, "bytes, 1 to 1000000000", 0);
        boolean marks = choice("ecn", "false", "true", "false") == 0;
        long bits = Math.round(rate);
        long[] queue = queue(bits);
        double[] numbers = new double[3];
        Rate.Discipline discipline = discipline(numbers);
        if (bits == 0) return Rate.NONE;
        long burstNanos = burst > 0 ? Rate.nanos((long) burst, bits) : Math.max(BURST_NANOS, Rate.nanos(Rate.FRAME_BYTES, bits));
        boolean red = discipline == Rate.Discipline.RED;
        return new Rate(bits, (int) overhead, burstNanos, queue[0], Rate.Unit.values()[(int) queue[1]], discipline,
                red ? (long) numbers[0] : 0, red ? (long) numbers[1] : 0, red ? numbers[2] / 100 : 0,
                red ? 0 : Math.round(numbers[0] * 1e6), red ? 0 : Math.round(numbers[1] * 1e6), marks);
    }

    /** Limit and unit. */
    private long[] queue(long bits) {
        String text = settings.get("queue");
        if (text == null) {
            long bytes = Math.max(LEAST_QUEUE_BYTES, Math.round(bits / 8e9 * QUEUE_NANOS));
            return new long[] {bytes, Rate.Unit.BYTES.ordinal()};
        }
        String value = text.trim();
        double limit = Double.NaN;
        Rate.Unit unit = Rate.Unit.PACKETS;
        if (value.endsWith("ms")) {
            limit = number(value.substring(0, value.length() - 2), 0, MOST_MILLIS) * 1e6;
            unit = Rate.Unit.NANOS;
        } else if (value.endsWith("p")) {
            limit = whole(value.substring(0, value.length() - 1), 1, MOST_PACKETS);
        } else if (value.endsWith("b")) {
            limit = whole(value.substring(0, value.length() - 1), 1, MOST_BYTES);
            unit = Rate.Unit.BYTES;
        }
        if (Double.isNaN(limit)) complain("queue", "must be packets (1p to 1000000p), bytes (1b to 1000000000b) or time (0ms to 60000ms)");
        return new long[] {Math.round(limit), unit.ordinal()};
    }

    private Rate.Discipline discipline(double[] numbers) {
        String text = settings.getOrDefault("discipline", "tail").trim();
        String[] part = text.split("\\s+");
        if (text.equals("tail")) return Rate.Discipline.TAIL;
        if (part[0].equals("red") && part.length == 4) {
            double min = whole(part[1], 1, MOST_BYTES);
            double max = whole(part[2], 1, MOST_BYTES);
            double percent = number(part[3], 0, 100);
            if (max > min && percent > 0) {
                System.arraycopy(new double[] {min, max, percent}, 0, numbers, 0, 3);
                return Rate.Discipline.RED;
            }
        } else if (part[0].equals("codel") && part.length == 3) {
            double target = number(part[1], 0, MOST_MILLIS);
            double interval = number(part[2], 0, MOST_MILLIS);
            if (target > 0 && interval > target) {
                System.arraycopy(new double[] {target, interval}, 0, numbers, 0, 2);
                return Rate.Discipline.CODEL;
            }
        }
        complain("discipline", "must be tail, red MIN MAX PERCENT (bytes, MIN below MAX) or codel TARGET INTERVAL (ms, TARGET below INTERVAL)");
        return Rate.Discipline.TAIL;
    }

    private long millis(String word) {
        return Math.round(number(word, 0, MOST_MILLIS, "milliseconds, 0 to 60000") * 1e6);
    }

    private double share(String word) {
        return number(word, 0, 100, "per cent, 0 to 100") / 100;
    }

    private int choice(String word, String otherwise, String... choices) {
        int at = List.of(choices).indexOf(settings.getOrDefault(word, otherwise).trim());
        if (at < 0) complain(word, "must be one of " + String.join(" ", choices));
        return at;
    }

    /** 0 when it is not said, or wrong. */
    private double number(String word, double min, double max, String rule) {
        String text = settings.get(word);
        double value = text == null ? 0 : number(text, min, max);
        if (!Double.isNaN(value)) return value;
        complain(word, "must be " + rule);
        return 0;
    }

    private double wholeOf(String word, double min, double max, String rule, double otherwise) {
        String text = settings.get(word);
        double value = text == null ? otherwise : whole(text, min, max);
        if (!Double.isNaN(value)) return value;
        complain(word, "must be a whole number of " + rule);
        return otherwise;
    }

    /** The numbers behind the first word, or null. */
    private static double[] numbers(String[] part, double max) {
        double[] numbers = new double[part.length - 1];
        for (int i = 1; i < part.length; i++) {
            numbers[i - 1] = number(part[i], 0, max);
            if (Double.isNaN(numbers[i - 1])) return null;
        }
        return numbers;
    }

    /** NaN when it is none. */
    private static double number(String text, double min, double max) {
        String plain = text.trim();
        if (!NUMBER.matcher(plain).matches()) return Double.NaN;
        double value = new BigDecimal(plain).doubleValue();
        return value >= min && value <= max ? value : Double.NaN;
    }

    private static double whole(String text, double min, double max) {
        double value = number(text, min, max);
        return value == Math.rint(value) ? value : Double.NaN;
    }

    private void complain(String word, String rule) {
        String value = settings.getOrDefault(word, "");
        wrong.add(word + " '" + (value.length() > 60 ? value.substring(0, 60) + "..." : value) + "': " + rule);
    }
}
