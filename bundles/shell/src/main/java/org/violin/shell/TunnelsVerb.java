// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.violin.api.dataplane.DataPlaneView;
import org.violin.api.dataplane.TunnelStatus;
import org.violin.api.guest.GuestException;

/** {@code violin:tunnels}. */
@Service
@Command(scope = "violin", name = "tunnels", description = "Shows the tunnels of this overlay host", detailedDescription = """
        Frames and bytes are inner ones; datagrams are what carried them. A
        cipher CLEAR is none: anybody on the way can read and write there.
        Examples:
          violin:tunnels
          violin:tunnels -o json
        """)
public final class TunnelsVerb extends Query {
    /** How {@code none} is shown. */
    static final String CLEAR = "CLEAR";

    @Reference(optional = true)
    DataPlaneView dataPlane;

    @Override
    int run(Streams io) throws WrongUse, GuestException, IOException {
        boolean json = json();
        DataPlaneView view = need(dataPlane, "org.violin.engine");
        List<TunnelStatus> tunnels = view.tunnels();
        Map<String, Long> drops = new TreeMap<>(view.drops());
        if (json) {
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("tunnels", tunnels);
            answer.put("drops", drops);
            io.out().println(Json.pretty(answer));
            return DONE;
        }
        Table table = new Table("peer", "violin", "kind", "cipher", "address", "state", "mtu", "rtt", "frames in", "frames out", "bytes in", "bytes out",
                "datagrams in", "datagrams out", "drops");
        for (TunnelStatus t : tunnels) {
            table.row(t.peer(), t.violin(), t.kind(), t.cipher().equals("none") ? CLEAR : t.cipher(), t.address(), t.up() ? "up" : "down",
                    t.pathMtuBytes(), rtt(t.rttMicros()), t.framesIn(), t.framesOut(), t.bytesIn(), t.bytesOut(), t.datagramsIn(), t.datagramsOut(), PortsVerb.drops(t.drops()));
        }
        String rest = PortsVerb.drops(drops);
        io.out().print(table.text(io.colour()) + (rest.isEmpty() ? "" : "dropped on this host: " + rest + "\n"));
        return DONE;
    }

    private static String rtt(long micros) {
        return micros == 0 ? "-" : micros < 10_000 ? micros + " us" : micros / 1000 + " ms";
    }
}
