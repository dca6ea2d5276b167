// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.violin.api.model.Refused;
import org.violin.api.model.Timeline;
import org.violin.api.model.Timeline.Probe;
import org.violin.api.model.Timeline.Step;
import org.violin.api.model.ViolinSpec;
import org.violin.testkit.control.SpecBuilder;

/** A small violin for tests: vHosts a and b, router r between them; a and r on host1, b on host2. */
final class Net {
    static final String AR = "a:eth1--r:eth1";
    static final String BR = "b:eth1--r:eth2";
    static final Map<String, String> PLACES = Map.of("a", "host1", "r", "host1", "b", "host2");

    private Net() {}

    static ViolinSpec spec(long duration, List<Step> steps, List<Probe> probes) {
        ViolinSpec plain = SpecBuilder.violin("net").vhost("a").vhost("b").vrouter("r")
                .nic("a", "eth1", "10.0.1.2/24").nic("b", "eth1", "10.0.2.2/24").nic("r", "eth1", "10.0.1.1/24").nic("r", "eth2", "10.0.2.1/24")
                .link("a:eth1", "r:eth1", 1).link("b:eth1", "r:eth2", 1, 5).build();
        return new ViolinSpec(plain.name(), plain.nodes(), plain.links(), plain.attributes(), new Timeline(duration, 100, steps, probes));
    }

    /** A step of words and values in turn. */
    static Step step(long at, String action, String... words) {
        return named("", "", at, action, words);
    }

    static Step named(String name, String after, long at, String action, String... words) {
        return new Step(7, name, after, at, action, map(words));
    }

    static Probe probe(String kind, long at, long lasts, String... words) {
        return new Probe(9, kind, at, lasts, map(words));
    }

    private static Map<String, String> map(String... words) {
        Map<String, String> map = new TreeMap<>();
        for (int i = 0; i < words.length; i += 2) map.put(words[i], words[i + 1]);
        return map;
    }

    static Score score(long duration, Step... steps) throws Refused {
        return new Composer(spec(duration, List.of(steps), List.of()), PLACES, new Traces(Path.of("/")), null).compose();
    }
}
