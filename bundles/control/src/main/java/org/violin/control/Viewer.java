// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toMap;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.violin.api.cluster.Members;
import org.violin.api.cluster.StateException;
import org.violin.api.control.ViolinSummary;
import org.violin.api.control.ViolinView;
import org.violin.api.control.ViolinView.EntityView;
import org.violin.api.control.ViolinView.LinkView;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.NodeKind;
import org.violin.api.model.NodeSpec;

/** Shows spec and status. Reads specs from this host's agent, so it also answers without the shared state. Any thread. */
final class Viewer {
    private final Members members;
    private final SpecStore store;
    private final Agent agent;

    Viewer(Members members, SpecStore store, Agent agent) {
        this.members = members;
        this.store = store;
        this.agent = agent;
    }

    /** What the hosts say of one violin. */
    private record Status(PlacedSpec spec, Map<String, HostReport> reports, Set<String> live) {
        String host(String host) {
            if (!live.contains(host)) return "unknown";
            HostReport report = reports.get(host);
            return report != null && report.revision() >= spec.revision() && report.done() ? "ready" : "pending";
        }

        /** State and reason of an item. */
        String[] item(String host, Key.Kind kind, String entity) {
            String state = host(host);
            if (state.equals("unknown")) return new String[] {state, "overlay host " + host + " is silent"};
            HostReport report = reports.get(host);
            String prefix = new Key(host, kind, spec.name(), entity).toString();
            String failure = report == null ? null : report.failures().get(prefix);
            if (failure != null) return new String[] {"failed", failure};
            return new String[] {state, ""};
        }
    }

    List<ViolinSummary> list() {
        return agent.specs().values().stream().map(s -> summary(status(s))).collect(toList());
    }

    Optional<ViolinView> show(String violin) {
        return Optional.ofNullable(agent.specs().get(violin)).map(this::status).map(this::view);
    }

    private Status status(PlacedSpec spec) {
        Set<String> live = new HashSet<>();
        members.hosts().forEach(h -> live.add(h.name()));
        Map<String, HostReport> reports = Map.of();
        try {
            reports = store.reports(spec.name()).stream().collect(toMap(HostReport::host, r -> r));
        } catch (StateException e) {
            live.clear(); // nothing is known of the others without the shared state
        }
        return new Status(spec, reports, live);
    }

    private ViolinSummary summary(Status status) {
        PlacedSpec spec = status.spec();
        Map<NodeKind, Long> counts = spec.spec().nodes().stream().collect(Collectors.groupingBy(NodeSpec::kind, Collectors.counting()));
        Set<String> states = spec.hosts().stream().map(status::host).collect(Collectors.toSet());
        boolean failed = status.reports().values().stream().anyMatch(r -> spec.hosts().contains(r.host()) && !r.failures().isEmpty());
        String state = spec.destroying() ? "destroying"
                : failed || states.contains("unknown") ? "degraded"
                : states.contains("pending") ? "changing" : "ready";
        return new ViolinSummary(spec.name(), state, spec.revision(),
                counts.getOrDefault(NodeKind.VHOST, 0L).intValue(),
                counts.getOrDefault(NodeKind.VROUTER, 0L).intValue(),
                counts.getOrDefault(NodeKind.VSWITCH, 0L).intValue(),
                spec.spec().links().size(), List.copyOf(spec.hosts()));
    }

    private ViolinView view(Status status) {
        PlacedSpec spec = status.spec();
        List<EntityView> entities = new ArrayList<>();
        Map<String, String[]> broken = worst(status);
        for (NodeSpec node : spec.spec().nodes()) {
            String host = spec.placement().getOrDefault(node.name(), "");
            String[] state = broken.get(node.name());
            if (state == null) {
                state = status.item(host, node.kind() == NodeKind.VSWITCH ? Key.Kind.SWITCH : Key.Kind.GUEST, node.name());
            }
            List<String> addresses = new ArrayList<>();
            node.nics().forEach(nic -> nic.addresses().forEach(a -> addresses.add(nic.name() + " " + a)));
            entities.add(new EntityView(node.name(), node.kind().word(), host, addresses, state[0], state[1], services(node)));
        }
        List<LinkView> links = spec.spec().links().stream().map(l -> link(status, l)).collect(toList());
        return new ViolinView(summary(status), entities, links, spec.spec().attributes());
    }

    /** Kinds of attributes {@code service.KIND} and {@code service.KIND.KEY}. */
    private static List<String> services(NodeSpec node) {
        Set<String> kinds = new TreeSet<>();
        for (String key : node.attributes().keySet()) if (key.startsWith("service.")) kinds.add(key.split("\\.", 3)[1]);
        return List.copyOf(kinds);
    }

    /** Failures of a node's parts (vNICs, routes, exec) count as its own. */
    private static Map<String, String[]> worst(Status status) {
        Map<String, String[]> worst = new TreeMap<>();
        status.reports().values().forEach(report -> {
            if (!status.live().contains(report.host())) return;
            report.failures().forEach((text, why) -> {
                Key key = Key.parse(text);
                if (!key.node().isEmpty()) worst.putIfAbsent(key.node(), new String[] {"failed", why});
            });
        });
        return worst;
    }

    private static LinkView link(Status status, LinkSpec link) {
        PlacedSpec spec = status.spec();
        String hostA = spec.placement().getOrDefault(link.a().node(), "");
        String hostB = spec.placement().getOrDefault(link.b().node(), "");
        String[] a = status.item(hostA, Key.Kind.LINK, link.key());
        String[] b = status.item(hostB, Key.Kind.LINK, link.key());
        String state = a[0].equals("ready") ? b[0] : a[0];
        return new LinkView(link.a().toString(), link.b().toString(), spec.vnis().getOrDefault(link.key(), 0), hostA, hostB, link.cost(),
                link.delayMillis(), state, link.attributes());
    }
}
