// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.violin.api.model.Cidr;
import org.violin.api.model.Endpoint;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.Limits;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeKind;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.ViolinSpec;

/** Random placed violins for property tests: guests on vSwitches, spread over hosts; small enough to collide often. */
final class RandomSpecs {
    private final Random random;

    RandomSpecs(long seed) {
        random = new Random(seed);
    }

    PlacedSpec next(long revision) {
        int switches = 1 + random.nextInt(3);
        int guests = random.nextInt(7);
        List<NodeSpec> nodes = new ArrayList<>();
        List<LinkSpec> links = new ArrayList<>();
        Map<String, String> placement = new TreeMap<>();
        Map<String, Integer> vnis = new TreeMap<>();
        for (int s = 0; s < switches; s++) nodes.add(node("s" + s, NodeKind.VSWITCH, List.of(), Limits.NONE));
        for (int g = 0; g < guests; g++) {
            if (random.nextInt(4) == 0) continue;
            List<NicSpec> nics = new ArrayList<>();
            int count = 1 + random.nextInt(2);
            for (int n = 0; n < count; n++) {
                nics.add(new NicSpec("eth" + n, "02:00:00:00:0" + random.nextInt(2) + ":0" + n, 1500,
                        List.of(Cidr.parse("10." + g + "." + n + "." + (1 + random.nextInt(2)) + "/24"))));
                links.add(new LinkSpec(new Endpoint("g" + g, "eth" + n), new Endpoint("s" + random.nextInt(switches), "p" + g + n), 1, 0, Map.of()));
            }
            NodeKind kind = random.nextBoolean() ? NodeKind.VHOST : NodeKind.VROUTER;
            nodes.add(node("g" + g, kind, nics, new Limits(random.nextInt(2), 0, 0)));
        }
        for (NodeSpec node : nodes) placement.put(node.name(), "host" + (1 + random.nextInt(2)));
        for (LinkSpec link : links) vnis.put(link.key(), 1 + Math.floorMod(link.key().hashCode(), 1000));
        return new PlacedSpec(new ViolinSpec("v", nodes, links, Map.of()), revision, placement, vnis, 7, false);
    }

    private static NodeSpec node(String name, NodeKind kind, List<NicSpec> nics, Limits limits) {
        String provider = kind == NodeKind.VSWITCH ? "learning" : "netns";
        return new NodeSpec(name, kind, Optional.empty(), provider, limits, nics, List.of(), List.of("true"), Map.of());
    }
}
