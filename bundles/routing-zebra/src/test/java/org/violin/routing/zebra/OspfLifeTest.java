// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.model.Mistake;
import org.violin.api.routing.ControlPlane;
import org.violin.api.routing.ControlStatus;
import org.violin.api.routing.FibRoute;
import org.violin.api.routing.RouterSpec;

/** Real FRR in real guests, two routers. */
class OspfLifeTest {
    @Test
    void twoRoutersLearnEachOtherAndLeaveNothing() throws Exception {
        RouterSpec s1 = Pair.ospf(1).build();
        try (Pair pair = new Pair(s1, Pair.ospf(2).build())) {
            assertEquals(List.of(), pair.provider.check(s1));
            assertEquals(List.of(), pair.sink1.events);
            Lab.await("r1 hears of r2's LAN", 15, () -> pair.sink1.fib.containsKey("10.0.2.0/24"));
            Lab.await("r2 hears of r1's LAN", 15, () -> pair.sink2.fib.containsKey("10.0.1.0/24"));
            assertTrue(pair.sink1.batches.get(0).resync(), "the first batch is all there is");
            FibRoute learnt = pair.sink1.fib.get("10.0.2.0/24");
            assertEquals(new FibRoute(learnt.destination(), "ospf", List.of(new FibRoute.Hop("10.0.12.2", "eth1", 1))), learnt);
            assertEquals("connected", pair.sink1.fib.get("10.0.12.0/24").protocol());
            assertTrue(Lab.sh(pair.g1, "ip route").contains("10.0.2.0/24"));
            assertTrue(pair.r1.command("show ip ospf neighbor").contains("Full/-"));
            assertTrue(Lab.sh(pair.g1, "vtysh -c 'show ip route'").contains("10.0.2.0/24"), "as a user would look");
            Lab.await("the neighbour is an event", 5, () -> pair.sink1.events.contains("neighbour/up zebra-test/r1: ospf 10.255.0.2 on eth1, Full/-"));
            ControlStatus status = pair.r1.status();
            assertEquals("ready", status.state());
            assertEquals(List.of("zebra", "ospfd"), status.daemons().stream().map(ControlStatus.Daemon::name).toList());
            assertTrue(status.daemons().stream().allMatch(d -> d.memoryBytes() > 1 << 20), status.daemons().toString());
            assertTrue(status.routes().stream().anyMatch(r -> r.fib().equals(learnt) && r.selected() && r.distance() == 110 && r.metric() == 20));
            pair.r1.stop();
            assertFalse(Lab.sh(pair.g1, "ps ax; ls -d /run/frr /etc/frr").matches("(?s).*(ospfd|zebra|/etc/frr\n|/run/frr\n).*"));
            assertTrue(Lab.sh(pair.g1, "ip route").contains("10.0.2.0/24"), "the kernel keeps the routes");
        }
    }

    @Test
    void aChangedCostAndAGraftedNicDisturbNobody() throws Exception {
        Specs before = Pair.ospf(1);
        try (Pair pair = new Pair(before.build(), Pair.ospf(2).build())) {
            Lab.await("Full", 15, () -> Pair.up(pair.r1, "ospf") && pair.sink2.fib.containsKey("10.0.1.0/24"));
            int ospfd = Pair.pid(pair.r1, "ospfd");
            RouterSpec dearer = Specs.router(1).nic("eth1", 10, Specs.ospf(2), "10.0.12.1/24").nic("eth2", 77, List.of(), "10.0.1.1/24").build();
            assertEquals(List.of(), pair.r1.apply(dearer));
            Lab.await("r2 sees the cost", 10, () -> pair.r2.status().routes().stream()
                    .anyMatch(r -> r.fib().destination().toString().equals("10.0.1.0/24") && r.metric() == 87));
            RouterSpec more1 = Specs.router(1).nic("eth1", 10, Specs.ospf(2), "10.0.12.1/24").nic("eth2", 77, List.of(), "10.0.1.1/24")
                    .nic("eth3", 10, Specs.ospf(2), "10.0.33.1/24").build();
            RouterSpec more2 = Pair.ospf(2).nic("eth3", 10, Specs.ospf(1), "10.0.33.2/24").build();
            FrameDevice d1 = pair.g1.plug(List.of(more1.nics().get(2).spec())).get(0);
            FrameDevice d2 = pair.g2.plug(List.of(more2.nics().get(2).spec())).get(0);
            pair.lab.join(d1, d2);
            assertEquals(List.of(), pair.r1.apply(more1));
            assertEquals(List.of(), pair.r2.apply(more2));
            Lab.await("two ways to r2's LAN", 10, () -> pair.sink1.fib.get("10.0.2.0/24").hops().size() == 2);
            assertEquals(2, pair.r1.status().adjacencies().stream().filter(a -> a.up()).count());
            assertEquals(ospfd, Pair.pid(pair.r1, "ospfd"));
            assertEquals(List.of(), pair.r1.apply(dearer));
            Lab.await("one way again", 10, () -> pair.sink1.fib.get("10.0.2.0/24").hops().size() == 1);
            assertFalse(pair.r1.command("show running-config").contains("10.0.33"));
            assertTrue(pair.sink1.events.stream().noneMatch(e -> e.startsWith("neighbour/down") && e.contains("eth1")), pair.sink1.events.toString());
            RouterSpec withStatic = before.route("192.0.2.0/24", "10.0.1.9", "eth2").build();
            assertEquals(List.of(), pair.r1.apply(withStatic));
            Lab.await("a daemon newly needed runs", 10, () -> pair.sink2.fib.containsKey("192.0.2.0/24"));
            assertEquals("static", pair.sink1.fib.get("192.0.2.0/24").protocol());
            assertEquals(List.of(), pair.r1.apply(Pair.ospf(1).build()));
            Lab.await("its route is gone", 10, () -> !pair.sink2.fib.containsKey("192.0.2.0/24"));
            assertEquals(2, pair.r1.status().daemons().size());
        }
    }

    @Test
    void aKilledDaemonComesBack() throws Exception {
        try (Pair pair = new Pair(Pair.ospf(1).build(), Pair.ospf(2).build())) {
            Lab.await("Full", 15, () -> pair.sink1.fib.containsKey("10.0.2.0/24"));
            for (String program : List.of("ospfd", "zebra")) {
                int pid = Pair.pid(pair.r1, program);
                ProcessHandle.of(pid).orElseThrow().destroyForcibly();
                Lab.await(program + " runs again", 15, () -> {
                    int now = Pair.pid(pair.r1, program);
                    return now != 0 && now != pid;
                });
                Lab.await("event", 5, () -> pair.sink1.events.stream().anyMatch(e -> e.startsWith("daemon/restarted") && e.contains(program)));
                assertTrue(program.equals("ospfd") || Lab.sh(pair.g1, "ip route").contains("10.0.2.0/24"), "routes stay when zebra dies");
                Lab.await("Full and learnt again", 30, () -> Pair.up(pair.r1, "ospf") && pair.r1.status().routes().stream()
                        .anyMatch(r -> r.fib().protocol().equals("ospf") && r.fib().destination().toString().equals("10.0.2.0/24")));
            }
            assertTrue(pair.sink1.fib.containsKey("10.0.2.0/24"));
            assertEquals(List.of(1, 1), pair.r1.status().daemons().stream().map(ControlStatus.Daemon::restarts).toList());
        }
    }

    @Test
    void theNextContainerTakesOver() throws Exception {
        try (Pair pair = new Pair(Pair.ospf(1).build(), Pair.ospf(2).build())) {
            Lab.await("Full", 15, () -> Pair.up(pair.r1, "ospf"));
            int ospfd = Pair.pid(pair.r1, "ospfd");
            pair.r1.close();
            assertTrue(ProcessHandle.of(ospfd).orElseThrow().isAlive());
            Sink sink = new Sink();
            ZebraProvider next = new ZebraProvider();
            try {
                RouterSpec dearer = Specs.router(1).nic("eth1", 10, Specs.ospf(2), "10.0.12.1/24").nic("eth2", 55, List.of(), "10.0.1.1/24").build();
                ControlPlane r1 = next.open(dearer, pair.g1, sink);
                pair.r1 = r1;
                assertEquals(ospfd, Pair.pid(r1, "ospfd"));
                Lab.await("all routes told anew", 10, () -> sink.fib.containsKey("10.0.2.0/24"));
                assertTrue(sink.batches.get(0).resync());
                Lab.await("the change of meanwhile", 10, () -> pair.r2.status().routes().stream()
                        .anyMatch(r -> r.fib().destination().toString().equals("10.0.1.0/24") && r.metric() == 65));
                ProcessHandle.of(ospfd).orElseThrow().destroyForcibly();
                Lab.await("supervised again", 10, () -> sink.events.stream().anyMatch(e -> e.startsWith("daemon/restarted")));
                r1.stop();
            } finally {
                next.deactivate();
            }
        }
    }

    @Test
    void aRouterThatDepartsIsAvoided() throws Exception {
        try (Pair pair = new Pair(Pair.ospf(1).build(), Pair.ospf(2).build())) {
            Lab.await("Full", 15, () -> pair.sink2.fib.containsKey("10.0.1.0/24"));
            Lab.await("r1 knows all", 15, pair.r1::converged);
            pair.r1.depart();
            assertTrue(pair.r2.command("show ip ospf database router 10.255.0.1").contains("TOS 0 Metric: 65535"), "r2 knows when it returns");
            assertTrue(pair.r1.command("show running-config ospfd").contains("max-metric router-lsa administrative"));
            assertEquals(List.of(), pair.r1.apply(Pair.ospf(1).build()));
            assertFalse(pair.r1.command("show running-config ospfd").contains("max-metric"));
        }
    }

    @Test
    void everyProtocolSaysGoodbye() throws Exception {
        Specs all = Specs.router(1).speaks("ospf", "isis", "bgp").as(65001).nic("eth1", 10, List.of(), "10.0.12.1/24", "2001:db8:12::1/64");
        try (Pair pair = new Pair(all.build(), Pair.ospf(2).build())) {
            pair.r1.depart();
            String running = pair.r1.command("show running-config");
            for (String line : List.of("max-metric router-lsa administrative", "stub-router administrative", "bgp graceful-shutdown", "set-overload-bit")) {
                assertTrue(running.contains(line), line + " in " + running);
            }
        }
    }

    @Test
    void wrongTextIsRefusedWithItsLine() {
        ZebraProvider provider = new ZebraProvider();
        try {
            org.junit.jupiter.api.Assumptions.assumeTrue(provider.probe().usable(), provider.probe().finding());
            List<Mistake> found = provider.check(Pair.ospf(1).text("! mine\nrouter ospf\n  passive-interfaze eth2\n").build());
            assertEquals(1, found.size(), found.toString());
            assertEquals(3, found.get(0).line());
            assertEquals("passive-interfaze eth2", found.get(0).value());
            assertTrue(found.get(0).rule().contains("Unknown command"), found.toString());
            assertEquals(1, provider.check(Pair.ospf(1).option("hello", "never").build()).size());
        } finally {
            provider.deactivate();
        }
    }
}
