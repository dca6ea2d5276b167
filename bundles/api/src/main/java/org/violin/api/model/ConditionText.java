// SPDX-License-Identifier: Apache-2.0
package org.violin.api.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * What people write for the words of {@link Conditions}, in the ways of netlab and tc, made into their texts: {@code 200us} is {@code 0.2},
 * {@code 10M} is {@code 10000000}. Called by topology for files and timelines, by the shell for {@code violin:link ... set}. Pure.
 *
 * <p>Any word of {@link Conditions#WORDS} may be {@value #NONE}: laid over others, it takes the word away.
 */
public final class ConditionText {
    /** Takes a word away; see {@link #lay}. */
    public static final String NONE = "none";
    /** What may be set: {@link Conditions#WORDS} and {@link Conditions#STATE}, by the alphabet. */
    public static final Set<String> WORDS = words();
    /** Samples of one link's jitter. */
    public static final int MAX_SAMPLES = 10_000;

    private static final Set<String> DISTRIBUTIONS = Set.of("uniform", "normal", "pareto", "samples");
    private static final Map<String, Form> FORMS = Map.ofEntries(
            Map.entry("delay", new Form(ConditionNumber.MILLIS_RULE, ConditionNumber::millis)),
            Map.entry("jitter", new Form(ConditionNumber.MILLIS_RULE, ConditionNumber::millis)),
            Map.entry("distribution", new Form("uniform, normal, pareto or samples", t -> oneOf(t, DISTRIBUTIONS))),
            Map.entry("samples", new Form("1 to " + MAX_SAMPLES + " durations such as 1ms,2ms,5ms; bare numbers are in milliseconds", ConditionText::samples)),
            Map.entry("order", new Form("keep or free", t -> oneOf(t, Set.of("keep", "free")))),
            Map.entry("loss", new Form("a percentage from 0 to 100, 'ge P R BAD GOOD' (percentages, P is needed), or 'every N'", ConditionText::loss)),
            Map.entry("corrupt", new Form(ConditionNumber.PERCENT_RULE, ConditionNumber::percent)),
            Map.entry("duplicate", new Form(ConditionNumber.PERCENT_RULE, ConditionNumber::percent)),
            Map.entry("reorder", new Form(ConditionNumber.PERCENT_RULE, ConditionNumber::percent)),
            Map.entry("rate", new Form(ConditionNumber.RATE_RULE, ConditionNumber::rate)),
            Map.entry("overhead", new Form("bytes for each packet from -64 to 256", ConditionNumber::overhead)),
            Map.entry("burst", new Form(ConditionNumber.BYTES_RULE, ConditionNumber::bytes)),
            Map.entry("queue", new Form(ConditionNumber.QUEUE_RULE, ConditionNumber::queue)),
            Map.entry("discipline", new Form("tail, 'red MIN MAX PERCENT' (sizes, MIN below MAX; MAX is needed), or 'codel TARGET INTERVAL' (TARGET at most INTERVAL)",
                    ConditionText::discipline)),
            Map.entry("ecn", new Form("true or false", t -> oneOf(t, Set.of("true", "false")))),
            Map.entry(Conditions.STATE, new Form("up, down or cut", t -> oneOf(t, Set.of("up", "down", "cut")))));

    /** How a word is written; the parser throws IllegalArgumentException for anything else. */
    private record Form(String rule, UnaryOperator<String> parser) {}

    /** A word that cannot be as the others are, and why. */
    public record Clash(String word, String rule) {
        @Override
        public String toString() {
            return word + ": " + rule;
        }
    }

    private ConditionText() {}

    private static Set<String> words() {
        Set<String> words = new TreeSet<>(Conditions.WORDS);
        words.add(Conditions.STATE);
        return Collections.unmodifiableSet(words);
    }

    /**
     * The canonical texts of words as written. Values only: whether they go together, and with what holds already, says {@link #clashes}.
     *
     * @throws IllegalArgumentException with every unknown word and bad value
     */
    public static Map<String, String> parse(Map<String, String> written) {
        Map<String, String> settings = new TreeMap<>();
        List<String> mistakes = new ArrayList<>();
        new TreeMap<>(written).forEach((word, text) -> {
            if (!WORDS.contains(word)) {
                mistakes.add("'" + word + "': no condition of a link; known are " + String.join(", ", WORDS));
                return;
            }
            try {
                settings.put(word, value(word, text));
            } catch (IllegalArgumentException e) {
                mistakes.add("'" + text + "': " + e.getMessage());
            }
        });
        if (!mistakes.isEmpty()) throw new IllegalArgumentException(String.join("; ", mistakes));
        return settings;
    }

    /** The canonical text of one word of {@link #WORDS}. Throws IllegalArgumentException with the rule that is broken. */
    public static String value(String word, String text) {
        Form form = FORMS.get(word);
        if (form == null) throw new IllegalArgumentException(word + " is no condition of a link");
        String stripped = text.strip();
        if (stripped.equals(NONE) && !word.equals(Conditions.STATE)) return NONE;
        try {
            return form.parser().apply(stripped);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(rule(word), e);
        }
    }

    /** How that word is written, as a sentence for messages. */
    public static String rule(String word) {
        return word + " must be " + FORMS.get(word).rule();
    }

    /** Canonical settings over others: each replaces, or, with {@value #NONE}, takes away the one of the same word. */
    public static Map<String, String> lay(Map<String, String> base, Map<String, String> over) {
        Map<String, String> all = new TreeMap<>(base);
        all.putAll(over);
        all.values().removeIf(NONE::equals);
        return all;
    }

    /** What cannot go together in the complete canonical settings of one direction. */
    public static List<Clash> clashes(Map<String, String> settings) {
        List<Clash> clashes = new ArrayList<>();
        for (String word : List.of("overhead", "burst", "queue", "discipline")) {
            if (settings.containsKey(word) && !settings.containsKey("rate")) clashes.add(new Clash(word, "needs 'rate'"));
        }
        String distribution = settings.get("distribution");
        boolean sampled = "samples".equals(distribution);
        if (sampled && !settings.containsKey("samples")) clashes.add(new Clash("distribution", "needs 'samples'"));
        if (sampled && settings.containsKey("jitter")) clashes.add(new Clash("jitter", "has no meaning with 'distribution: samples'"));
        if (!sampled && settings.containsKey("samples")) clashes.add(new Clash("samples", "needs 'distribution: samples'"));
        if (!sampled && distribution != null && !settings.containsKey("jitter")) clashes.add(new Clash("distribution", "needs 'jitter'"));
        if (settings.containsKey("order") && !sampled && !settings.containsKey("jitter")) clashes.add(new Clash("order", "needs 'jitter'"));
        String discipline = settings.getOrDefault("discipline", "tail");
        if ("true".equals(settings.get("ecn")) && discipline.equals("tail")) clashes.add(new Clash("ecn", "needs 'discipline: red' or 'codel'"));
        String queue = settings.getOrDefault("queue", "");
        if (discipline.startsWith("red ") && queue.endsWith("b")
                && Long.parseLong(queue.substring(0, queue.length() - 1)) < Long.parseLong(discipline.split(" ")[2])) {
            clashes.add(new Clash("discipline", "MAX of red must be at most the queue, " + queue.substring(0, queue.length() - 1) + " bytes"));
        }
        return clashes;
    }

    /** A sentence on settings that are possible and probably not what was meant: jitter that would need to look into the future. */
    public static Optional<String> note(Map<String, String> settings) {
        if (!settings.containsKey("jitter") || "pareto".equals(settings.get("distribution"))) return Optional.empty();
        double jitter = Double.parseDouble(settings.get("jitter"));
        double delay = Double.parseDouble(settings.getOrDefault("delay", "0"));
        if (jitter <= delay) return Optional.empty();
        return Optional.of("jitter of " + settings.get("jitter") + " ms is more than the delay of " + settings.getOrDefault("delay", "0")
                + " ms: what would be less than no delay is none");
    }

    private static String oneOf(String text, Set<String> words) {
        if (!words.contains(text)) throw new IllegalArgumentException(text);
        return text;
    }

    private static String samples(String text) {
        String[] values = text.split(",", -1);
        if (values.length > MAX_SAMPLES) throw new IllegalArgumentException(text);
        return String.join(",", Arrays.stream(values).map(value -> ConditionNumber.millis(value.strip())).toList());
    }

    /** Defaults as tc-netem(8) has them for gemodel: lost always while bad, never while good; out of the bad state unless into it. */
    private static String loss(String text) {
        List<String> parts = List.of(text.split("\\s+"));
        List<String> rest = parts.subList(1, parts.size());
        switch (parts.get(0)) {
            case "random":
                if (rest.size() != 1) throw new IllegalArgumentException(text);
                return ConditionNumber.percent(rest.get(0));
            case "every":
                if (rest.size() != 1) throw new IllegalArgumentException(text);
                return "every " + ConditionNumber.whole(rest.get(0), 1, 1_000_000_000);
            case "ge", "gemodel":
                Map<String, String> named = named(rest, List.of("p", "r", "bad", "good"));
                if (!named.containsKey("p")) throw new IllegalArgumentException(text);
                String p = ConditionNumber.percent(named.get("p"));
                String r = named.containsKey("r") ? ConditionNumber.percent(named.get("r")) : ConditionNumber.rest(p);
                return "ge " + p + " " + r + " " + ConditionNumber.percent(named.getOrDefault("bad", "100")) + " "
                        + ConditionNumber.percent(named.getOrDefault("good", "0"));
            default:
                return ConditionNumber.percent(text);
        }
    }

    /** Defaults: of codel those of RFC 8289; of red tc-red(8): MIN is a third of MAX, 2 per cent. */
    private static String discipline(String text) {
        List<String> parts = List.of(text.split("\\s+"));
        List<String> rest = parts.subList(1, parts.size());
        switch (parts.get(0)) {
            case "tail":
                if (!rest.isEmpty()) throw new IllegalArgumentException(text);
                return "tail";
            case "codel":
                Map<String, String> times = named(rest, List.of("target", "interval"));
                String target = ConditionNumber.millis(times.getOrDefault("target", "5"));
                String interval = ConditionNumber.millis(times.getOrDefault("interval", "100"));
                if (Double.parseDouble(target) > Double.parseDouble(interval) || target.equals("0")) throw new IllegalArgumentException(text);
                return "codel " + target + " " + interval;
            case "red":
                Map<String, String> sizes = named(rest, rest.size() == 1 ? List.of("max") : List.of("min", "max", "probability"));
                if (!sizes.containsKey("max")) throw new IllegalArgumentException(text);
                long max = Long.parseLong(ConditionNumber.bytes(sizes.get("max")));
                long min = sizes.containsKey("min") ? Long.parseLong(ConditionNumber.bytes(sizes.get("min"))) : max / 3;
                String percent = ConditionNumber.percent(sizes.getOrDefault("probability", "2"));
                if (min < 1 || min >= max || percent.equals("0")) throw new IllegalArgumentException(text);
                return "red " + min + " " + max + " " + percent;
            default:
                throw new IllegalArgumentException(text);
        }
    }

    /** Values with their names before them, or without names in that order. */
    private static Map<String, String> named(List<String> parts, List<String> names) {
        Map<String, String> values = new TreeMap<>();
        boolean plain = parts.isEmpty() || !names.contains(parts.get(0));
        if (plain ? parts.size() > names.size() : parts.size() % 2 != 0) throw new IllegalArgumentException(String.join(" ", parts));
        for (int i = 0; i < parts.size(); i += plain ? 1 : 2) {
            String name = plain ? names.get(i) : parts.get(i);
            if (!names.contains(name) || values.put(name, parts.get(plain ? i : i + 1)) != null) throw new IllegalArgumentException(name);
        }
        return values;
    }
}
