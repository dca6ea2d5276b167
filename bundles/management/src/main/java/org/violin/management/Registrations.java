// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.Members;
import org.violin.api.control.ViolinSummary;
import org.violin.api.model.NodeId;

/** Keeps the MXBeans of the domain {@code org.violin} like what exists, bounded. Used by one thread at a time. */
final class Registrations {
    static final String DOMAIN = "org.violin:";
    private static final Logger LOG = LoggerFactory.getLogger(Registrations.class);
    /** A violin's entities are asked for when its summary changed, and after this many refreshes. */
    private static final int REFRESHES_BETWEEN_VIEWS = 15;

    private final MBeanServer server;
    private final Sources sources;
    private final Snapshot snapshot;
    private final int bound;
    private final Map<ObjectName, StandardMBean> registered = new HashMap<>();
    private final Map<String, Seen> seen = new HashMap<>();
    private long refreshes;
    private volatile int leftOut;

    /** @param bound how many MXBeans at most; hosts, violins and tunnels come first, then entities, then ports */
    Registrations(MBeanServer server, Sources sources, Snapshot snapshot, int bound) {
        this.server = server;
        this.sources = sources;
        this.snapshot = snapshot;
        this.bound = bound;
    }

    /** Registers what is new and unregisters what is gone. */
    void refresh() {
        Map<String, Supplier<StandardMBean>> wanted = wanted();
        Map<ObjectName, Supplier<StandardMBean>> within = new LinkedHashMap<>();
        wanted.forEach((name, bean) -> {
            if (within.size() < bound) within.put(name(name), bean);
        });
        leftOut = wanted.size() - within.size();
        List.copyOf(registered.keySet()).stream().filter(name -> !within.containsKey(name)).forEach(this::unregister);
        within.forEach((name, bean) -> {
            if (!registered.containsKey(name)) register(name, bean.get());
        });
    }

    /** Unregisters all. */
    void clear() {
        List.copyOf(registered.keySet()).forEach(this::unregister);
    }

    int size() {
        return registered.size();
    }

    private Map<String, Supplier<StandardMBean>> wanted() {
        refreshes++;
        Map<String, Supplier<StandardMBean>> wanted = new LinkedHashMap<>();
        String self = sources.members().map(Members::self).map(h -> h.name()).orElse("");
        if (!self.isEmpty()) {
            wanted.put("type=Host,name=" + self, () -> mxbean(new Beans.Host(sources, snapshot, () -> leftOut), HostMXBean.class));
        }
        wanted.put("type=Violins", () -> mxbean(new Operations(sources, snapshot), ViolinsMXBean.class));
        wanted.put("type=Routers", () -> mxbean(new ShownRouters(sources), RoutersMXBean.class));
        wanted.put("type=Measurements", () -> mxbean(new ShownMeasurements(sources), MeasurementsMXBean.class));
        Map<String, ViolinSummary> violins = snapshot.summaries();
        violins.keySet().forEach(v -> wanted.put("type=Violin,name=" + v, () -> mxbean(new Beans.Violin(v, snapshot), ViolinMXBean.class)));
        snapshot.tunnels().keySet()
                .forEach(p -> wanted.put("type=Tunnel," + p.keys(), () -> mxbean(new Beans.Tunnel(p, snapshot), TunnelMXBean.class)));
        violins.values().forEach(v -> entities(v, self).forEach(id -> wanted.put("type=Entity,violin=" + id.violin() + ",name=" + id.node(),
                () -> mxbean(new Beans.Entity(id, sources, snapshot), EntityMXBean.class))));
        snapshot.ports().keySet().forEach(id -> wanted.put(
                "type=Port,violin=" + id.node().violin() + ",node=" + id.node().node() + ",name=" + id.port(),
                () -> mxbean(new Beans.Port(id, snapshot), PortMXBean.class)));
        seen.keySet().retainAll(violins.keySet());
        return wanted;
    }

    /** The entities of that violin on this host. */
    private List<NodeId> entities(ViolinSummary violin, String self) {
        Seen before = seen.get(violin.name());
        boolean same = before != null && before.summary().equals(violin);
        if (same && refreshes - before.refresh() < REFRESHES_BETWEEN_VIEWS) return before.local();
        List<NodeId> local = new ArrayList<>();
        snapshot.entities(violin.name()).values().forEach(e -> {
            if (e.host().equals(self)) local.add(new NodeId(violin.name(), e.name()));
        });
        seen.put(violin.name(), new Seen(violin, refreshes, local));
        return local;
    }

    private void register(ObjectName name, StandardMBean bean) {
        try {
            server.registerMBean(bean, name);
            registered.put(name, bean);
        } catch (JMException e) {
            LOG.warn("{} is not registered: {}", name, e.toString());
        }
    }

    private void unregister(ObjectName name) {
        registered.remove(name);
        try {
            server.unregisterMBean(name);
        } catch (InstanceNotFoundException e) {
            LOG.debug("{} was unregistered by somebody else", name);
        } catch (JMException e) {
            LOG.warn("{} is not unregistered: {}", name, e.toString());
        }
    }

    private static <T> StandardMBean mxbean(T bean, Class<T> type) {
        return new StandardMBean(bean, type, true);
    }

    private static ObjectName name(String keys) {
        try {
            return new ObjectName(DOMAIN + keys);
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException(keys, e);
        }
    }

    private record Seen(ViolinSummary summary, long refresh, List<NodeId> local) {}
}
