// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.violin.api.cluster.StateException;
import org.violin.testkit.cluster.MemoryMembers;
import org.violin.testkit.cluster.MemoryState;
import org.violin.testkit.control.SpecBuilder;

/** What an order says of overlay hosts that are lost while they work on it. */
class WaiterTest {
    private static final Set<String> BOTH = Set.of("host1", "host2");

    private final SpecStore store = new SpecStore(new MemoryState().view("host1"));
    private final MemoryMembers members = new MemoryMembers("host1", List.of(MemoryMembers.host("host1")));
    private final PlacedSpec spec = new PlacedSpec(SpecBuilder.violin("v").vhost("a").vhost("b").build(), 3, Map.of("a", "host1", "b", "host2"),
            Map.of(), 1, false);

    private List<String> await(PlacedSpec of) {
        return new Waiter(members, store, 3000).await(of, BOTH, line -> {});
    }

    private void report(String host, long revision, boolean done, int finished) throws StateException {
        store.report("v", new HostReport(host, 1, revision, done, finished, 10, Map.of()));
    }

    @Test
    void whoIsLostInTheMiddleIsTold() throws Exception {
        report("host1", 3, true, 10);
        report("host2", 3, false, 4);
        assertEquals(List.of("host2: was lost after 4 of 10 actions; it does the rest when it is back"), await(spec));
        report("host1", 4, true, 10);
        report("host2", 4, false, 4);
        assertEquals(List.of(), await(spec.emptied()), "what is destroyed is swept when the host is back");
    }

    @Test
    void whoIsLostBeforeItBeganToo() throws Exception {
        report("host1", 3, true, 10);
        report("host2", 2, true, 10);
        assertEquals(List.of("host2: is not joined; it does its part when it is back"), await(spec));
    }

    @Test
    void whoDidAllAndWasLostThenIsNoMatter() throws Exception {
        report("host1", 3, true, 10);
        report("host2", 3, true, 10);
        assertEquals(List.of(), await(spec));
    }
}
