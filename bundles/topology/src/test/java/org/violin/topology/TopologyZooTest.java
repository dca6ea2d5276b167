// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.violin.api.control.SpecReader;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.NodeKind;
import org.violin.api.model.ViolinSpec;

/** The importer on the real files of the Internet Topology Zoo; skipped where they are not. */
class TopologyZooTest {
    private final Path zoo = Reading.data("topology-zoo");

    @Test
    void everyFileImportsButTheOneThatIsInParts() throws IOException {
        int files = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(zoo, "*.graphml")) {
            for (Path path : all) {
                SpecReader.Reading reading = read(path);
                files++;
                assertEquals("graphml", reading.format());
                if (path.endsWith("DeutscheTelekom.graphml")) {
                    assertEquals(4, reading.mistakes().size(), reading.mistakes().toString());
                    assertTrue(reading.mistakes().stream().allMatch(m -> m.rule().contains("4 parts") && m.line() > 0));
                    assertTrue(reading.mistakes().stream().anyMatch(m -> m.rule().endsWith("1 node: Cologne")));
                    continue;
                }
                assertEquals("[]", reading.mistakes().toString(), path.toString());
                check(Files.readString(path), reading.spec().orElseThrow());
            }
        }
        assertTrue(files > 0);
    }

    private static void check(String text, ViolinSpec spec) {
        int nodes = text.split("<node ", -1).length - 1;
        assertEquals(nodes, spec.nodes().stream().filter(n -> n.kind() == NodeKind.VROUTER).count());
        assertEquals(nodes, spec.nodes().stream().filter(n -> n.kind() == NodeKind.VHOST).count());
        Set<String> addresses = new HashSet<>();
        spec.nodes().forEach(n -> n.nics().forEach(nic -> nic.addresses().forEach(a -> assertTrue(addresses.add(a.address()),
                a.toString()))));
        assertEquals(spec.links().size() * 4, addresses.size());
        Set<String> pairs = spec.links().stream().map(l -> l.a().node() + " " + l.b().node()).collect(Collectors.toSet());
        assertEquals(spec.links().size(), pairs.size());
        // Connected: as many steps as it takes from the first node reach all.
        Set<String> seen = new HashSet<>(Set.of(spec.nodes().get(0).name()));
        boolean more = true;
        while (more) {
            more = false;
            for (LinkSpec l : spec.links()) {
                if (seen.contains(l.a().node()) != seen.contains(l.b().node())) more |= seen.add(l.a().node()) | seen.add(l.b().node());
            }
        }
        assertEquals(spec.nodes().size(), seen.size());
    }

    @Test
    void abileneHasItsPlacesAndDelays() {
        ViolinSpec spec = read(zoo.resolve("Abilene.graphml")).spec().orElseThrow();
        assertEquals("Abilene", spec.name());
        assertEquals(11 + 14, spec.links().size());
        assertEquals("New York", spec.node("New-York").orElseThrow().attributes().get("label"));
        assertTrue(spec.node("h-New-York").isPresent());
        LinkSpec link = spec.links().stream().filter(l -> l.a().node().equals("Chicago")
                && l.b().node().equals("New-York")).findFirst().orElseThrow();
        assertEquals(5.7, link.delayMillis(), 0.2);
        assertEquals(link.delayMillis(), link.cost());
    }

    @Test
    void parallelEdgesAndLoopsAreNoted() {
        SpecReader.Reading reading = read(zoo.resolve("Interoute.graphml"));
        assertTrue(reading.notes().stream().anyMatch(n -> n.startsWith("parallel edges merged")), reading.notes().toString());
        assertTrue(reading.notes().stream().anyMatch(n -> n.startsWith("edges from a node to itself dropped")), reading.notes().toString());
    }

    @Test
    void readingAgainChangesNothing() {
        String text = Reading.text(zoo.resolve("Kdl.graphml"));
        ViolinSpec first = new TopologyReader().read("Kdl.graphml", text, n -> Optional.empty()).spec().orElseThrow();
        assertEquals(754 * 2, first.nodes().size());
        assertEquals(first, new TopologyReader().read("Kdl.graphml", text, n -> Optional.of(first)).spec().orElseThrow());
        assertFalse(first.links().isEmpty());
    }

    private static SpecReader.Reading read(Path path) {
        return Reading.of(path.getFileName().toString(), Reading.text(path));
    }
}
