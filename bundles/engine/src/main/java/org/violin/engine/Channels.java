// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.TunnelStatus;

/** Which violins may travel between overlay hosts, and the peers that follow from it. Any thread. */
final class Channels {
    private static final int MAX_CHANNEL = 65_535;
    private final Map<String, Channel> violins = new ConcurrentHashMap<>();
    /** Null: all. */
    private volatile Set<String> touched;

    /** @param cipher empty: the configured one */
    record Channel(int number, String cipher) {
        String cipher(String configured) {
            return cipher.isEmpty() ? configured : cipher;
        }
    }

    /** False when nothing changed. */
    boolean open(String violin, int number, String cipher) {
        if (number < 1 || number > MAX_CHANNEL) {
            throw new IllegalArgumentException("violin " + violin + ": channel " + number + ": must be 1 to " + MAX_CHANNEL);
        }
        Channel channel = new Channel(number, cipher);
        return !channel.equals(violins.put(violin, channel));
    }

    boolean close(String violin) {
        return violins.remove(violin) != null;
    }

    /** See {@link org.violin.api.dataplane.DataPlane#keepInTouch}. False when nothing changed. */
    boolean keepInTouch(Set<String> hosts) {
        Set<String> before = touched;
        touched = hosts == null ? null : Set.copyOf(hosts);
        return !java.util.Objects.equals(before, touched);
    }

    /** Null: not open. */
    Channel of(String violin) {
        return violins.get(violin);
    }

    /** The kinds of cipher that are asked for. */
    Set<String> kinds(String configured) {
        Set<String> kinds = new TreeSet<>();
        kinds.add(configured);
        for (Channel channel : violins.values()) kinds.add(channel.cipher(configured));
        return kinds;
    }

    /** One for each other host to keep in touch with, and one for each line of a way to a host that is joined. */
    List<Peer> peers(Members members, String configured, List<Way> ways) {
        String self = members.self().name();
        Map<String, HostInfo> hosts = new HashMap<>();
        List<Peer> list = new ArrayList<>();
        Set<String> some = touched;
        for (HostInfo host : members.hosts()) {
            if (host.name().equals(self)) continue;
            hosts.put(host.name(), host);
            if (some == null || some.contains(host.name())) list.add(new Peer(host.name(), configured, address(host), host.incarnation()));
        }
        ways.sort(java.util.Comparator.comparing((Way w) -> w.host).thenComparing(w -> w.violin));
        for (Way way : ways) {
            HostInfo host = hosts.get(way.host);
            if (host == null) continue;
            for (Way.Line line : way.lines()) {
                list.add(new Peer(line.id(), way.host, way.violin, line.channel(), line.cipher(), address(host), host.incarnation()));
            }
        }
        return list;
    }

    private static InetSocketAddress address(HostInfo host) {
        return new InetSocketAddress(host.address(), host.tunnelPort());
    }

    /** The same id, but another cipher or channel: another peer. */
    static boolean differ(Peer a, Peer b) {
        return a.id().equals(b.id()) && (a.channel() != b.channel() || !a.cipher().equals(b.cipher()));
    }

    /** What is told of a peer while there is no tunnel. */
    static TunnelStatus down(Peer peer, EngineSettings settings) {
        String address = peer.address().getHostString() + ":" + peer.address().getPort();
        return new TunnelStatus(settings.tunnel(), peer.host(), peer.violin(), peer.cipher(), address, false, settings.pathMtuBytes(),
                0, 0, 0, 0, 0, 0, 0, Map.of(), Map.of());
    }

    /** The ids of the peers that are up, by a tunnel's status. */
    Set<String> ids(List<TunnelStatus> rows) {
        return rows.stream().filter(TunnelStatus::up)
                .map(r -> r.violin().isEmpty() ? r.peer() : new Way.Line(r.peer(), r.violin(), r.cipher(), 0).id())
                .collect(Collectors.toSet());
    }
}
