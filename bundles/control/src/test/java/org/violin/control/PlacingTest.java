// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.violin.api.cluster.HostInfo;
import org.violin.api.control.Placements;
import org.violin.api.model.Limits;
import org.violin.api.model.Refused;
import org.violin.api.model.ViolinSpec;
import org.violin.api.placement.Answer;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Distances;
import org.violin.api.placement.PlacementStrategy;
import org.violin.api.placement.Substrate;
import org.violin.api.placement.Terms;
import org.violin.placement.Answers;
import org.violin.placement.Problem;
import org.violin.testkit.cluster.MemoryMembers;
import org.violin.testkit.control.SpecBuilder;

/** What control asks of placement, and what it does with the answer. */
class PlacingTest {
    private final List<HostInfo> hosts = new ArrayList<>();
    private final Providers providers = new Providers();
    private Demand asked;
    private int[] forced;

    /** Puts all where it is told, else each node on the first host that its rule allows. */
    private final class Told implements PlacementStrategy {
        @Override
        public String kind() {
            return "told";
        }

        @Override
        public Answer place(Demand demand, Substrate substrate, Map<String, String> current, Terms terms) {
            asked = demand;
            Problem p = new Problem(demand, substrate, current);
            int[] at = new int[p.entities];
            Map<String, String> refusals = new TreeMap<>();
            for (int i = 0; i < at.length; i++) {
                if (forced != null && p.allows(i, forced[i])) at[i] = forced[i];
                else if (p.allowed[i] == null) at[i] = 0;
                else if (p.allowed[i].length > 0) at[i] = p.allowed[i][0];
                else refusals.put(p.entity(i).name(), p.entity(i).why());
            }
            return refusals.isEmpty() ? Answers.of(p, at, OptionalDouble.of(0), false) : Answer.refused(refusals, false);
        }
    }

    @BeforeEach
    void threeHosts() {
        for (int i = 1; i <= 3; i++) hosts.add(labelled("host" + i, Map.of("site", i < 3 ? "berlin" : "paris")));
        providers.addPlacement(new Told());
    }

    private static HostInfo labelled(String name, Map<String, String> labels) {
        HostInfo h = MemoryMembers.host(name);
        return new HostInfo(h.name(), h.address(), h.tunnelPort(), h.controlPort(), h.jmxPort(), h.cpus(), h.memoryBytes(), List.of("netns"),
                h.version(), h.incarnation(), h.startedMillis(), "", labels);
    }

    private Placer placer() {
        double[] millis = {0, 10, 100, 10, 0, 100, 100, 100, 0};
        return new Placer(new MemoryMembers("host1", hosts), providers, names -> new Placer.Measured(new Distances(3, millis, null), "told"), "told");
    }

    private static PlacedSpec placed(ViolinSpec spec, String... at) {
        Map<String, String> placement = new TreeMap<>();
        for (int i = 0; i < at.length; i++) placement.put(spec.nodes().get(i).name(), at[i]);
        return new PlacedSpec(spec, 1, placement, Map.of(), 1, false);
    }

    private Demand.Entity entity(String name) {
        return asked.entities().stream().filter(e -> e.name().equals(name)).findFirst().orElseThrow();
    }

    private static ViolinSpec with(ViolinSpec spec, String node, String key, String value) {
        return new ViolinSpec(spec.name(), spec.nodes().stream().map(n -> {
            if (!n.name().equals(node)) return n;
            Map<String, String> more = new TreeMap<>(n.attributes());
            more.put(key, value);
            return new org.violin.api.model.NodeSpec(n.name(), n.kind(), n.host(), n.provider(), n.limits(), n.nics(), n.routes(), n.exec(), more);
        }).toList(), spec.links(), spec.attributes());
    }

    @Test
    void hintsBecomeHostsAndTheRuleIsSaid() throws Exception {
        ViolinSpec spec = with(with(SpecBuilder.violin("v").vhost("a").vhost("b").vhost("c").build(), "a", "placement.label.site", "berlin"), "b",
                "placement.hosts", "host2,host3");
        placer().place("f", spec, null, Map.of(), Set.of());
        assertEquals(List.of("host1", "host2"), entity("a").hosts());
        assertEquals("only where site is berlin", entity("a").why());
        assertEquals(List.of("host2", "host3"), entity("b").hosts());
        assertEquals(List.of(), entity("c").hosts());
        assertEquals("", entity("c").why());
    }

    @Test
    void whatRunsStaysOnApplyAndIsFreeOnOptimize() throws Exception {
        ViolinSpec spec = SpecBuilder.violin("v").vhost("a").vhost("b").build();
        PlacedSpec now = placed(spec, "host1", "host3");
        Placer.Placed kept = placer().place("f", spec, now, Map.of(), Set.of());
        assertEquals(Map.of("a", "host1", "b", "host3"), kept.hosts());
        assertEquals(List.of("host3"), entity("b").hosts());
        forced = new int[] {0, 0};
        Placer.Placed better = placer().optimize("f", spec, now, Map.of(), Set.of(), new Placements.Wish(0, Optional.empty(), Map.of()));
        assertEquals(1, better.view().moves());
        assertEquals(List.of(), entity("b").hosts());
    }

    @Test
    void aDrainedHostIsLeft() throws Exception {
        ViolinSpec spec = SpecBuilder.violin("v").vhost("a").vhost("b").build();
        Placer.Placed to = placer().place("f", spec, placed(spec, "host1", "host3"), Map.of(), Set.of("host3"));
        assertEquals("host1", to.hosts().get("a"));
        assertFalse(to.hosts().containsValue("host3"));
        assertTrue(entity("b").why().contains("host3") && entity("b").why().contains("drain"), entity("b").why());
        ViolinSpec pinned = SpecBuilder.violin("v").vhost("a").pin("a", "host3").build();
        Refused refused = assertThrows(Refused.class, () -> placer().place("f", pinned, placed(pinned, "host3"), Map.of(), Set.of("host3")));
        assertTrue(refused.getMessage().contains("pinned to host3"), refused.getMessage());
    }

    @Test
    void whatOthersReserveIsTakenOffAndTheirLoadIsSeen() throws Exception {
        ViolinSpec other = SpecBuilder.violin("w").vhost("x").needs("x", new Limits(1, 1 << 20, 0), null).build();
        Map<String, PlacedSpec> all = Map.of("w", placed(other, "host2"));
        Wishes wishes = Wishes.among("v", all, hosts, Set.of(), Distances.even(3, 1));
        Substrate.Host host2 = wishes.substrate().hosts().get(1);
        assertEquals(MemoryMembers.host("h").cpus() - 1, host2.cpus());
        assertEquals(1, host2.load());
        assertEquals(0, wishes.substrate().hosts().get(0).load());
    }

    @Test
    void aPluginThatBreaksARuleIsNotBelieved() {
        providers.addPlacement(new PlacementStrategy() {
            @Override
            public String kind() {
                return "liar";
            }

            @Override
            public Answer place(Demand demand, Substrate substrate, Map<String, String> current, Terms terms) {
                Problem p = new Problem(demand, substrate, current);
                return Answers.of(p, new int[p.entities], OptionalDouble.empty(), false);
            }
        });
        ViolinSpec spec = SpecBuilder.violin("v").vhost("a").pin("a", "host2").build();
        ViolinSpec liar = new ViolinSpec("v", spec.nodes(), spec.links(), Map.of("placement.strategy", "liar"));
        Refused refused = assertThrows(Refused.class, () -> placer().place("f", liar, null, Map.of(), Set.of()));
        assertTrue(refused.getMessage().contains("broke a rule"), refused.getMessage());
    }

    @Test
    void groupsWeightsAndLimitsOfTheFileAreAsked() throws Exception {
        ViolinSpec spec = SpecBuilder.violin("v").vhost("a").vhost("b").build();
        Map<String, String> attributes = Map.of("placement.group.pair", "apart site 0 a,b", "placement.weight.balance", "3");
        placer().place("f", new ViolinSpec("v", spec.nodes(), spec.links(), attributes), placed(spec, "host1", "host3"), Map.of(), Set.of());
        assertEquals(List.of(new Demand.Group("pair", Demand.Rule.APART, "site", List.of("a", "b"), 0)), asked.groups());
        assertEquals(3, asked.weights().balance());
    }

    @Test
    void pinsOfAnOrderStandBeforeTheFile() throws Exception {
        ViolinSpec spec = SpecBuilder.violin("v").vhost("a").pin("a", "host1").build();
        assertEquals(Optional.of("host2"), Desk.pinned("f", spec, Map.of("a", "host2")).nodes().get(0).host());
        Refused refused = assertThrows(Refused.class, () -> Desk.pinned("f", spec, Map.of("z", "host2")));
        assertTrue(refused.getMessage().contains("no node 'z'"), refused.getMessage());
    }
}
