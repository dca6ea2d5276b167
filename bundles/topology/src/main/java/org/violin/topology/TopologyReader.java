// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.violin.api.control.SpecReader;
import org.violin.api.model.Conditions;
import org.violin.api.model.ViolinSpec;
import org.violin.api.routing.RoutingWords;

/**
 * Reads violin files, containerlab's YAML and Topology Zoo's GraphML. Finds the format by what is in the text, lets it fill a
 * {@link Draft}, and completes and checks that. Stateless; any thread.
 */
@Component(service = SpecReader.class)
public final class TopologyReader implements SpecReader {
    /** What a name ends in when other routing, or other use of conditions, than the file's is wanted: {@code abilene.graphml#routing=ospf#emulate=true}. */
    private static final Pattern MARK = Pattern.compile("(.*)#(routing|emulate)=([^#]*)", Pattern.DOTALL);

    /** Made by the container; tests make their own. */
    @Activate
    public TopologyReader() {
        // stateless
    }

    @Override
    public Reading read(String file, String text, Function<String, Optional<ViolinSpec>> current) {
        Map<String, String> overruled = new HashMap<>();
        String bare = file;
        for (Matcher mark = MARK.matcher(bare); mark.matches(); mark = MARK.matcher(bare)) {
            overruled.putIfAbsent(mark.group(2), mark.group(3));
            bare = mark.group(1);
        }
        return read(bare, text, overruled, current);
    }

    /** @param overruled {@code routing} and {@code emulate} where they overrule the file's */
    private static Reading read(String file, String text, Map<String, String> overruled, Function<String, Optional<ViolinSpec>> current) {
        Mistakes mistakes = new Mistakes(file);
        if (text.length() > MAX_CHARACTERS) {
            mistakes.add(0, String.valueOf(text.length()), "a file has at most " + MAX_CHARACTERS + " characters");
            return new Reading(Optional.empty(), ViolinFormat.WORD, mistakes.sorted(), List.of());
        }
        String format;
        Draft draft = null;
        if (GraphmlFormat.claims(file, text)) {
            format = GraphmlFormat.WORD;
            draft = GraphmlFormat.read(file, text, mistakes).orElse(null);
        } else {
            Tree tree = YamlTree.read(text, mistakes).orElse(null);
            boolean containerlab = tree != null && ContainerlabFormat.claims(file, tree);
            format = containerlab ? ContainerlabFormat.WORD : ViolinFormat.WORD;
            if (tree != null) draft = containerlab ? ContainerlabFormat.read(tree, mistakes) : ViolinFormat.read(tree, mistakes);
        }
        if (overruled.containsKey(RoutingKeys.KEY)) overrule(draft, overruled.get(RoutingKeys.KEY), mistakes);
        if (overruled.containsKey(Conditions.EMULATE)) emulate(draft, overruled.get(Conditions.EMULATE), mistakes);
        Optional<ViolinSpec> spec = Optional.ofNullable(draft).flatMap(d -> {
            Optional<ViolinSpec> present = d.name.isEmpty() ? Optional.empty() : current.apply(d.name);
            return new Completion(d, present, mistakes).spec();
        });
        return new Reading(mistakes.none() ? spec : Optional.empty(), format, mistakes.sorted(), mistakes.notes(), mistakes.texts());
    }

    private static void emulate(Draft draft, String word, Mistakes mistakes) {
        try {
            boolean wanted = ViolinFormat.emulate(word);
            if (draft != null) draft.emulate(wanted);
        } catch (IllegalArgumentException e) {
            mistakes.add(0, word, "--emulate must be " + ViolinFormat.EMULATE_RULE);
        }
    }

    private static void overrule(Draft draft, String words, Mistakes mistakes) {
        try {
            String routing = RoutingWords.parse(words).toString();
            if (draft != null) draft.attributes.put(RoutingKeys.KEY, routing);
        } catch (IllegalArgumentException e) {
            mistakes.add(0, words, "--routing must be " + e.getMessage());
        }
    }
}
