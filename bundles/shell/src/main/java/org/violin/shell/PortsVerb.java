// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.violin.api.dataplane.DataPlaneView;
import org.violin.api.dataplane.PortStatus;
import org.violin.api.guest.GuestException;

/** {@code violin:ports}. */
@Service
@Command(scope = "violin", name = "ports", description = "Shows the vNICs and switch ports on this overlay host", detailedDescription = """
        In and out are as seen from the entity's cable: in came from the guest,
        or from the link into the switch. Counters count frames and bytes;
        drops are listed by reason.
        Examples:
          violin:ports
          violin:ports figure2
          violin:ports -o json
        """)
public final class PortsVerb extends Query {
    @Argument(name = "violin", description = "Only ports of this violin")
    @Completion(ViolinNames.class)
    String violin;

    @Reference(optional = true)
    DataPlaneView dataPlane;

    @Override
    int run(Streams io) throws WrongUse, GuestException, IOException {
        boolean json = json();
        List<PortStatus> ports = need(dataPlane, "org.violin.engine").ports().stream()
                .filter(p -> violin == null || p.id().node().violin().equals(violin)).toList();
        if (json) {
            io.out().println(Json.pretty(ports));
            return DONE;
        }
        Table table = new Table("port", "vni", "far end", "carrier", "frames in", "frames out", "bytes in", "bytes out", "drops");
        for (PortStatus p : ports) {
            table.row(p.id(), p.vni() == 0 ? "-" : p.vni(), p.far(), p.carrier() ? "up" : "down", p.framesIn(), p.framesOut(), p.bytesIn(),
                    p.bytesOut(), drops(p.drops()));
        }
        io.out().print(table.text(io.colour()));
        return DONE;
    }

    static String drops(Map<String, Long> drops) {
        return drops.entrySet().stream().filter(e -> e.getValue() != 0).sorted(Map.Entry.comparingByKey())
                .map(e -> e.getKey() + " " + e.getValue()).collect(Collectors.joining(", "));
    }
}
