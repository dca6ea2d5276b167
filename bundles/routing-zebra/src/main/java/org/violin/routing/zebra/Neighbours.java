// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.violin.api.routing.ControlStatus.Adjacency;
import org.violin.api.routing.RouterSink;

/** The adjacencies of one router, and who came or went since the last look. One thread at a time. */
final class Neighbours {
    private final Asker asker;
    private final RouterSink sink;
    private final String router;
    private final Set<String> up = new HashSet<>();

    Neighbours(String router, Asker asker, RouterSink sink) {
        this.router = router;
        this.asker = asker;
        this.sink = sink;
    }

    /** Asks those daemons; one that does not answer has no neighbours. */
    static List<Adjacency> read(Asker asker, Set<Daemon> daemons) {
        List<Adjacency> all = new ArrayList<>();
        for (Daemon d : daemons) {
            try {
                switch (d) {
                    case OSPFD -> all.addAll(Shows.ospf(asker.ask(d, "show ip ospf neighbor json")));
                    case OSPF6D -> all.addAll(Shows.ospf6(asker.ask(d, "show ipv6 ospf6 neighbor json")));
                    case BGPD -> all.addAll(Shows.bgp(asker.ask(d, "show bgp summary json")));
                    case ISISD -> all.addAll(Shows.isis(asker.ask(d, "show isis neighbor detail json")));
                    case BFDD -> all.addAll(Shows.bfd(asker.ask(d, "show bfd peers json")));
                    case RIPD -> all.addAll(Shows.rip(asker.ask(d, "show ip rip status")));
                    case RIPNGD -> all.addAll(Shows.rip(asker.ask(d, "show ipv6 ripng status")));
                    default -> { }
                }
            } catch (IOException e) {
                // It is down; its supervisor knows.
            }
        }
        return all;
    }

    /** Tells the sink what is different from the last call. */
    void look(Set<Daemon> daemons) {
        Map<String, Adjacency> now = new HashMap<>();
        for (Adjacency a : read(asker, daemons)) {
            if (a.up()) now.put(a.protocol() + " " + a.peer() + (a.nic().isEmpty() ? "" : " on " + a.nic()), a);
        }
        for (String gone : Set.copyOf(up)) {
            if (now.containsKey(gone)) continue;
            up.remove(gone);
            sink.event("neighbour/down", router + ": " + gone);
        }
        now.forEach((name, a) -> {
            if (up.add(name)) sink.event("neighbour/up", router + ": " + name + ", " + a.state());
        });
    }
}
