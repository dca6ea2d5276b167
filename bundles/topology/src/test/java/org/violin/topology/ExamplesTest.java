// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeKind;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.ViolinSpec;

/** The examples in the tree read as they promise. */
class ExamplesTest {
    @Test
    void figure2HasTwoLansAndOneRouterOnThreeHosts() {
        ViolinSpec spec = Reading.spec(Reading.example("figure2.yaml"), null);
        assertEquals("figure2", spec.name());
        assertEquals(List.of("vHost1", "vHost2", "vHost3", "vHost4", "vRouter1", "vSwitch1", "vSwitch2"),
                spec.nodes().stream().map(NodeSpec::name).toList());
        assertEquals(6, spec.links().size());
        assertEquals(Set.of("host1", "host2", "host3"), spec.nodes().stream().map(n -> n.host().orElse("")).collect(Collectors.toSet()));
        assertEquals("[10.0.1.11/24, fd00:0:0:1::11/64]", nic(spec, "vHost1", "eth0").addresses().toString());
        assertEquals("[10.0.1.1/24, fd00:0:0:1::1/64]", nic(spec, "vRouter1", "eth1").addresses().toString());
        assertEquals("[10.0.2.1/24, fd00:0:0:2::1/64]", nic(spec, "vRouter1", "eth2").addresses().toString());
        assertEquals(1500, nic(spec, "vHost4", "eth0").mtuBytes());
        assertEquals(NodeKind.VROUTER, spec.node("vRouter1").orElseThrow().kind());
        assertEquals("kernel", spec.attributes().get("routing"));
        assertEquals("vHost1:eth0--vSwitch1:vHost1", spec.links().get(1).key());
    }

    @Test
    void figure2bHasTheSameAddressesAndOneHostMore() {
        Set<String> a = addresses(Reading.spec(Reading.example("figure2.yaml"), null));
        Set<String> b = addresses(Reading.spec(Reading.example("figure2-b.yaml"), null));
        assertTrue(b.containsAll(a));
        assertEquals(a.size() + 2, b.size());
    }

    @Test
    void abileneIsElevenRoutersWithAHostEach() {
        ViolinSpec spec = Reading.spec(Reading.example("abilene.yaml"), null);
        assertEquals(11, spec.nodes().stream().filter(n -> n.kind() == NodeKind.VROUTER).count());
        assertEquals(11, spec.nodes().stream().filter(n -> n.kind() == NodeKind.VHOST).count());
        assertEquals(11 + 14, spec.links().size());
        assertTrue(spec.nodes().stream().allMatch(n -> n.host().isEmpty()));
        assertTrue(spec.links().stream().filter(l -> !l.a().node().startsWith("h-") && !l.b().node().startsWith("h-"))
                .allMatch(l -> l.delayMillis() > 1 && l.cost() == l.delayMillis()));
        spec.nodes().forEach(n -> n.nics().forEach(nic -> assertEquals(2, nic.addresses().size())));
    }

    @Test
    void sitesKeepsPairsApartAndSitesTogether() {
        ViolinSpec spec = Reading.spec(Reading.example("sites.yaml"), null);
        assertEquals("apart host 0 west1,west2", spec.attributes().get("placement.group.apart-1"));
        assertEquals("together site 0 east1,east2,rack", spec.attributes().get("placement.group.east"));
        assertEquals("b", spec.node("rack").orElseThrow().attributes().get("placement.label.site"));
        assertEquals("16777216", spec.node("east1").orElseThrow().attributes().get("placement.size"));
        assertEquals(6, spec.links().stream().filter(l -> l.attributes().containsKey("max-latency")).count());
        assertTrue(spec.nodes().stream().allMatch(n -> n.host().isEmpty()));
    }

    @Test
    void theReadmesPlacementIsRead() {
        String readme = Reading.text(Reading.ROOT.resolve("README.md"));
        String text = readme.substring(readme.indexOf("    name: shop\n"), readme.indexOf("Hosts, labels, groups"));
        ViolinSpec spec = Reading.spec(text.indent(-4), null);
        assertEquals("spread site 2 db1,db2,db3", spec.attributes().get("placement.group.spread-1"));
    }

    private static Set<String> addresses(ViolinSpec spec) {
        Set<String> all = new TreeSet<>();
        for (NodeSpec node : spec.nodes()) for (NicSpec nic : node.nics()) nic.addresses().forEach(a -> all.add(a.toString()));
        return all;
    }

    private static NicSpec nic(ViolinSpec spec, String node, String nic) {
        return spec.node(node).orElseThrow().nic(nic).orElseThrow();
    }
}
