// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.violin.api.model.ConditionText;
import org.violin.api.model.Endpoint;
import org.violin.api.model.Names;
import org.violin.api.model.Timeline;

/** Reads the steps of a timeline; see {@link Timeline.Step} for actions and arguments. */
final class StepKeys {
    /** Changes that one step makes. */
    static final int MAX_CHANGES = 100_000;
    private static final int MAX_CHARACTERS = 4096;
    private static final long HOUR_MILLIS = 3_600_000;
    private static final Set<String> OF_LINKS = Set.of("set", "reset", "ramp", "trace", "down", "up", "cut", "flap");
    private static final String ACTIONS = String.join(", ", new TreeSet<>(Keys.STEPS.keySet()));

    /**
     * @param lasts in ms, of those that last for a known time; else 0
     * @param fixed whether {@code lasts} is all
     */
    record Read(Timeline.Step step, long lasts, boolean fixed, int afterLine) {}

    private final Draft draft;
    private final LinkNames links;
    private final Mistakes mistakes;
    private final Map<String, Integer> names = new HashMap<>();
    /** Of the step that is being read. */
    private Map<String, String> arguments;
    private long lasts;
    private boolean fixed;

    StepKeys(Draft draft, LinkNames links, Mistakes mistakes) {
        this.draft = draft;
        this.links = links;
        this.mistakes = mistakes;
    }

    /** Names of steps read so far, also of those with mistakes. */
    Set<String> names() {
        return names.keySet();
    }

    /** Empty when it is no step at all; the mistake is then reported. */
    Optional<Read> read(Tree tree) {
        Tree.Mapping mapping = Fields.mapping(tree, "a step", mistakes);
        List<String> found = mapping.entries().stream().map(Tree.Entry::key).filter(Keys.STEPS::containsKey).collect(Collectors.toList());
        if (found.contains("flap")) found.remove("down");
        if (found.size() != 1) {
            if (tree instanceof Tree.Mapping) mistakes.add(tree.line(), String.join(", ", found), "a step has exactly one action: " + ACTIONS + hint(mapping));
            if (mapping.get("name") instanceof Tree.Scalar name) names.putIfAbsent(name.value(), name.line());
            return Optional.empty();
        }
        String action = found.get(0);
        Fields fields = Fields.of(tree, "the step '" + action + "'", Keys.STEPS.get(action), mistakes);
        arguments = new TreeMap<>();
        lasts = 0;
        fixed = true;
        String name = name(fields, "name").orElse("");
        if (!name.isEmpty()) {
            Integer first = names.putIfAbsent(name, fields.line("name"));
            if (first != null) mistakes.add(fields.line("name"), name, "another step has this name, in line " + first);
        }
        String after = name(fields, "after").orElse("");
        long at = time(fields, "at", 0).orElse(0L);
        if (!fields.has("at") && !fields.has("after")) mistakes.add(tree.line(), action, "a step needs 'at:', 'after:' or both");
        if (!fields.has(action)) mistakes.add(fields.line(), action, "'" + action + "' is empty");
        else action(action, fields);
        return Optional.of(new Read(new Timeline.Step(tree.line(), name, after, at, action, arguments), lasts, fixed, fields.line("after")));
    }

    private static String hint(Tree.Mapping mapping) {
        for (Tree.Entry entry : mapping.entries()) {
            String hint = Set.of("at", "after", "name", "for", "every", "from").contains(entry.key()) ? "" : Nearest.hint(entry.key(), Keys.STEPS.keySet());
            if (!hint.isEmpty()) return hint;
        }
        return "";
    }

    private void action(String action, Fields fields) {
        List<Wiring.Wire> wires = OF_LINKS.contains(action) ? links(fields, action) : List.of();
        switch (action) {
            case "set" -> {
                Map<String, ConditionKeys.Setting> settings = fields.has("from") ? ConditionKeys.ofDirection(fields, mistakes) : ConditionKeys.read(fields, mistakes);
                arguments.putAll(ConditionKeys.values(settings));
                if (fields.keys().stream().noneMatch(ConditionText.WORDS::contains)) mistakes.add(fields.line(), action, "'set' sets nothing; known are " + String.join(", ", ConditionText.WORDS));
                from(fields, wires);
            }
            case "ramp" -> {
                word(fields, action).ifPresent(word -> ramp(fields, word));
                from(fields, wires);
            }
            case "trace" -> {
                word(fields, action).ifPresent(word -> new TraceKeys(mistakes).read(fields, word, arguments));
                long every = time(fields, "every", 1).orElse(1000L);
                arguments.put("every", String.valueOf(every));
                fixed = !arguments.containsKey("file");
                if (arguments.containsKey("values")) lasts = every * arguments.get("values").split(",").length;
                from(fields, wires);
            }
            case "flap" -> flap(fields);
            case "crash", "start" -> node(fields, action);
            case "partition" -> partition(fields);
            case "heal" -> fields.parsed("heal", "true", text -> {
                if (!text.equals("true")) throw new IllegalArgumentException(text);
                return text;
            });
            case "run", "wait" -> command(fields, action);
            case "record" -> text(fields, "record", "a text").ifPresent(text -> arguments.put("text", text));
            default -> {
                // The links are all.
            }
        }
    }

    private List<Wiring.Wire> links(Fields fields, String action) {
        List<Wiring.Wire> wires = links.read(fields.tree(action).orElseThrow());
        if (!wires.isEmpty()) arguments.put("links", wires.stream().map(LinkNames::key).collect(Collectors.joining(",")));
        return wires;
    }

    private void from(Fields fields, List<Wiring.Wire> wires) {
        Tree tree = fields.tree("from").orElse(null);
        if (tree == null || wires.isEmpty()) return;
        List<Endpoint> ends = links.from(tree, wires);
        if (!ends.isEmpty()) arguments.put("from", ends.size() == 1 ? ends.get(0).toString() : ends.get(0).node());
    }

    /** The one condition that changes. */
    private Optional<String> word(Fields fields, String action) {
        List<String> words = fields.keys().stream().filter(Keys.NUMBERS::contains).toList();
        if (words.size() == 1) {
            arguments.put("word", words.get(0));
            return Optional.of(words.get(0));
        }
        mistakes.add(fields.line(), String.join(", ", words), "'" + action + "' changes exactly one of " + String.join(", ", new TreeSet<>(Keys.NUMBERS)));
        return Optional.empty();
    }

    private void ramp(Fields fields, String word) {
        fields.parsed(word, "FIRST..LAST, where " + ConditionText.rule(word), text -> {
            String[] ends = text.split("\\.\\.", -1);
            if (ends.length != 2) throw new IllegalArgumentException(text);
            return List.of(TraceKeys.number(word, ends[0]), TraceKeys.number(word, ends[1]));
        }).ifPresent(ends -> {
            arguments.put("first", ends.get(0));
            arguments.put("last", ends.get(1));
        });
        long over = needed(fields, "over", 1);
        long every = time(fields, "every", 1).orElse(100L);
        if (over > 0 && every > over) mistakes.add(fields.line("every"), "ramp", "'every' must be at most 'over'");
        changes(fields, over / every);
        arguments.put("over", String.valueOf(over));
        arguments.put("every", String.valueOf(every));
        lasts = over;
    }

    private void flap(Fields fields) {
        long every = needed(fields, "every", 10);
        long down = needed(fields, "down", 1);
        long whole = needed(fields, "for", 1);
        if (every > 0 && down >= every) mistakes.add(fields.line("down"), "flap", "'down' must be less than 'every'");
        if (every > 0) changes(fields, 2 * (whole / every));
        arguments.putAll(Map.of("every", String.valueOf(every), "down", String.valueOf(down), "for", String.valueOf(whole)));
        lasts = whole;
    }

    private void changes(Fields fields, long changes) {
        if (changes > MAX_CHANGES) mistakes.add(fields.line(), String.valueOf(changes), "a step makes at most " + MAX_CHANGES + " changes");
    }

    private void partition(Fields fields) {
        List<String> sides = new ArrayList<>();
        Set<String> seen = new TreeSet<>();
        for (Tree side : fields.items("partition")) {
            List<String> hosts = new ArrayList<>();
            for (Tree host : side instanceof Tree.Sequence list ? list.items() : List.of(side)) {
                String name = Fields.text(host);
                if (Names.nodeMistake(name).isPresent()) mistakes.add(host.line(), name, "the name of an overlay host must be " + Names.NODE_RULE);
                else if (!seen.add(name)) mistakes.add(host.line(), name, "is on two sides, or twice on one");
                hosts.add(name);
            }
            if (hosts.isEmpty()) mistakes.add(side.line(), "", "a side of a partition has at least one overlay host");
            sides.add(String.join(",", hosts));
        }
        if (sides.size() < 2) mistakes.add(fields.line("partition"), "", "a partition has two or more sides: [[host1], [host2, host3]]");
        arguments.put("sides", String.join("|", sides));
        time(fields, "for", 1).ifPresent(whole -> {
            arguments.put("for", String.valueOf(whole));
            lasts = whole;
        });
    }

    private void command(Fields fields, String action) {
        node(fields, action);
        if (!fields.has("command")) mistakes.add(fields.line(), action, "'" + action + "' needs 'command:'");
        text(fields, "command", "a command for /bin/sh").ifPresent(command -> arguments.put("command", command));
        boolean waits = action.equals("wait");
        arguments.put("timeout", String.valueOf(TimelineKeys.time(fields, "timeout", 1, HOUR_MILLIS, mistakes).orElse(waits ? 60_000L : 10_000L)));
        if (waits) arguments.put("every", String.valueOf(time(fields, "every", 10).orElse(1000L)));
        fixed = false;
    }

    private void node(Fields fields, String action) {
        fields.text(action, "a node").ifPresent(name -> {
            arguments.put("node", name);
            guest(draft, name, fields.tree(action).orElseThrow().line(), mistakes);
        });
    }

    /** True for a vHost or vRouter of the file; else a mistake. */
    static boolean guest(Draft draft, String name, int line, Mistakes mistakes) {
        Draft.Node node = draft.nodes.get(name);
        if (node == null) mistakes.add(line, name, "no such node" + Nearest.hint(name, draft.nodes.keySet()));
        else if (!node.kind.isGuest()) mistakes.add(line, name, "must be a vhost or vrouter: nothing runs in a vswitch");
        return node != null && node.kind.isGuest();
    }

    private Optional<String> text(Fields fields, String key, String rule) {
        return fields.parsed(key, rule + " of at most " + MAX_CHARACTERS + " characters", text -> {
            if (text.isBlank() || text.length() > MAX_CHARACTERS) throw new IllegalArgumentException(text);
            return text;
        });
    }

    private Optional<String> name(Fields fields, String key) {
        return fields.parsed(key, Names.NODE_RULE, text -> {
            if (Names.nodeMistake(text).isPresent()) throw new IllegalArgumentException(text);
            return text;
        });
    }

    private long needed(Fields fields, String key, long low) {
        if (!fields.has(key)) mistakes.add(fields.line(), "", "the step needs '" + key + ":'");
        return time(fields, key, low).orElse(0L);
    }

    private Optional<Long> time(Fields fields, String key, long low) {
        return TimelineKeys.time(fields, key, low, mistakes);
    }
}
