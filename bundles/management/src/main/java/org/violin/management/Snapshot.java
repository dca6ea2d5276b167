// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.violin.api.control.ViolinSummary;
import org.violin.api.control.ViolinView;
import org.violin.api.control.ViolinView.EntityView;
import org.violin.api.dataplane.DataPlaneView;
import org.violin.api.dataplane.PortStatus;
import org.violin.api.dataplane.TunnelStatus;
import org.violin.api.model.NodeId;
import org.violin.api.model.PortId;

/**
 * What the services say, asked at most once a second whatever number of attributes is read, so that a client which reads thousands of
 * MXBeans costs one scan. Any thread.
 */
final class Snapshot {
    private static final long MAX_AGE_NANOS = 1_000_000_000;

    /** One violin's way to another overlay host; violin empty: of none. */
    record Path(String peer, String violin) implements Comparable<Path> {
        @Override
        public int compareTo(Path o) {
            int byPeer = peer.compareTo(o.peer);
            return byPeer == 0 ? violin.compareTo(o.violin) : byPeer;
        }

        /** The last keys of an object name. */
        String keys() {
            return "peer=" + peer + (violin.isEmpty() ? "" : ",violin=" + violin);
        }
    }

    private final Sources sources;
    private final LongSupplier nanos;
    private final Cached<Map<PortId, PortStatus>> ports;
    private final Cached<Map<NodeId, List<PortStatus>>> portsByNode;
    private final Cached<Map<Path, TunnelStatus>> tunnels;
    private final Cached<Map<String, Long>> drops;
    private final Cached<Map<String, ViolinSummary>> summaries;
    private final Map<String, Cached<Entities>> views = new HashMap<>();

    /** @param nanos a clock that only goes forward */
    Snapshot(Sources sources, LongSupplier nanos) {
        this.sources = sources;
        this.nanos = nanos;
        ports = new Cached<>(this::readPorts);
        portsByNode = new Cached<>(this::readPortsByNode);
        tunnels = new Cached<>(this::readTunnels);
        drops = new Cached<>(() -> sources.dataPlane().map(DataPlaneView::drops).orElse(Map.of()));
        summaries = new Cached<>(this::readSummaries);
    }

    Map<PortId, PortStatus> ports() {
        return ports.get();
    }

    List<PortStatus> portsOf(NodeId node) {
        return portsByNode.get().getOrDefault(node, List.of());
    }

    Map<Path, TunnelStatus> tunnels() {
        return tunnels.get();
    }

    Map<String, Long> drops() {
        return drops.get();
    }

    Map<String, ViolinSummary> summaries() {
        return summaries.get();
    }

    /** The entities of a violin by name; none when there is no such violin. */
    Map<String, EntityView> entities(String violin) {
        Cached<Entities> view;
        Map<String, ViolinSummary> known = summaries();
        synchronized (views) {
            views.keySet().removeIf(name -> !name.equals(violin) && !known.containsKey(name));
            view = views.computeIfAbsent(violin, name -> new Cached<>(() -> readEntities(name)));
        }
        return view.get().byName();
    }

    private Map<PortId, PortStatus> readPorts() {
        Map<PortId, PortStatus> map = new TreeMap<>();
        sources.dataPlane().ifPresent(d -> d.ports().forEach(p -> map.put(p.id(), p)));
        return map;
    }

    private Map<NodeId, List<PortStatus>> readPortsByNode() {
        Map<NodeId, List<PortStatus>> map = new HashMap<>();
        ports().values().forEach(p -> map.computeIfAbsent(p.id().node(), n -> new ArrayList<>()).add(p));
        return map;
    }

    private Map<Path, TunnelStatus> readTunnels() {
        Map<Path, TunnelStatus> map = new TreeMap<>();
        sources.dataPlane().ifPresent(d -> d.tunnels().forEach(t -> map.putIfAbsent(new Path(t.peer(), t.violin()), t)));
        return map;
    }

    private Map<String, ViolinSummary> readSummaries() {
        Map<String, ViolinSummary> map = new TreeMap<>();
        sources.violins().ifPresent(v -> v.list().forEach(s -> map.put(s.name(), s)));
        return map;
    }

    private Entities readEntities(String violin) {
        Map<String, EntityView> map = new TreeMap<>();
        Optional<ViolinView> view = sources.violins().flatMap(v -> v.show(violin));
        view.ifPresent(v -> v.entities().forEach(e -> map.put(e.name(), e)));
        return new Entities(map);
    }

    private record Entities(Map<String, EntityView> byName) {}

    private final class Cached<T> {
        private final Supplier<T> source;
        private T value;
        private long readNanos;

        Cached(Supplier<T> source) {
            this.source = source;
        }

        synchronized T get() {
            long now = nanos.getAsLong();
            if (value == null || now - readNanos >= MAX_AGE_NANOS) {
                value = source.get();
                readNanos = now;
            }
            return value;
        }
    }
}
