// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.nio.ByteBuffer;

/** The end of a vLink that lies on another overlay host. */
final class RemoteEnd extends Endpoint {
    final String host;
    final int vni;
    private final Uplink uplink;

    RemoteEnd(String host, int vni, Uplink uplink) {
        this.host = host;
        this.vni = vni;
        this.uplink = uplink;
    }

    @Override
    void deliver(Cycle cycle, Endpoint from, ByteBuffer slab, int offset, int length) {
        uplink.send(cycle, from, host, vni, slab, offset, length);
    }

    @Override
    void drop(Drop reason) {
        uplink.drop(reason);
    }

    @Override
    boolean ready() {
        return uplink.isUp(host);
    }

    @Override
    String label() {
        return host;
    }
}
