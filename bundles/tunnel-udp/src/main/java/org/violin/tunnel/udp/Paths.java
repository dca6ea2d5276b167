// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.violin.linux.Message;

/** All peers of a tunnel at one time; never changed, only replaced. */
final class Paths {
    static final Paths NONE = new Paths(java.util.List.of());

    private final Map<String, PeerPath> byHost = new HashMap<>();
    private final Map<InetSocketAddress, PeerPath> byAddress = new HashMap<>();
    private final PeerPath[] all;
    /** Open addressing by the bytes of the address, so that a received datagram finds its peer without an object. */
    private final PeerPath[] table;

    Paths(Collection<PeerPath> paths) {
        all = paths.toArray(PeerPath[]::new);
        table = new PeerPath[Integer.highestOneBit(all.length + 1) * 4];
        for (PeerPath path : all) {
            byHost.put(path.host(), path);
            byAddress.put(path.outbound().address(), path);
            int at = home(path.high(), path.low(), path.port());
            while (table[at] != null) at = at + 1 & table.length - 1;
            table[at] = path;
        }
    }

    PeerPath of(String host) {
        return byHost.get(host);
    }

    PeerPath of(InetSocketAddress address) {
        return byAddress.get(address);
    }

    /** Whose address a received message bears; null: nobody's. */
    PeerPath of(Message message) {
        long high = message.senderHigh();
        long low = message.senderLow();
        int port = message.senderPort();
        for (int at = home(high, low, port); table[at] != null; at = at + 1 & table.length - 1) {
            PeerPath path = table[at];
            if (path.low() == low && path.high() == high && path.port() == port) return path;
        }
        return null;
    }

    /** Read only. */
    PeerPath[] all() {
        return all;
    }

    private int home(long high, long low, int port) {
        long mixed = (high * 31 + low) * 0x9e37_79b9_7f4a_7c15L + port * 0xc2b2_ae3d_27d4_eb4fL;
        return (int) (mixed >>> 40) & table.length - 1;
    }
}
