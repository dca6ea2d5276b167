// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.bench.placement;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark's readers of public formats, on text written here. */
class ReadersIT {
    private static String graphml(String rest) {
        return "<?xml version='1.0'?><graphml><key id='a' for='node' attr.name='Latitude'/><key id='b' for='node' attr.name='Longitude'/>"
                + "<key id='a2' for='edge' attr.name='Latitude'/><graph edgedefault='undirected'>" + rest + "</graph></graphml>";
    }

    @Test
    void graphml_merges_parallel_edges_and_takes_the_biggest_part() throws IOException {
        Net net = Readers.graphml("x", graphml("<node id='0'><data key='a'>50.5</data><data key='b'>-7</data></node><node id='7'/><node id='3'/><node id='9'/>"
                + "<edge source='3' target='0'/><edge source='0' target='3'/><edge source='7' target='3'/><edge source='7' target='7'/>"));
        assertEquals(java.util.List.of("n0", "n7", "n3"), net.nodes());
        assertEquals(50.5, net.latitude()[0]);
        assertEquals(-7, net.longitude()[0]);
        assertTrue(Double.isNaN(net.latitude()[1]));
        assertEquals(2, net.links().size());
        assertEquals("biggest of 2 parts, 3 of 4 nodes", net.note());
    }

    @Test
    void graphml_that_is_wrong_is_named() {
        assertTrue(assertThrows(IOException.class, () -> Readers.graphml("x", graphml("<node id='0'/><edge source='0' target='1'/>"))).getMessage().contains("'1'"));
        assertThrows(IOException.class, () -> Readers.graphml("x", "<graphml>"));
        assertThrows(IOException.class, () -> Readers.graphml("x", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]>" + graphml("<node id='0'/>").substring(21)));
    }

    @Test
    void sndlib_has_nodes_links_and_demands() throws IOException {
        Net net = Readers.sndlib("x", "?SNDlib native format; type: network; version: 1.0\n# x\nMETA (\n  unit = MBIT\n)\nNODES (\n  A ( 1.5 50 )\n  B ( 2 51 )\n  C ( 3 -5.25 )\n)\n"
                + "LINKS (\n  L1 ( A B ) 1.00 0.00 0.00 0.00 ( 40.00 1.00 )\n  L2 ( C B ) 0.00 0.00 1.00 0.00 ( 1.00 2.00 )\n)\n"
                + "DEMANDS (\n  A_C ( A C ) 1 10.50 UNLIMITED\n  C_A ( C A ) 1 2.00 UNLIMITED\n)\nADMISSIBLE_PATHS (\n)\n");
        assertEquals(3, net.size());
        assertEquals(-5.25, net.latitude()[2]);
        assertEquals(10.5, net.demands()[0][2]);
        assertArrayEquals(new double[] {12.5, 12.5}, net.loads(net.demands()));
        assertThrows(IOException.class, () -> Readers.sndlib("x", "NODES (\n A B C\n)\n"));
    }

    @Test
    void a_matrix_is_square_and_of_numbers(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("m.txt.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(java.nio.file.Files.newOutputStream(file))) {
            out.write("0\t1.5\n2.5\t0\n".getBytes(StandardCharsets.UTF_8));
        }
        assertArrayEquals(new double[] {0, 1.5, 2.5, 0}, Readers.matrix("m", Readers.text(file)));
        assertTrue(assertThrows(IOException.class, () -> Readers.matrix("m", "0 1\n1\n")).getMessage().contains("row 2"));
        assertThrows(IOException.class, () -> Readers.matrix("m", "0 x\n1 0\n"));
    }

    @Test
    void requests_are_the_same_in_both_forms() throws IOException {
        Requests json = Requests.json("j", "{\"n\":2,\"cpu\":[5,6],\"links\":[[0,1,7]],\"vn\":[{\"arr\":1.5,\"life\":20,\"cpu\":[1,2],\"links\":[[0,1,3]]}]}");
        Requests text = Requests.text("t", "2 1 1\n5 6\n0 1 7\n1.5 20 2 1\n1 2\n0 1 3\n");
        for (Requests r : new Requests[] {json, text}) {
            assertArrayEquals(new double[] {5, 6}, r.cpu());
            assertArrayEquals(new double[] {0, 1, 7}, r.links().get(0));
            assertEquals(1.5, r.requests().get(0).arrival());
            assertEquals(20, r.requests().get(0).lifetime());
            assertArrayEquals(new double[] {1, 2}, r.requests().get(0).cpu());
            assertArrayEquals(new double[] {0, 1, 3}, r.requests().get(0).links().get(0));
        }
        assertThrows(IOException.class, () -> Requests.text("t", "2 1 1\n5 6\n0 1 7\n1.5 20 2"));
        assertThrows(IOException.class, () -> Requests.json("j", "{\"n\":3,\"cpu\":[5,6],\"links\":[],\"vn\":[]}"));
    }
}
