// SPDX-License-Identifier: Apache-2.0
package org.violin.switching.learning;

import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.SwitchLogic;
import org.violin.frame.Ethernet;

/**
 * A transparent bridge in the sense of IEEE 802.1D without spanning tree: learns source addresses, sends known unicast to its port and
 * floods the rest, but for multicast that {@link Snooping} knows the listeners of.
 */
final class LearningSwitch implements SwitchLogic {
    private final MacTable macs;
    private final Snooping snooping;

    LearningSwitch(LearningSettings settings) {
        // An unpredictable hash keeps a guest from choosing addresses that make one long chain.
        this(settings, ThreadLocalRandom.current().nextLong());
    }

    LearningSwitch(LearningSettings settings, long hashSeed) {
        macs = new MacTable(settings.table(), settings.ageingNanos(), hashSeed);
        snooping = settings.snooping() ? new Snooping(settings.groups(), hashSeed) : null;
    }

    /** Goes on where another was. Throws IllegalArgumentException when that cannot be read: then this is not to be used. */
    LearningSwitch(LearningSettings settings, HandOver before) {
        this(settings);
        TableRecord.read(before, macs, snooping);
    }

    @Override
    public HandOver release() {
        return TableRecord.write(macs, snooping);
    }

    @Override
    public int egress(int ingress, ByteBuffer slab, int offset, int length, long nowNanos, Egress some) {
        int frame = offset + Frames.OFFLOAD_HEADER;
        long destination = Ethernet.destination(slab, frame);
        long source = Ethernet.source(slab, frame);
        macs.sweep(nowNanos);
        if (!Ethernet.isGroup(source) && source != 0) macs.learn(source, ingress, nowNanos);
        if (!Ethernet.isGroup(destination)) {
            int port = macs.port(destination, nowNanos);
            if (port == MacTable.UNKNOWN) return FLOOD;
            return port == ingress ? DROP : port;
        }
        if (Ethernet.isReserved(destination)) return DROP;
        if (snooping == null || destination == Ethernet.BROADCAST) return FLOOD;
        return snooping.egress(ingress, slab, offset, offset + length, destination, nowNanos, some);
    }

    @Override
    public void portClosed(int port) {
        macs.forget(port);
        if (snooping != null) snooping.forget(port);
    }

    MacTable macs() {
        return macs;
    }
}
