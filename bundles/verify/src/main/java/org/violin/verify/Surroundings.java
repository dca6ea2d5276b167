// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.control.GuestAccess;
import org.violin.api.control.ViolinSummary;
import org.violin.api.control.ViolinView;
import org.violin.api.control.ViolinView.EntityView;
import org.violin.api.control.ViolinView.LinkView;
import org.violin.api.control.Violins;
import org.violin.api.guest.Guest.GuestStatus;
import org.violin.api.model.Cidr;
import org.violin.api.model.NodeId;
import org.violin.linux.Netns;
import org.violin.linux.Rtnetlink;

/** Finds out what there is to test on this host. */
final class Surroundings {
    private static final int MOST_OWN = 16;
    private static final int MOST_OTHERS = 48;
    private static final int MOST_VIOLINS = 16;
    private static final int MOST_PEERS = 3;
    private static final int LINK_LOCAL = 253;

    private final Members members;
    private final Violins violins;
    private final GuestAccess guests;
    private final String hostNamespace;

    Surroundings(Members members, Violins violins, GuestAccess guests, String hostNamespace) {
        this.members = members;
        this.violins = violins;
        this.guests = guests;
        this.hostNamespace = hostNamespace;
    }

    Scene of(ViolinView view) throws IOException {
        HostInfo self = members.self();
        String name = view.summary().name();
        List<Cell> own = cells(view, self.name());
        List<Cell> others = new ArrayList<>();
        Map<Cell, List<InetAddress>> peers = new HashMap<>();
        List<InetAddress> foreign = new ArrayList<>();
        for (ViolinSummary other : violins.list().stream().filter(v -> !v.name().equals(name)).limit(MOST_VIOLINS).toList()) {
            Optional<ViolinView> shown = violins.show(other.name());
            if (shown.isEmpty()) continue;
            for (Cell cell : cells(shown.get(), self.name())) {
                if (others.size() == MOST_OTHERS) break;
                others.add(cell);
                peers.put(cell, peers(shown.get(), cell));
            }
            foreign.addAll(addresses(shown.get()));
        }
        Set<InetAddress> inside = new HashSet<>(addresses(view));
        foreign.removeAll(inside);
        List<InetAddress> hostAddresses = new ArrayList<>();
        List<Long> hostMacs = new ArrayList<>();
        Set<String> outs = new HashSet<>();
        host(hostAddresses, hostMacs, outs);
        List<InetAddress> far = new ArrayList<>();
        for (HostInfo host : members.hosts()) {
            if (!host.name().equals(self.name())) far.add(InetAddress.getByName(host.address()));
        }
        hostAddresses.removeAll(far);
        List<Integer> ports = List.of(self.controlPort(), self.jmxPort(), 22, 2181).stream().filter(p -> p > 0 && p < 65_536).distinct().toList();
        boolean elsewhere = view.entities().stream().anyMatch(e -> !e.host().equals(self.name()));
        return new Scene(name, self.name(), hostNamespace, own.subList(0, Math.min(MOST_OWN, own.size())), Math.max(0, own.size() - MOST_OWN),
                others, peers, hostAddresses, hostMacs, far, new InetSocketAddress(InetAddress.getByName(self.address()), self.tunnelPort()),
                ports, foreign, inside, view.links().stream().map(LinkView::vni).filter(v -> v > 0).toList(), elsewhere,
                view.attributes().getOrDefault("cipher", ""), waysOut(view, self.name(), hostAddresses), outs);
    }

    private List<WayOut> waysOut(ViolinView view, String self, List<InetAddress> hostAddresses) throws IOException {
        List<WayOut> ways = new ArrayList<>();
        for (EntityView entity : view.entities()) {
            if (!entity.services().contains("uplink") || entity.reason().contains("service uplink")) continue;
            Set<InetAddress> closed = new HashSet<>(entity.host().equals(self) ? hostAddresses : List.of());
            for (HostInfo host : members.hosts()) if (host.name().equals(entity.host())) closed.add(InetAddress.getByName(host.address()));
            ways.add(new WayOut(new NodeId(view.summary().name(), entity.name()), entity.host(), closed));
        }
        return ways;
    }

    private List<Cell> cells(ViolinView view, String host) {
        List<Cell> cells = new ArrayList<>();
        for (EntityView entity : view.entities()) {
            if (entity.kind().equals("vswitch") || !entity.host().equals(host)) continue;
            NodeId id = new NodeId(view.summary().name(), entity.name());
            OptionalInt pid = guests.status(id).filter(GuestStatus::running).map(GuestStatus::pid).orElse(OptionalInt.empty());
            pid.ifPresent(p -> cells.add(new Cell(id, p)));
        }
        return cells;
    }

    private static List<InetAddress> addresses(ViolinView view) throws IOException {
        List<InetAddress> all = new ArrayList<>();
        for (EntityView entity : view.entities()) all.addAll(addresses(entity));
        return all;
    }

    /** {@code "eth1 10.0.1.2/24"} without interface and prefix length. */
    private static List<InetAddress> addresses(EntityView entity) throws IOException {
        List<InetAddress> all = new ArrayList<>();
        for (String text : entity.addresses()) {
            all.add(InetAddress.getByAddress(Cidr.parse(text.substring(text.indexOf(' ') + 1)).bytes()));
        }
        return all;
    }

    private static List<InetAddress> peers(ViolinView view, Cell cell) throws IOException {
        List<InetAddress> peers = new ArrayList<>();
        for (EntityView entity : view.entities()) {
            if (entity.name().equals(cell.id().node()) || entity.kind().equals("vswitch") || peers.size() >= MOST_PEERS) continue;
            addresses(entity).stream().findFirst().ifPresent(peers::add);
        }
        return peers;
    }

    private void host(List<InetAddress> addresses, List<Long> macs, Set<String> outs) throws IOException {
        Netns.call(hostNamespace, () -> {
            try (Rtnetlink kernel = Rtnetlink.open()) {
                Map<Integer, String> names = new HashMap<>();
                for (Rtnetlink.Link link : kernel.links()) {
                    names.put(link.index(), link.name());
                    long mac = Sender.mac(link.mac());
                    if (mac != 0 && !macs.contains(mac)) macs.add(mac);
                }
                for (Rtnetlink.Address address : kernel.addresses()) {
                    byte[] bytes = Arrays.copyOf(address.cidr().bytes(), address.cidr().bytes().length);
                    InetAddress one = InetAddress.getByAddress(bytes);
                    if (address.scope() == LINK_LOCAL || one.isLoopbackAddress()) continue;
                    addresses.add(one);
                    outs.add(names.getOrDefault(address.link(), ""));
                }
            }
            return null;
        });
    }
}
