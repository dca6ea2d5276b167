// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.greedy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.violin.api.cluster.HostInfo;
import org.violin.api.control.PlacementStrategy;
import org.violin.api.control.PlacementStrategy.Answer;
import org.violin.api.control.PlacementStrategy.Question;
import org.violin.api.model.Limits;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.NodeKind;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.ViolinSpec;
import org.violin.testkit.control.PlacementContract;
import org.violin.testkit.control.SpecBuilder;

class GreedyPlacementTest extends PlacementContract {
    @Override
    protected PlacementStrategy strategy() {
        return new GreedyPlacement();
    }

    @Test
    void figure2UsesAllThreeHostsAndNoHostHasMoreThanItsShare() {
        Map<String, String> placement = place(SpecBuilder.figure2().build(), threeHosts(), Map.of()).placement();
        assertEquals(3, new HashSet<>(placement.values()).size(), placement.toString());
        for (HostInfo host : threeHosts()) {
            assertTrue(placement.entrySet().stream().filter(e -> e.getKey().contains("Host") && e.getValue().equals(host.name()))
                    .count() <= 2);
        }
    }

    @Test
    void aVSwitchGoesWhereMostOfItsMembersAre() {
        SpecBuilder b = SpecBuilder.violin("v").vswitches("s");
        for (int i = 0; i < 5; i++) {
            b.vhost("h" + i).nic("h" + i, "eth1").link("s:p" + i, "h" + i + ":eth1", 1).pin("h" + i, i < 3 ? "host2" : "host1");
        }
        assertEquals("host2", place(b.build(), threeHosts(), Map.of()).placement().get("s"));
    }

    @Test
    void aHostWithTwiceTheCoresTakesTwiceTheShare() {
        SpecBuilder b = SpecBuilder.violin("v");
        for (int i = 0; i < 30; i++) b.vhost("h" + i);
        List<HostInfo> hosts = List.of(host("big", 4, GIB, "netns"), host("small", 2, GIB, "netns"));
        Map<String, String> placement = place(b.build(), hosts, Map.of()).placement();
        long big = placement.values().stream().filter("big"::equals).count();
        assertTrue(big >= 16 && big <= 24, "big has " + big);
    }

    @Test
    void aNodeThatOutgrewItsHostMovesAndAPinnedOneComesBeforeIt() {
        SpecBuilder b = SpecBuilder.violin("v").vhost("a").needs("a", new Limits(1.5, 0, 0), null);
        b.vhost("p").needs("p", new Limits(1, 0, 0), null).pin("p", "host1");
        Map<String, String> placement = place(b.build(), threeHosts(), Map.of("a", "host1")).placement();
        assertEquals("host1", placement.get("p"));
        assertTrue(!placement.get("a").equals("host1"), placement.toString());
    }

    @Test
    void aDemandThatFitsNowhereIsRefusedWithWhatIsLeft() {
        SpecBuilder b = SpecBuilder.violin("v").vhost("a").needs("a", new Limits(0, 8 * GIB, 0), null);
        String refusal = place(b.build(), threeHosts(), Map.of()).refusals().get("a");
        assertEquals("a asks for 0.00 cpus and 8192 MiB and fits nowhere; host1 has 2.00 cpus and 4096 MiB left; "
                + "host2 has 2.00 cpus and 4096 MiB left; host3 has 2.00 cpus and 4096 MiB left", refusal);
    }

    @Test
    void randomViolinsKeepCapacityBalanceAndPlaces() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            ViolinSpec spec = random(random);
            List<HostInfo> hosts = threeHosts().subList(0, 1 + random.nextInt(3));
            Map<String, Limits> used = random.nextBoolean() ? Map.of() : Map.of("host1", new Limits(0.5, GIB, 0));
            Answer answer = strategy().place(new Question(spec, hosts, used, Map.of()));
            String where = "seed " + seed;
            assertEquals(spec.nodes().size(), answer.placement().size() + answer.refusals().size(), where);
            Map<String, Double> cpus = new HashMap<>();
            used.forEach((h, l) -> cpus.put(h, l.cpus()));
            spec.nodes().stream().filter(n -> answer.placement().containsKey(n.name()))
                    .forEach(n -> cpus.merge(answer.placement().get(n.name()), n.limits().cpus(), Double::sum));
            hosts.forEach(h -> assertTrue(cpus.getOrDefault(h.name(), 0.0) <= h.cpus() + 1e-6, where + ": " + cpus));
            assertEquals(answer, strategy().place(new Question(shuffled(spec, random), hosts, used, Map.of())), where);
            assertEquals(answer, strategy().place(new Question(spec, hosts, used, answer.placement())), where);
            if (answer.refusals().isEmpty() && spec.nodes().stream().allMatch(n -> n.limits().cpus() == 0)) {
                long guests = spec.nodes().stream().filter(n -> n.kind().isGuest()).count();
                long most = hosts.stream().mapToLong(h -> spec.nodes().stream()
                        .filter(n -> n.kind().isGuest() && h.name().equals(answer.placement().get(n.name()))).count()).max().orElse(0);
                assertTrue(most <= Math.ceil(guests * 1.2 / hosts.size()), where + ": " + most + " of " + guests);
            }
        }
    }

    @Test
    void aThousandNodesArePlacedNearTheirNeighbours() {
        SpecBuilder b = SpecBuilder.violin("grid");
        for (int i = 0; i < 1000; i++) {
            b.vrouter("r" + i);
            if (i % 32 != 0) b.link("r" + i + ":w", "r" + (i - 1) + ":e", 1);
            if (i >= 32) b.link("r" + i + ":n", "r" + (i - 32) + ":s", 1);
        }
        ViolinSpec spec = b.build();
        long t = System.nanoTime();
        Map<String, String> placement = place(spec, threeHosts(), Map.of()).placement();
        long millis = (System.nanoTime() - t) / 1_000_000;
        long cut = spec.links().stream().filter(l -> !placement.get(l.a().node()).equals(placement.get(l.b().node()))).count();
        System.out.println("1000 nodes placed in " + millis + " ms, " + cut + " of " + spec.links().size() + " links cut");
        assertTrue(cut < spec.links().size() / 4, "cut " + cut);
    }

    private static ViolinSpec random(Random random) {
        SpecBuilder b = SpecBuilder.violin("v").vswitches("s0", "s1", "s2");
        boolean limits = random.nextBoolean();
        for (int i = 0; i < 3 + random.nextInt(20); i++) {
            b.vhost("h" + i).link("s" + random.nextInt(3) + ":p" + i, "h" + i + ":eth1", 1);
            Limits some = new Limits(random.nextInt(10) / 10.0, random.nextInt(512) << 20, 0);
            if (limits && random.nextInt(3) == 0) b.needs("h" + i, some, null);
        }
        return b.build();
    }

    private static ViolinSpec shuffled(ViolinSpec spec, Random random) {
        List<NodeSpec> nodes = new ArrayList<>(spec.nodes());
        List<LinkSpec> links = new ArrayList<>(spec.links());
        java.util.Collections.shuffle(nodes, random);
        java.util.Collections.shuffle(links, random);
        assertTrue(nodes.stream().anyMatch(n -> n.kind() == NodeKind.VSWITCH));
        return new ViolinSpec(spec.name(), nodes, links, spec.attributes());
    }
}
