// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.violin.api.dataplane.Poller;
import org.violin.frame.Ethernet;
import org.violin.linux.EpollPollerProvider;
import org.violin.linux.Netns;
import org.violin.linux.PacketSocket;
import org.violin.linux.Rtnetlink;

/** Hears every frame of every interface of many namespaces with one thread, and remembers the canaries among them. */
final class Ears implements AutoCloseable {
    private static final int BUFFER_BYTES = 16 << 20;
    private static final int FRAME_BYTES = 70_000;
    private static final int MOST = 20_000;
    private static final int TURN = 256;
    private static final int UDP = 17;
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;

    private record Ear(Place place, PacketSocket socket, Map<Integer, String> links) {}

    private final Marker marker;
    private final Canaries canaries;
    private final int tunnelPort;
    private final List<Ear> ears = new ArrayList<>();
    private final Poller poller = new EpollPollerProvider().open();
    private final Map<Sighting, Long> seen = new ConcurrentHashMap<>();
    private final Thread thread = new Thread(this::listen, "violin-verify-ears");
    private volatile boolean closed;

    Ears(Marker marker, Canaries canaries, int tunnelPort) {
        this.marker = marker;
        this.canaries = canaries;
        this.tunnelPort = tunnelPort;
    }

    /** Before {@link #start}. */
    void add(Place place, String namespace) throws IOException {
        Ear ear = Netns.call(namespace, () -> {
            Map<Integer, String> names = new HashMap<>();
            try (Rtnetlink kernel = Rtnetlink.open()) {
                kernel.links().forEach(l -> names.put(l.index(), l.name()));
            }
            return new Ear(place, PacketSocket.open(PacketSocket.ALL, false, BUFFER_BYTES), names);
        });
        ears.add(ear);
        poller.add(ear.socket().fd(), ears.size() - 1);
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    private void listen() {
        ByteBuffer slab = ByteBuffer.allocateDirect(FRAME_BYTES);
        int[] tokens = new int[64];
        while (!closed) {
            int n = poller.await(1000, tokens);
            for (int i = 0; i < n; i++) {
                Ear ear = ears.get(tokens[i]);
                for (int turn = 0, length; turn < TURN && (length = ear.socket().receive(slab, 0, FRAME_BYTES)) > 0; turn++) {
                    look(ear, slab, length);
                }
            }
        }
    }

    private void look(Ear ear, ByteBuffer slab, int length) {
        if (length < Ethernet.HEADER) return;
        int at = marker.find(slab, 0, length);
        int number;
        Canary canary;
        if (at >= 0) {
            number = Marker.number(slab, at);
            canary = canaries.byNumber(number);
        } else {
            canary = canaries.runt(marker.small(Ethernet.source(slab, 0)));
            if (canary == null) return;
            number = canary.number();
        }
        int plain = canary != null ? canary.offset() : plain(Canary.kind(number));
        boolean carried = at >= plain + 42 && tunnel(slab, length);
        String link = ear.links().getOrDefault(ear.socket().link(), "interface " + ear.socket().link());
        Sighting sighting = new Sighting(ear.place(), number, canary, link, ear.socket().outgoing(), carried);
        if (seen.size() < MOST || seen.containsKey(sighting)) seen.merge(sighting, 1L, Long::sum);
    }

    /** Where the marker of another host's canary is at least, when no tunnel carries it. */
    private static int plain(Case kind) {
        return kind == Case.FORGED ? Canaries.FORGED_OFFSET : kind == Case.ADDRESSES ? Craft.DATAGRAM : 0;
    }

    /** A UDP datagram from or to the tunnel's port (it is never fragmented), or an ICMP error that quotes one. */
    private boolean tunnel(ByteBuffer slab, int length) {
        int type = Ethernet.type(slab, 0);
        boolean ip = type == Ethernet.TYPE_IPV4 || type == Ethernet.TYPE_IPV6;
        return ip && tunnel(slab, Ethernet.HEADER, length, type == Ethernet.TYPE_IPV4, true);
    }

    private boolean tunnel(ByteBuffer slab, int at, int end, boolean v4, boolean whole) {
        if (at + (v4 ? 20 : 40) > end) return false;
        int protocol = slab.get(at + (v4 ? 9 : 6));
        int next = at + (v4 ? (slab.get(at) & 15) * 4 : 40);
        if (protocol == UDP && next + 4 <= end) {
            return (slab.getShort(next) & 0xFFFF) == tunnelPort || (slab.getShort(next + 2) & 0xFFFF) == tunnelPort;
        }
        boolean error = next < end && protocol == (v4 ? ICMP : ICMPV6) && (v4 ? slab.get(next) == 3 : slab.get(next) > 0);
        return whole && error && tunnel(slab, next + 8, end, v4, false);
    }

    /** What was seen so far that is so. */
    List<Sighting> seen(Predicate<Sighting> which) {
        return seen.keySet().stream().filter(which).toList();
    }

    /** Frames in places of these kinds that found no room, so that nobody looked at them. */
    long lost(Set<Place.Kind> kinds) {
        return ears.stream().filter(e -> kinds.contains(e.place().kind())).mapToLong(e -> e.socket().lost()).sum();
    }

    @Override
    public void close() {
        closed = true;
        poller.wake();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ears.forEach(e -> e.socket().close());
        poller.close();
    }
}
