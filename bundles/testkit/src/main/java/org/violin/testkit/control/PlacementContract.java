// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.violin.api.cluster.HostInfo;
import org.violin.api.control.PlacementStrategy;
import org.violin.api.control.PlacementStrategy.Answer;
import org.violin.api.control.PlacementStrategy.Question;
import org.violin.api.model.Limits;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.ViolinSpec;

/** What every {@link PlacementStrategy} must keep. Extend it and give a fresh instance. */
public abstract class PlacementContract {
    protected static final long GIB = 1L << 30;

    protected abstract PlacementStrategy strategy();

    /** An overlay host that lends these. */
    protected static HostInfo host(String name, double cpus, long memoryBytes, String... runtimes) {
        return new HostInfo(name, "10.99.0.1", 4789, 8101, 1099, cpus, memoryBytes, List.of(runtimes), "1", 1, 1, "");
    }

    protected static List<HostInfo> threeHosts() {
        return List.of(host("host1", 2, 4 * GIB, "netns"), host("host2", 2, 4 * GIB, "netns"), host("host3", 2, 4 * GIB, "netns"));
    }

    protected Answer place(ViolinSpec spec, List<HostInfo> hosts, Map<String, String> current) {
        return strategy().place(new Question(spec, hosts, Map.of(), current));
    }

    @Test
    public void everyNodeIsPlacedOnAHostThatExists() {
        Answer answer = place(SpecBuilder.figure2().build(), threeHosts(), Map.of());
        assertEquals(Map.of(), answer.refusals());
        assertEquals(names(SpecBuilder.figure2().build()), answer.placement().keySet());
        assertTrue(Set.of("host1", "host2", "host3").containsAll(answer.placement().values()));
    }

    @Test
    public void theSameQuestionHasTheSameAnswer() {
        ViolinSpec spec = SpecBuilder.figure2().build();
        assertEquals(place(spec, threeHosts(), Map.of()), place(spec, threeHosts(), Map.of()));
    }

    @Test
    public void aPinnedNodeGoesToItsHostEvenIfItIsElsewhereNow() {
        ViolinSpec spec = SpecBuilder.figure2().pin("vHost1", "host3").pin("vSwitch1", "host2").build();
        Answer answer = place(spec, threeHosts(), Map.of("vHost1", "host1"));
        assertEquals("host3", answer.placement().get("vHost1"));
        assertEquals("host2", answer.placement().get("vSwitch1"));
    }

    @Test
    public void anUnknownHostIsRefusedWithTheKnownOnes() {
        Answer answer = place(SpecBuilder.figure2().pin("vHost1", "mars").build(), threeHosts(), Map.of());
        String refusal = answer.refusals().get("vHost1");
        for (String word : List.of("vHost1", "mars", "host1", "host2", "host3")) assertTrue(refusal.contains(word), refusal);
    }

    @Test
    public void aHostWithoutTheRuntimeIsRefused() {
        ViolinSpec pinned = SpecBuilder.figure2().pin("vHost1", "host1").needs("vHost1", Limits.NONE, "qemu").build();
        String refusal = place(pinned, threeHosts(), Map.of()).refusals().get("vHost1");
        for (String word : List.of("vHost1", "host1", "qemu", "netns")) assertTrue(refusal.contains(word), refusal);
        ViolinSpec free = SpecBuilder.figure2().needs("vHost1", Limits.NONE, "qemu").build();
        assertTrue(place(free, threeHosts(), Map.of()).refusals().get("vHost1").contains("qemu"));
    }

    @Test
    public void whatIsPlacedStaysWhereItIs() {
        ViolinSpec spec = SpecBuilder.figure2().build();
        Map<String, String> current = place(spec, threeHosts(), Map.of()).placement();
        assertEquals(current, place(spec, threeHosts(), current).placement());
        ViolinSpec more = SpecBuilder.figure2().vhost("vHost5").build();
        Map<String, String> after = place(more, threeHosts(), current).placement();
        current.forEach((node, host) -> assertEquals(host, after.get(node), node));
    }

    @Test
    public void nodesOfAHostThatIsGoneMoveAndTheOthersStay() {
        ViolinSpec spec = SpecBuilder.figure2().build();
        Map<String, String> current = place(spec, threeHosts(), Map.of()).placement();
        Answer after = place(spec, threeHosts().subList(0, 2), current);
        assertEquals(Map.of(), after.refusals());
        current.forEach((node, host) -> assertTrue(host.equals("host3") || host.equals(after.placement().get(node)), node));
        assertTrue(Set.of("host1", "host2").containsAll(after.placement().values()));
    }

    @Test
    public void explicitLimitsNeverExceedWhatAHostLends() {
        SpecBuilder b = SpecBuilder.violin("v");
        for (int i = 0; i < 6; i++) b.vhost("h" + i).needs("h" + i, new Limits(1, GIB, 0), null);
        Answer fits = place(b.build(), threeHosts(), Map.of());
        assertEquals(Map.of(), fits.refusals());
        for (String host : List.of("host1", "host2", "host3")) {
            assertEquals(2, fits.placement().values().stream().filter(host::equals).count(), host);
        }
        b.vhost("h6").needs("h6", new Limits(1, GIB, 0), null);
        Answer full = place(b.build(), threeHosts(), Map.of());
        assertEquals(1, full.refusals().size());
        String refusal = full.refusals().values().iterator().next();
        assertTrue(refusal.contains("1") && refusal.contains("cpu"), refusal);
    }

    @Test
    public void whatOtherViolinsUseIsNotGivenAway() {
        ViolinSpec spec = SpecBuilder.violin("v").vhost("h").needs("h", new Limits(1.5, 0, 0), null).build();
        Map<String, Limits> used = Map.of("host1", new Limits(1, 0, 0), "host2", new Limits(0.6, 0, 0));
        assertEquals(Map.of("h", "host3"), strategy().place(new Question(spec, threeHosts(), used, Map.of())).placement());
    }

    @Test
    public void withoutAnyHostEveryNodeIsRefused() {
        ViolinSpec spec = SpecBuilder.figure2().build();
        assertEquals(names(spec), place(spec, List.of(), Map.of()).refusals().keySet());
    }

    private static Set<String> names(ViolinSpec spec) {
        return spec.nodes().stream().map(NodeSpec::name).collect(Collectors.toSet());
    }
}
