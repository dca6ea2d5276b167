// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.violin.api.model.Cidr;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.FibRoute;

class FibTableTest {
    private final FibTable table = new FibTable(3, 30_000);

    private static FibRoute route(String to, String via) {
        return new FibRoute(Cidr.parse(to), "ospf", List.of(new FibRoute.Hop(via, "eth1", 1)));
    }

    private void tell(FibRoute route, long at) {
        table.change(new FpmDecoder.Change(route.destination(), route), at);
    }

    private void gone(String to, long at) {
        table.change(new FpmDecoder.Change(Cidr.parse(to), null), at);
    }

    private FibBatch due() {
        return table.take(table.due()).orElseThrow();
    }

    private void begin(FibRoute... routes) {
        table.connected(0);
        for (FibRoute r : routes) tell(r, 1);
        assertTrue(due().resync());
    }

    @Test
    void theFirstBatchIsAllOnceItIsQuiet() {
        table.connected(0);
        tell(route("10.1.0.0/16", "a"), 10);
        assertEquals(Optional.empty(), table.take(50));
        FibBatch all = due();
        assertTrue(all.resync());
        assertEquals(1, all.routes().size());
        assertEquals(Long.MAX_VALUE, table.due());
    }

    @Test
    void goneAndNewIsOneReplacement() {
        begin(route("10.1.0.0/16", "a"));
        gone("10.1.0.0/16", 1000);
        tell(route("10.1.0.0/16", "b"), 1001);
        assertEquals(new FibBatch(false, List.of(route("10.1.0.0/16", "b")), List.of()), due());
        gone("10.1.0.0/16", 2000);
        tell(route("10.1.0.0/16", "b"), 2001);
        assertEquals(Optional.empty(), table.take(table.due()), "nothing is different");
        gone("10.1.0.0/16", 3000);
        assertEquals(new FibBatch(false, List.of(), List.of(Cidr.parse("10.1.0.0/16"))), due());
    }

    @Test
    void aStreamThatNeverRestsIsToldAllTheSame() {
        begin();
        for (int i = 0; i < 30; i++) tell(route("10.1.0.0/16", "v" + i), 1000 + i);
        assertTrue(table.due() <= 1025);
    }

    @Test
    void afterAnotherConnectionWhatIsNotToldAgainIsSwept() {
        begin(route("10.1.0.0/16", "a"), route("10.2.0.0/16", "a"));
        table.connected(5000);
        tell(route("10.1.0.0/16", "a"), 5001);
        assertEquals(Optional.empty(), table.take(table.due()), "both stay for now");
        assertEquals(35_000, table.due());
        assertEquals(new FibBatch(false, List.of(), List.of(Cidr.parse("10.2.0.0/16"))), due());
    }

    @Test
    void itIsBounded() {
        begin();
        for (int i = 0; i < 5; i++) tell(route("10." + i + ".0.0/16", "a"), 1000);
        assertEquals(3, due().routes().size());
        assertEquals(2, table.refused());
    }
}
