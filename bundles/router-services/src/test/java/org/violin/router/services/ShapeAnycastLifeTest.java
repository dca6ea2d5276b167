// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.violin.api.routing.RouterService;
import org.violin.api.routing.RouterSpec;

/** Shaping and anycast addresses in a real guest. */
class ShapeAnycastLifeTest {
    @Test
    void whatLeavesIsShapedAndTheRateChangesInPlace() throws Exception {
        try (Triple lab = new Triple()) {
            ShapeProvider provider = new ShapeProvider();
            Map<String, String> settings = Map.of("eth1", "1000000");
            RouterSpec spec = Triple.spec(Map.of("shape", settings));
            assertEquals(List.of(), provider.check(spec, settings));
            assertEquals(2, provider.check(spec, Map.of("eth9", "10")).size());
            RouterService shape = provider.open(spec, settings, lab.router, lab.sink);
            assertTrue(Lab.sh(lab.router, "tc qdisc show dev eth1").contains("tbf 7669: root refcnt 2 rate 1Mbit burst 32"));
            // 400 packets of 1,400 bytes at once are more than bucket and queue hold: some wait, some are dropped.
            Lab.sh(lab.router, "perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(Proto => q(udp), PeerAddr => q(10.1.0.5:9)); "
                    + "$s->send(q(x) x 1400) for 1 .. 400'");
            Map<String, Long> counters = shape.status().counters();
            assertTrue(counters.get("eth1.delayed") > 0, counters.toString());
            assertTrue(counters.get("eth1.dropped") > 0, counters.toString());
            long packets = counters.get("eth1.packets");
            shape.apply(spec, Map.of("eth1", "20000000", "eth0", "5000000"));
            assertTrue(Lab.sh(lab.router, "tc qdisc show dev eth1").contains("rate 20Mbit"));
            assertTrue(shape.status().counters().get("eth1.packets") >= packets, "counters go on");
            assertEquals(List.of("eth0 at most 5Mbit", "eth1 at most 20Mbit"), shape.status().facts().stream().sorted().toList());
            shape.apply(spec, Map.of("eth0", "5000000"));
            assertFalse(Lab.sh(lab.router, "tc qdisc show dev eth1").contains("tbf"));
            shape.close();
            provider.open(spec, Map.of("eth0", "5000000"), lab.router, lab.sink).remove(false);
            assertFalse(Lab.sh(lab.router, "tc qdisc").contains("tbf"));
        }
    }

    @Test
    void theAddressIsThereWhileTheCheckSucceeds() throws Exception {
        AnycastProvider provider = new AnycastProvider();
        try (Triple lab = new Triple()) {
            Map<String, String> settings = Map.of("addresses", "10.200.0.53/32,fd00:200::53/128", "check", "test -e /tmp/healthy", "interval", "100", "fails", "2");
            RouterSpec spec = Triple.spec("zebra", "kernel", Map.of("anycast", settings));
            assertEquals(List.of(), provider.check(spec, settings));
            assertTrue(provider.check(Triple.spec(Map.of()), settings).toString().contains("control plane"));
            RouterService anycast = provider.open(spec, settings, lab.router, lab.sink);
            Lab.await("not there before the first success", 20, () -> anycast.status().facts().toString().contains("down"));
            assertEquals("", Lab.sh(lab.router, "ip -o address show dev lo | grep 200").strip());
            Lab.sh(lab.router, "touch /tmp/healthy");
            Lab.await("there", 20, () -> anycast.status().state().equals("ready"));
            String lo = Lab.sh(lab.router, "ip -o address show dev lo");
            assertTrue(lo.contains("10.200.0.53/32") && lo.contains("fd00:200::53/128"), lo);
            Lab.await("told", 20, () -> lab.sink.events.stream().anyMatch(e -> e.startsWith("anycast/announced 10.200.0.53/32")));
            Lab.sh(lab.router, "rm /tmp/healthy");
            Lab.await("withdrawn", 20, () -> lab.sink.events.get(lab.sink.events.size() - 1).startsWith("anycast/withdrawn"));
            assertEquals("", Lab.sh(lab.router, "ip -o address show dev lo | grep 200").strip());
            Lab.sh(lab.router, "touch /tmp/healthy");
            Lab.await("back", 20, () -> anycast.status().state().equals("ready"));
            anycast.apply(spec, Map.of("addresses", "10.200.0.54/32"));
            assertEquals(1, Lab.sh(lab.router, "ip -o address show dev lo | grep 200").lines().count(), "without a check always there, and only what is wanted");
            anycast.close();
            RouterService again = provider.open(spec, Map.of("addresses", "10.200.0.54/32"), lab.router, lab.sink);
            assertEquals("ready", again.status().state());
            again.remove(false);
            String left = Lab.sh(lab.router, "ip -o address show dev lo; ls /run; ps ax");
            assertFalse(left.contains("10.200") || left.contains("violin/") || left.contains("anycast"), left);
        } finally {
            provider.stop();
        }
    }
}
