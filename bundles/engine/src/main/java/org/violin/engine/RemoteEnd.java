// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.nio.ByteBuffer;

/** The end of a vLink that lies on another overlay host. */
final class RemoteEnd extends Endpoint {
    final Way way;
    final int vni;
    private final Uplink uplink;

    RemoteEnd(Way way, int vni, Uplink uplink) {
        this.way = way;
        this.vni = vni;
        this.uplink = uplink;
    }

    @Override
    void deliver(Cycle cycle, Endpoint from, ByteBuffer slab, int offset, int length) {
        way.send(cycle, from, vni, slab, offset, length);
    }

    @Override
    void drop(Drop reason) {
        uplink.drop(reason);
    }

    @Override
    boolean ready() {
        return way.isUp();
    }

    @Override
    String label() {
        return way.host;
    }
}
