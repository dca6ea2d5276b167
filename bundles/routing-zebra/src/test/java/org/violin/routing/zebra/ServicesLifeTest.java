// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What services put into the kernel of one router is told to the other, and taken back. */
class ServicesLifeTest {
    @Test
    void anycastAddressesAndWaysOutAreTold() throws Exception {
        Specs served = Pair.ospf(1).withoutLoopbacks().service("anycast", Map.of("addresses", "10.200.0.53/32")).service("uplink", Map.of());
        try (Pair pair = new Pair(served.build(), Pair.ospf(2).build())) {
            Lab.await("r2 hears of r1's LAN", 15, () -> pair.sink2.fib.containsKey("10.0.1.0/24"));
            assertFalse(pair.sink2.fib.containsKey("10.200.0.53/32") || pair.sink2.fib.containsKey("0.0.0.0/0"));
            Lab.sh(pair.g1, "ip address add 10.200.0.53/32 dev lo; ip route add default via 10.0.1.9 dev eth2 metric 10 proto 119");
            Lab.await("the address is told", 10, () -> pair.sink2.fib.containsKey("10.200.0.53/32"));
            Lab.await("the way out is told", 10, () -> pair.sink2.fib.containsKey("0.0.0.0/0"));
            Lab.sh(pair.g1, "ip address del 10.200.0.53/32 dev lo; ip route del default metric 10");
            Lab.await("the address is withdrawn", 10, () -> !pair.sink2.fib.containsKey("10.200.0.53/32"));
            Lab.await("the way out is withdrawn", 10, () -> !pair.sink2.fib.containsKey("0.0.0.0/0"));
            assertTrue(pair.sink2.fib.containsKey("10.0.1.0/24"));
        }
    }
}
