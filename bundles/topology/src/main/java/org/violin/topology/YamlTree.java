// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Turns text into a {@link Tree} by the events of snakeyaml-engine (YAML 1.2, so JSON too). Bounded in depth and in the size that
 * aliases expand to; tags, second documents and keys given twice are mistakes.
 */
final class YamlTree {
    static final int MAX_DEPTH = 32;
    static final long MAX_WEIGHT = 4_000_000;

    private static final Set<String> CORE_TAGS = Set.of("!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float",
            "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq");

    private final Mistakes mistakes;
    private final Iterator<Event> events;
    private final Map<Anchor, Tree> anchors = new HashMap<>();

    private YamlTree(String text, Mistakes mistakes) {
        this.mistakes = mistakes;
        LoadSettings settings = LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).setParseComments(false).build();
        this.events = new Parse(settings).parseString(text).iterator();
    }

    /** Reads the one document of the text. Empty when it could not be read or holds nothing; the mistakes then say why. */
    static Optional<Tree> read(String text, Mistakes mistakes) {
        String clean = text.startsWith("\uFEFF") ? text.substring(1) : text;
        // YAML forbids tabs as indentation, JSON allows them, and a JSON text has no tab inside its strings.
        if (clean.stripLeading().startsWith("{")) clean = clean.replace('\t', ' ');
        try {
            return new YamlTree(clean, mistakes).document();
        } catch (Stop stop) {
            mistakes.add(stop.line, stop.value, stop.getMessage());
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().or(e::getContextMark).map(Mark::getLine).orElse(-1) + 1;
            String context = e.getContext() == null ? "" : " (" + e.getContext() + ")";
            mistakes.add(line, "", "not YAML: " + e.getProblem() + context);
        } catch (ReaderException e) {
            int end = clean.offsetByCodePoints(0, Math.min(e.getPosition(), clean.codePointCount(0, clean.length())));
            int line = 1 + (int) clean.substring(0, end).chars().filter(c -> c == '\n').count();
            mistakes.add(line, String.format("U+%04X", e.getCodePoint()), "not YAML: this character is not allowed");
        } catch (YamlEngineException | IllegalArgumentException | IndexOutOfBoundsException e) {
            mistakes.add(0, "", "not YAML: " + e.getMessage());
        }
        return Optional.empty();
    }

    private Optional<Tree> document() {
        Tree root = null;
        int documents = 0;
        while (events.hasNext()) {
            Event event = events.next();
            if (event instanceof DocumentStartEvent && ++documents > 1) {
                throw new Stop(line(event), "", "a file holds one document: remove what follows '---'");
            }
            if (event instanceof NodeEvent node) root = tree(node, 0);
        }
        if (root == null || root instanceof Tree.Scalar scalar && scalar.isNothing()) {
            mistakes.add(1, "", "the file is empty: expected 'name:' and 'topology:'");
            return Optional.empty();
        }
        return Optional.of(root);
    }

    private Tree tree(NodeEvent event, int depth) {
        int line = line(event);
        if (depth > MAX_DEPTH) throw new Stop(line, "", "nested deeper than " + MAX_DEPTH + " levels");
        if (event instanceof AliasEvent alias) {
            Tree target = anchors.get(alias.getAlias());
            if (target == null) throw new Stop(line, "*" + alias.getAlias(), "no such anchor before this line, or it contains itself");
            return target;
        }
        Tree made;
        if (event instanceof ScalarEvent scalar) {
            untagged(scalar.getTag(), line);
            made = new Tree.Scalar(line, scalar.getValue(), scalar.isPlain(), scalar.isLiteral());
        } else if (event instanceof SequenceStartEvent start) {
            untagged(start.getTag(), line);
            made = sequence(line, depth);
        } else if (event instanceof MappingStartEvent start) {
            untagged(start.getTag(), line);
            made = mapping(line, depth);
        } else {
            throw new Stop(line, "", "not YAML");
        }
        event.getAnchor().ifPresent(anchor -> anchors.put(anchor, made));
        return made;
    }

    private Tree sequence(int line, int depth) {
        List<Tree> items = new ArrayList<>();
        long weight = 1;
        for (Event e = events.next(); !(e instanceof SequenceEndEvent); e = events.next()) {
            Tree item = tree((NodeEvent) e, depth + 1);
            items.add(item);
            weight = weigh(weight, item, line);
        }
        return new Tree.Sequence(line, items, weight);
    }

    private Tree mapping(int line, int depth) {
        Map<String, Tree.Entry> entries = new java.util.LinkedHashMap<>();
        long weight = 1;
        for (Event e = events.next(); !(e instanceof MappingEndEvent); e = events.next()) {
            Tree key = tree((NodeEvent) e, depth + 1);
            Tree value = tree((NodeEvent) events.next(), depth + 1);
            weight = weigh(weight, value, line);
            if (!(key instanceof Tree.Scalar scalar)) {
                mistakes.add(line(e), "", "a key must be a single word, not " + key.word());
                continue;
            }
            Tree.Entry first = entries.putIfAbsent(scalar.value(), new Tree.Entry(line(e), scalar.value(), value));
            if (first != null) mistakes.add(line(e), scalar.value(), "given twice; the first is in line " + first.line());
        }
        return new Tree.Mapping(line, List.copyOf(entries.values()), weight);
    }

    private static long weigh(long weight, Tree child, int line) {
        long sum = weight + child.weight();
        if (sum > MAX_WEIGHT) throw new Stop(line, "", "aliases expand to more than " + MAX_WEIGHT + " values");
        return sum;
    }

    private static void untagged(Optional<String> tag, int line) {
        tag.filter(t -> !CORE_TAGS.contains(t)).ifPresent(t -> {
            throw new Stop(line, t, "tags are not used in this file");
        });
    }

    private static int line(Event event) {
        return event.getStartMark().map(Mark::getLine).orElse(-1) + 1;
    }

    /** The text cannot be read on from here. */
    private static final class Stop extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int line;
        private final String value;

        Stop(int line, String value, String rule) {
            super(rule, null, false, false);
            this.line = line;
            this.value = value;
        }
    }
}
