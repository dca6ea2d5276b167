// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.violin.api.model.Refused;
import org.violin.testkit.cluster.MemoryMembers;
import org.violin.testkit.control.SpecBuilder;

/** When what ran on a host that is gone is placed elsewhere. */
class FailoverTest {
    private final AtomicLong clock = new AtomicLong();
    private final List<String> emptied = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private final MemoryMembers members = new MemoryMembers("host1", List.of(MemoryMembers.host("host1"), MemoryMembers.host("host2")));
    private boolean full;
    private final Failover failover = new Failover(members, host -> {
        emptied.add(host);
        if (full) throw new Refused("drain", "a", "fits nowhere");
        return 1;
    }, (topic, subject, text) -> events.add(topic + " " + subject), clock::get);
    private final List<PlacedSpec> specs = List.of(new PlacedSpec(SpecBuilder.violin("v").vhost("a").vhost("b").build(), 1,
            Map.of("a", "host1", "b", "host2"), Map.of(), 1, false));

    private void look(long atMillis) {
        clock.set(atMillis);
        failover.look(specs);
    }

    @Test
    void neverByItself() {
        members.setHosts(List.of(MemoryMembers.host("host1")));
        look(0);
        look(1_000_000_000);
        assertEquals(List.of(), emptied);
    }

    @Test
    void onlyWhoIsGoneLongEnoughWithoutAPause() {
        failover.after(30_000);
        look(0);
        members.setHosts(List.of(MemoryMembers.host("host1")));
        look(10_000);
        look(39_000);
        members.setHosts(List.of(MemoryMembers.host("host1"), MemoryMembers.host("host2")));
        look(39_500);
        members.setHosts(List.of(MemoryMembers.host("host1")));
        look(40_500);
        look(70_000);
        assertEquals(List.of(), emptied);
        look(71_000);
        assertEquals(List.of("host2"), emptied);
        assertEquals(List.of("placement/failover host2"), events);
    }

    @Test
    void whatFitsNowhereIsTriedAgainNowAndThen() {
        failover.after(1_000);
        full = true;
        members.setHosts(List.of(MemoryMembers.host("host1")));
        for (long now = 0; now <= 130_000; now += 10_000) look(now);
        assertEquals(List.of("host2", "host2", "host2"), emptied);
        assertEquals("placement/refused host2", events.get(0));
    }
}
