// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.dataplane;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.violin.api.dataplane.Peer;

/** The underlay that memory tunnels share: a mailbox for each host, which outlives a tunnel that was released, as a kernel's queue does. */
final class MemoryWire {
    static final int RECORDS = 512;
    static final int RECORD_BYTES = 2048;

    private final Map<String, Mailbox> boxes = new ConcurrentHashMap<>();
    private final java.util.concurrent.atomic.AtomicLong epochs = new java.util.concurrent.atomic.AtomicLong();

    /** Records refused by tunnels, or sent to nobody. */
    final java.util.concurrent.atomic.AtomicLong refused = new java.util.concurrent.atomic.AtomicLong();

    /** What waits for one host, and whom it knows by which id. */
    static final class Mailbox {
        final RecordRing inbox = new RecordRing(RECORDS, RECORD_BYTES);
        /** Null: released, and not yet opened again. */
        volatile MemoryTunnel owner;
        volatile Map<String, String> ids = Map.of();
        volatile long lost;

        void inject(String from, int vni, long sequence, java.nio.ByteBuffer slab, int length) {
            if (!inbox.offer(from == null ? "?" : from, vni, sequence, slab, 0, length)) lost++;
            MemoryTunnel to = owner;
            if (to != null) to.wake();
        }
    }

    long newEpoch() {
        return epochs.incrementAndGet();
    }

    Mailbox at(String host) {
        return boxes.get(host);
    }

    /** The host's mailbox for a new tunnel; null: it has one already. */
    synchronized Mailbox take(String host, MemoryTunnel owner, boolean goesOn) {
        Mailbox box = boxes.get(host);
        if (box != null && box.owner != null) return null;
        if (box != null && !goesOn) refused.addAndGet(box.inbox.size());
        if (box == null || !goesOn) box = new Mailbox();
        box.owner = owner;
        boxes.put(host, box);
        return box;
    }

    synchronized void drop(String host) {
        boxes.remove(host);
    }

    Set<String> open() {
        Set<String> hosts = new java.util.TreeSet<>();
        boxes.forEach((host, box) -> {
            if (box.owner != null) hosts.add(host);
        });
        return hosts;
    }

    static String end(String host, int channel) {
        return host + "#" + channel;
    }

    static Map<String, String> ids(Iterable<Peer> peers) {
        Map<String, String> ids = new ConcurrentHashMap<>();
        for (Peer peer : peers) ids.put(end(peer.host(), peer.channel()) + "#" + peer.cipher(), peer.id());
        return ids;
    }

    /** Tells everyone who is up now: both ends are there and name each other. */
    synchronized void changed() {
        for (Mailbox box : boxes.values()) {
            MemoryTunnel tunnel = box.owner;
            if (tunnel != null) tunnel.refreshPeers();
        }
    }

    Iterable<Mailbox> all() {
        return boxes.values();
    }
}
