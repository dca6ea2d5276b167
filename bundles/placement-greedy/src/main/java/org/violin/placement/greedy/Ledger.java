// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.greedy;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.violin.api.cluster.HostInfo;
import org.violin.api.control.PlacementStrategy.Question;
import org.violin.api.model.Limits;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.NodeKind;
import org.violin.api.model.NodeSpec;

/** Who is where while a question is answered, and what each host has left. Used by one call. */
final class Ledger {
    /** What a node without a limit counts for when loads are compared; it never makes a host full. */
    static final double NOMINAL_CPUS = 0.05;
    static final long NOMINAL_MEMORY_BYTES = 16L << 20;
    /** A host takes this many times its even share of the guests, and of the vSwitches, before another must take the next. */
    static final double SLACK = 1.2;

    private static final class Account {
        final HostInfo host;
        double cpus;
        double memoryBytes;
        double loadCpus;
        double loadBytes;
        int guests;
        int switches;
        int guestShare;
        int switchShare;

        Account(HostInfo host) {
            this.host = host;
        }

        double load() {
            return loadCpus / Math.max(host.cpus(), 0.1) + loadBytes / Math.max(host.memoryBytes(), 1L << 20);
        }

        boolean full(NodeSpec node) {
            return node.kind() == NodeKind.VSWITCH ? switches >= switchShare : guests >= guestShare;
        }
    }

    private final Map<String, Account> accounts = new TreeMap<>();
    private final Map<String, String> placement = new HashMap<>();
    private final Map<String, Map<String, Integer>> neighbours = new HashMap<>();

    Ledger(Question question) {
        List<NodeSpec> nodes = question.spec().nodes();
        double all = question.hosts().stream().mapToDouble(HostInfo::cpus).sum();
        int guests = (int) nodes.stream().filter(n -> n.kind().isGuest()).count();
        for (HostInfo host : question.hosts()) {
            Account a = new Account(host);
            double part = all > 0 ? host.cpus() / all : 1.0 / question.hosts().size();
            a.guestShare = (int) Math.ceil(guests * part * SLACK - 1e-9);
            a.switchShare = (int) Math.ceil((nodes.size() - guests) * part * SLACK - 1e-9);
            Limits used = question.used().getOrDefault(host.name(), Limits.NONE);
            a.cpus = a.loadCpus = used.cpus();
            a.memoryBytes = a.loadBytes = used.memoryBytes();
            accounts.put(host.name(), a);
        }
        nodes.forEach(n -> neighbours.put(n.name(), new TreeMap<>()));
        for (LinkSpec link : question.spec().links()) {
            String a = link.a().node();
            String b = link.b().node();
            if (a.equals(b)) continue;
            neighbours.get(a).merge(b, 1, Integer::sum);
            neighbours.get(b).merge(a, 1, Integer::sum);
        }
    }

    List<HostInfo> hosts() {
        return accounts.values().stream().map(a -> a.host).toList();
    }

    /** Null when there is no such host, also for null. */
    HostInfo host(String name) {
        Account a = name == null ? null : accounts.get(name);
        return a == null ? null : a.host;
    }

    Map<String, String> placement() {
        return placement;
    }

    Map<String, Integer> neighbours(String node) {
        return neighbours.get(node);
    }

    int degree(String node) {
        return neighbours.get(node).values().stream().mapToInt(Integer::intValue).sum();
    }

    int placedNeighbours(String node) {
        int count = 0;
        for (String n : neighbours.get(node).keySet()) if (placement.containsKey(n)) count++;
        return count;
    }

    /** Whether what the node explicitly asks for is left. What it does not limit is not checked. */
    boolean fits(NodeSpec node, HostInfo host) {
        Account a = accounts.get(host.name());
        Limits l = node.limits();
        boolean cpus = l.cpus() == 0 || a.cpus + l.cpus() <= host.cpus() + 1e-9;
        return cpus && (l.memoryBytes() == 0 || a.memoryBytes + l.memoryBytes() <= host.memoryBytes());
    }

    void put(NodeSpec node, HostInfo host) {
        placement.put(node.name(), host.name());
        book(node, accounts.get(host.name()), 1);
    }

    /** The host where the node cuts fewest links to placed neighbours, among those below their share if there is one; null if none fits. */
    HostInfo best(NodeSpec node, List<HostInfo> candidates) {
        Map<String, Integer> joined = joined(node);
        Account best = null;
        for (HostInfo host : candidates) {
            Account a = accounts.get(host.name());
            if (fits(node, host) && (best == null || better(node, a, best, joined))) best = a;
        }
        return best == null ? null : best.host;
    }

    private static boolean better(NodeSpec node, Account a, Account best, Map<String, Integer> joined) {
        if (a.full(node) != best.full(node)) return best.full(node);
        int byLinks = joined.getOrDefault(a.host.name(), 0) - joined.getOrDefault(best.host.name(), 0);
        if (byLinks != 0 && !a.full(node)) return byLinks > 0;
        return a.load() < best.load() - 1e-12;
    }

    /** Moves the node if that cuts fewer links and the new host stays within its share. Returns whether it moved. */
    boolean improve(NodeSpec node, List<HostInfo> candidates) {
        Map<String, Integer> joined = joined(node);
        String now = placement.get(node.name());
        HostInfo to = null;
        for (HostInfo host : candidates) {
            int gain = joined.getOrDefault(host.name(), 0) - joined.getOrDefault(to == null ? now : to.name(), 0);
            if (gain > 0 && !accounts.get(host.name()).full(node) && fits(node, host)) to = host;
        }
        if (to == null) return false;
        book(node, accounts.get(now), -1);
        put(node, to);
        return true;
    }

    String left(HostInfo host) {
        Account a = accounts.get(host.name());
        return String.format(Locale.ROOT, "%s has %.2f cpus and %d MiB left", host.name(), Math.max(0, host.cpus() - a.cpus),
                (long) Math.max(0, host.memoryBytes() - a.memoryBytes) >> 20);
    }

    static String text(Limits l) {
        return String.format(Locale.ROOT, "%.2f cpus and %d MiB", l.cpus(), l.memoryBytes() >> 20);
    }

    private Map<String, Integer> joined(NodeSpec node) {
        Map<String, Integer> joined = new HashMap<>();
        neighbours.get(node.name()).forEach((n, links) -> {
            String host = placement.get(n);
            if (host != null) joined.merge(host, links, Integer::sum);
        });
        return joined;
    }

    private static void book(NodeSpec node, Account a, int sign) {
        Limits l = node.limits();
        a.cpus += sign * l.cpus();
        a.memoryBytes += sign * (double) l.memoryBytes();
        a.loadCpus += sign * (l.cpus() == 0 ? NOMINAL_CPUS : l.cpus());
        a.loadBytes += sign * (double) (l.memoryBytes() == 0 ? NOMINAL_MEMORY_BYTES : l.memoryBytes());
        if (node.kind() == NodeKind.VSWITCH) a.switches += sign;
        else a.guests += sign;
    }
}
