// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.util.List;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.guest.Guest;
import org.violin.api.routing.ControlPlane;
import org.violin.api.routing.RouterNic;
import org.violin.api.routing.RouterSpec;

/** Two guests whose vNICs {@code eth1} are joined by a cable, and {@code eth2} go nowhere. */
final class Pair implements AutoCloseable {
    final Lab lab = new Lab();
    final ZebraProvider provider = new ZebraProvider();
    final Guest g1;
    final Guest g2;
    final Sink sink1 = new Sink();
    final Sink sink2 = new Sink();
    final Lab.Cable cable;
    ControlPlane r1;
    ControlPlane r2;

    Pair(RouterSpec s1, RouterSpec s2) throws Exception {
        g1 = lab.start("r1");
        g2 = lab.start("r2");
        List<FrameDevice> d1 = g1.plug(s1.nics().stream().map(RouterNic::spec).toList());
        List<FrameDevice> d2 = g2.plug(s2.nics().stream().map(RouterNic::spec).toList());
        cable = lab.join(d1.get(0), d2.get(0));
        for (FrameDevice d : d1.subList(1, d1.size())) lab.alone(d);
        for (FrameDevice d : d2.subList(1, d2.size())) lab.alone(d);
        r1 = provider.open(s1, g1, sink1);
        r2 = provider.open(s2, g2, sink2);
    }

    /** A router N of two, speaking OSPF with the other, with a LAN 10.0.N.0/24 behind it. */
    static Specs ospf(int n) {
        return Specs.router(n).nic("eth1", 10, Specs.ospf(3 - n, "10.0.12." + (3 - n) + "/24"), "10.0.12." + n + "/24").nic("eth2", 10, List.of(),
                "10.0." + n + ".1/24");
    }

    static boolean up(ControlPlane router, String protocol) {
        return router.status().adjacencies().stream().anyMatch(a -> a.protocol().equals(protocol) && a.up());
    }

    static int pid(ControlPlane router, String program) {
        return router.status().daemons().stream().filter(d -> d.name().equals(program)).findFirst().orElseThrow().pid();
    }

    @Override
    public void close() throws Exception {
        try {
            r1.stop();
            r2.stop();
        } finally {
            provider.deactivate();
            lab.close();
        }
    }
}
