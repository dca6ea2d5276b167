// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.violin.api.routing.ControlStatus.Adjacency;
import org.violin.api.routing.RouterSpec;

/** When a router that began knows what there is to know. */
class ConvergenceTest {
    private static Adjacency at(String protocol, String nic, boolean up) {
        return new Adjacency(protocol, "10.255.0.2", "10.0.12.2", nic, up ? "Full" : "Init", up, -1);
    }

    @Test
    void allWantedNeighboursAreThereAndItIsQuietOrTheyWereWaitedFor() {
        RouterSpec spec = Specs.router(1).nic("eth1", 10, Specs.ospf(2, "10.0.12.2/24"), "10.0.12.1/24", "2001:db8::1/64")
                .nic("eth2", 10, Specs.ospf(3, "10.0.13.3/24", "2001:db8:1::3/64"), "10.0.13.1/24", "2001:db8:1::1/64").build();
        List<Adjacency> some = List.of(at("ospf", "eth1", true), at("ospf", "eth2", true), at("ospf6", "eth2", false));
        List<Adjacency> all = List.of(some.get(0), some.get(1), at("ospf6", "eth2", true));
        assertFalse(Convergence.allThere(spec, some));
        assertTrue(Convergence.allThere(spec, all), "the far end of eth1 has no IPv6");
        assertFalse(Convergence.reached(spec, all, 900));
        assertTrue(Convergence.reached(spec, all, 1000));
        assertFalse(Convergence.reached(spec, some, 5900));
        assertTrue(Convergence.reached(spec, some, 6000), "4 s dead time and 2 s more");
    }

    @Test
    void allBgpPeersAndAllSourcesOfRip() {
        RouterSpec bgp = Specs.router(1).speaks("bgp").as(65001).build();
        assertFalse(Convergence.allThere(bgp, List.of(at("bgp", "", true), at("bgp", "", false))));
        assertTrue(Convergence.allThere(bgp, List.of(at("bgp", "", true))));
        RouterSpec rip = Specs.router(1).speaks("rip").nic("eth1", 1, List.of(Specs.neighbour(2, 0, Set.of("rip"), "10.0.12.2/24")), "10.0.12.1/24").build();
        assertFalse(Convergence.allThere(rip, List.of()));
        assertTrue(Convergence.allThere(rip, List.of(at("rip", "", true))));
    }

    @Test
    void whatIsNotAcknowledgedIsCounted() {
        assertEquals(3, Shows.unacknowledged("{\"neighbors\":{\"a\":[{\"retransmitCounter\":1}],\"b\":[{\"linkStateRetransmissionListCounter\":2}]}}"));
        assertEquals(0, Shows.unacknowledged("no json"));
    }
}
