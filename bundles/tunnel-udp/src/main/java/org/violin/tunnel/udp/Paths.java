// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.violin.linux.Message;

/** All peers of a tunnel at one time; never changed, only replaced. */
final class Paths {
    static final Paths NONE = new Paths(List.of());
    /** Stands for all channels: whoever has that address. */
    private static final int ANY = -1;

    private record Entry(long high, long low, int port, int channel, PeerPath path) {
        boolean is(Source from, int wanted) {
            return low == from.low && port == from.port && high == from.high && channel == wanted;
        }
    }

    private final Map<String, PeerPath> byId = new HashMap<>();
    private final PeerPath[] all;
    /** Open addressing by address and channel, so that a received datagram finds its peer without an object. */
    private final Entry[] table;

    private final boolean seals;

    Paths(Collection<PeerPath> paths) {
        all = paths.toArray(PeerPath[]::new);
        table = new Entry[Integer.highestOneBit(2 * all.length + 1) * 4];
        boolean sealed = false;
        for (PeerPath path : all) {
            byId.put(path.id(), path);
            sealed |= !path.clear();
            if (path.clear()) add(path, path.channel());
            add(path, ANY);
        }
        seals = sealed;
    }

    private void add(PeerPath path, int channel) {
        InetSocketAddress address = path.outbound().address();
        Source from = new Source();
        from.set(address);
        int at = home(from, channel);
        for (; table[at] != null; at = at + 1 & table.length - 1) if (table[at].is(from, channel)) return;
        table[at] = new Entry(Message.high(address.getAddress()), Message.low(address.getAddress()), address.getPort(), channel, path);
    }

    PeerPath of(String id) {
        return byId.get(id);
    }

    /** Whose clear datagrams come from there; null: nobody's. */
    PeerPath of(Source from, int channel) {
        for (int at = home(from, channel); table[at] != null; at = at + 1 & table.length - 1) {
            if (table[at].is(from, channel)) return table[at].path;
        }
        return null;
    }

    /** Some peer at that address; null: none. */
    PeerPath at(Source from) {
        return of(from, ANY);
    }

    /** Payloads of some peer must be opened. */
    boolean seals() {
        return seals;
    }

    /** Read only. */
    PeerPath[] all() {
        return all;
    }

    private int home(Source from, int channel) {
        long mixed = (from.high * 31 + from.low) * 0x9e37_79b9_7f4a_7c15L + (from.port << 17 ^ channel) * 0xc2b2_ae3d_27d4_eb4fL;
        return (int) (mixed >>> 40) & table.length - 1;
    }
}
