// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.violin.api.control.SpecReader;
import org.violin.api.model.ViolinSpec;
import org.violin.api.routing.RoutingWords;

/**
 * Reads violin files, containerlab's YAML and Topology Zoo's GraphML. Finds the format by what is in the text, lets it fill a
 * {@link Draft}, and completes and checks that. Stateless; any thread.
 */
@Component(service = SpecReader.class)
public final class TopologyReader implements SpecReader {
    /** What a name ends in when other routing than the file's is wanted: {@code abilene.graphml#routing=ospf}. */
    private static final String ROUTING_MARK = "#routing=";

    /** Made by the container; tests make their own. */
    @Activate
    public TopologyReader() {
        // stateless
    }

    @Override
    public Reading read(String file, String text, Function<String, Optional<ViolinSpec>> current) {
        int overruled = file.lastIndexOf(ROUTING_MARK);
        return overruled < 0 ? read(file, text, null, current)
                : read(file.substring(0, overruled), text, file.substring(overruled + ROUTING_MARK.length()), current);
    }

    /** @param routing words that overrule the file's; null: none */
    private static Reading read(String file, String text, String routing, Function<String, Optional<ViolinSpec>> current) {
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
        if (routing != null) overrule(draft, routing, mistakes);
        Optional<ViolinSpec> spec = Optional.ofNullable(draft).flatMap(d -> {
            Optional<ViolinSpec> present = d.name.isEmpty() ? Optional.empty() : current.apply(d.name);
            return new Completion(d, present, mistakes).spec();
        });
        return new Reading(mistakes.none() ? spec : Optional.empty(), format, mistakes.sorted(), mistakes.notes(), mistakes.texts());
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
