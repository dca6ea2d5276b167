// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What services put into the kernel of one router is told to the other by each protocol, and taken back. */
class ServicesLifeTest {
    private static Specs router(int n, String protocol) {
        boolean bgp = protocol.equals("bgp");
        int other = 3 - n;
        return Specs.router(n).withoutLoopbacks().as(bgp ? 65000 + n : 0).speaks(protocol).nic("eth1", 10,
                List.of(Specs.neighbour(other, bgp ? 65000 + other : 0, Set.of(protocol), "10.0.12." + other + "/24")), "10.0.12." + n + "/24")
                .nic("eth2", 10, List.of(), "10.0." + n + ".1/24");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ospf", "bgp", "rip", "isis"})
    void anycastAddressesAndWaysOutAreTold(String protocol) throws Exception {
        Specs served = router(1, protocol).service("anycast", Map.of("addresses", "10.200.0.53/32")).service("uplink", Map.of());
        try (Pair pair = new Pair(served.build(), router(2, protocol).build())) {
            assertEquals(List.of(), pair.provider.check(served.build()));
            assertEquals(List.of(), pair.sink1.events.stream().filter(e -> e.startsWith("router/config")).toList());
            Lab.await("r2 hears of r1's LAN", 30, () -> pair.sink2.fib.containsKey("10.0.1.0/24"));
            assertFalse(pair.sink2.fib.containsKey("10.200.0.53/32") || pair.sink2.fib.containsKey("0.0.0.0/0"));
            Lab.sh(pair.g1, "ip address add 10.200.0.53/32 dev lo; ip route add default via 10.0.1.9 dev eth2 metric 10 proto 119;"
                    + "ip route add 192.0.2.0/24 via 10.0.1.9 proto 119");
            Lab.await("the address is told", 20, () -> pair.sink2.fib.containsKey("10.200.0.53/32"));
            Lab.await("the way out is told", 20, () -> pair.sink2.fib.containsKey("0.0.0.0/0"));
            assertEquals(protocol, pair.sink2.fib.get("0.0.0.0/0").protocol());
            assertFalse(pair.sink2.fib.containsKey("192.0.2.0/24"), "no other route of the kernel's");
            Lab.sh(pair.g1, "ip address del 10.200.0.53/32 dev lo; ip route del default metric 10");
            Lab.await("the address is withdrawn", 40, () -> !pair.sink2.fib.containsKey("10.200.0.53/32"));
            Lab.await("the way out is withdrawn", 40, () -> !pair.sink2.fib.containsKey("0.0.0.0/0"));
            assertTrue(pair.sink2.fib.containsKey("10.0.1.0/24"));
        }
    }
}
