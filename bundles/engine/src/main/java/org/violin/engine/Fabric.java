// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.LinkEnd;
import org.violin.api.dataplane.LinkStageProvider;
import org.violin.api.dataplane.PortStatus;
import org.violin.api.dataplane.SwitchLogic;
import org.violin.api.dataplane.SwitchProvider;
import org.violin.api.model.NodeId;
import org.violin.api.model.PortId;

/**
 * What is laid and plugged on this host, and the calls that change it. Switches and vNICs are kept from their first mention on, by
 * whatever call, until nothing mentions them: so the order of calls does not matter. One lock; frames never need it.
 */
final class Fabric {
    private static final Logger LOG = LoggerFactory.getLogger(Fabric.class);
    private static final int MAX_VNI = (1 << 24) - 1;
    /** So long a device is read on after another took its place: what writes there may have to wait for a processor. */
    private static final long DRAIN_NANOS = 100_000_000;
    private static final Duration GRACE = Duration.ofSeconds(3);
    private static final int RETRY_TICKS = 8;

    private final Object lock = new Object();
    private final Map<NodeId, Vswitch> switches = new HashMap<>();
    private final Map<PortId, SwitchPort> switchPorts = new HashMap<>();
    private final Map<PortId, NicEnd> nics = new HashMap<>();
    private final Map<Integer, Link> links = new HashMap<>();
    private final SwitchPlugins plugins;
    private final Lanes lanes;
    private final Vswitch.Shared shared;
    private final Role role = new Role("switching");
    private final Uplink uplink;
    private final VniTable remotes;
    private final WorkerPool workers;
    private final Grace grace;
    private final Control control;
    private final LongSupplier clock;
    private volatile int floodPerSecond;
    private boolean refused;
    private int ticks;

    Fabric(Uplink uplink, VniTable remotes, WorkerPool workers, Grace grace, Control control, Guard guard, Announcer announcer,
            LongSupplier clock, Timetable timetable, int floodPerSecond) {
        this.uplink = uplink;
        this.remotes = remotes;
        this.workers = workers;
        this.grace = grace;
        this.control = control;
        this.clock = clock;
        lanes = new Lanes(timetable, guard, announcer);
        plugins = new SwitchPlugins(guard, role, announcer, clock);
        shared = new Vswitch.Shared(() -> this.floodPerSecond, clock, new Hold.Budget(Vswitch.ALL_HOLD_BYTES), role, this::broken);
        this.floodPerSecond = floodPerSecond;
    }

    void floodPerSecond(int frames) {
        floodPerSecond = frames;
    }

    // ---- switches

    void openSwitch(NodeId id, String kind, Map<String, String> attributes) {
        Vswitch vswitch;
        synchronized (lock) {
            Vswitch existing = switches.get(id);
            if (existing != null && existing.isOpen() && existing.kind.equals(kind) && existing.attributes.equals(attributes)) return;
            // First, because the plugin may refuse the attributes; then nothing is changed.
            List<SwitchProvider> by = new ArrayList<>(1);
            SwitchLogic logic = plugins.attempt(kind, attributes, by);
            vswitch = switchOf(id);
            vswitch.kind = kind;
            vswitch.attributes = Map.copyOf(attributes);
            vswitch.refusedBy.clear();
            open(vswitch, true);
            plugins.put(vswitch, by.isEmpty() ? null : by.get(0), logic);
            if (by.isEmpty()) {
                LOG.warn("Switch {}: no plugin of kind {} is installed: feature:install violin-switching-{}", id, kind, kind);
            }
        }
        drain(List.of(vswitch));
    }

    void closeSwitch(NodeId id) {
        synchronized (lock) {
            Vswitch vswitch = switches.get(id);
            if (vswitch == null) return;
            plugins.take(vswitch);
            vswitch.inheritance.wipe();
            open(vswitch, false);
            forgetIfUnused(vswitch);
        }
    }

    private void open(Vswitch vswitch, boolean yes) {
        if (vswitch.isOpen() == yes) return;
        vswitch.open(yes);
        vswitch.forEach(port -> showCarrier(port.far));
    }

    void addProvider(SwitchProvider provider, String kind, Map<String, ?> properties) {
        List<Vswitch> changed;
        synchronized (lock) {
            plugins.add(provider, kind, properties);
            changed = plugins.give(switches.values());
        }
        drain(changed);
    }

    /** When this returns, no thread is inside this plugin. */
    void removeProvider(SwitchProvider provider) {
        List<Vswitch> changed;
        synchronized (lock) {
            plugins.remove(provider, switches.values());
            changed = plugins.give(switches.values());
        }
        drain(changed);
    }

    /** The logic of a switch throws all the time: another provider's takes over, if there is one. Called under the switch's monitor. */
    private void broken(Vswitch vswitch) {
        control.later(Duration.ZERO, () -> {
            List<Vswitch> changed = List.of();
            synchronized (lock) {
                if (plugins.giveUp(vswitch)) changed = plugins.give(switches.values());
            }
            drain(changed);
        });
    }

    /** Forwards what waited. Not under the lock, and newer frames queue behind it. */
    private void drain(List<Vswitch> some) {
        if (some.isEmpty()) {
            workers.resume();
            return;
        }
        Cycle cycle = grace.register(Thread.currentThread());
        try {
            for (Vswitch vswitch : some) vswitch.drain(cycle);
            cycle.enter();
            uplink.flush(cycle);
            cycle.exit();
        } finally {
            grace.forget(cycle);
        }
        workers.resume();
    }

    /** Ends what has lasted too long, and tries again plugins that failed. Called about every 250 ms, on the control thread. */
    void tick() {
        List<Vswitch> changed = List.of();
        synchronized (lock) {
            if (refused) return;
            lanes.tick(this::sender);
            long now = clock.getAsLong();
            boolean without = false;
            for (Vswitch vswitch : switches.values()) {
                vswitch.tick(now);
                without |= vswitch.isOpen() && vswitch.provider == null;
            }
            if (without && ++ticks % RETRY_TICKS == 0) changed = plugins.give(switches.values());
        }
        if (!changed.isEmpty()) drain(changed);
    }

    // ---- what links do besides carrying

    void addStages(LinkStageProvider provider, Map<String, ?> properties) {
        synchronized (lock) {
            lanes.add(provider, properties);
        }
    }

    void removeStages(LinkStageProvider provider) {
        synchronized (lock) {
            lanes.remove(provider);
        }
    }

    void condition(PortId from, Map<String, String> settings) {
        synchronized (lock) {
            Endpoint end = sender(from);
            if (lanes.base(from, end, settings)) showCarriers(end);
        }
    }

    void override(PortId from, Map<String, String> settings) {
        synchronized (lock) {
            Endpoint end = sender(from);
            if (lanes.over(from, end, settings)) showCarriers(end);
        }
    }

    void restart(PortId from) {
        synchronized (lock) {
            lanes.restart(from);
        }
    }

    private static void showCarriers(Endpoint end) {
        if (end == null) return;
        showCarrier(end);
        showCarrier(end.far);
    }

    private Endpoint sender(PortId id) {
        Endpoint nic = nics.get(id);
        return nic == null ? switchPorts.get(id) : nic;
    }

    private NicEnd nicOf(PortId id) {
        return nics.computeIfAbsent(id, i -> {
            NicEnd made = new NicEnd(i);
            lanes.attach(i, made);
            return made;
        });
    }

    private Vswitch switchOf(NodeId id) {
        return switches.computeIfAbsent(id, i -> new Vswitch(i, shared));
    }

    private void forgetIfUnused(Vswitch vswitch) {
        if (!vswitch.isOpen() && !vswitch.hasPorts()) switches.remove(vswitch.id);
    }

    // ---- links

    void openLink(int vni, LinkEnd a, LinkEnd b) {
        check(vni, a, b);
        synchronized (lock) {
            Link old = links.get(vni);
            if (old != null && old.joins(a, b) && old.attached()) return;
            // First, so that a way that is used again is never without users.
            String violin = violin(a) == null ? violin(b) : violin(a);
            Endpoint far = remote(a, b, violin, vni);
            if (old != null) detach(old);
            take(a);
            take(b);
            Link link = new Link(vni, a, b, end(a, far), end(b, far));
            links.put(vni, link);
            link.endA().link = link;
            link.endB().link = link;
            link.endA().far = link.endB();
            link.endB().far = link.endA();
            if (link.endA() instanceof RemoteEnd remote) remotes.add(remote);
            if (link.endB() instanceof RemoteEnd remote) remotes.add(remote);
            showCarrier(link.endA());
            showCarrier(link.endB());
        }
    }

    void closeLink(int vni) {
        synchronized (lock) {
            Link link = links.remove(vni);
            if (link != null) detach(link);
        }
    }

    private static void check(int vni, LinkEnd a, LinkEnd b) {
        if (vni < 1 || vni > MAX_VNI) throw new IllegalArgumentException("vni " + vni + ": must be 1 to " + MAX_VNI);
        if (a.equals(b)) throw new IllegalArgumentException("vni " + vni + ": both ends are " + a);
        String violinA = violin(a);
        String violinB = violin(b);
        if (violinA == null && violinB == null) throw new IllegalArgumentException("vni " + vni + ": no end is on this host");
        if (violinA != null && violinB != null && !violinA.equals(violinB)) {
            throw new IllegalArgumentException("vni " + vni + ": " + a + " and " + b + " are of different violins, which are isolated");
        }
    }

    private static String violin(LinkEnd end) {
        if (end instanceof LinkEnd.Nic nic) return nic.id().node().violin();
        return end instanceof LinkEnd.Switch port ? port.id().node().violin() : null;
    }

    /** Frees an end from the link it has now: the newest link of an end is the one that counts. */
    private void take(LinkEnd end) {
        Endpoint taken = null;
        if (end instanceof LinkEnd.Nic nic) taken = nics.get(nic.id());
        if (end instanceof LinkEnd.Switch port) taken = switchPorts.get(port.id());
        if (taken != null && taken.link != null) detach(taken.link);
    }

    private Endpoint remote(LinkEnd a, LinkEnd b, String violin, int vni) {
        String host = a instanceof LinkEnd.Remote r ? r.host() : b instanceof LinkEnd.Remote r ? r.host() : null;
        return host == null ? null : new RemoteEnd(uplink.use(host, violin), vni, uplink);
    }

    private Endpoint end(LinkEnd end, Endpoint far) {
        if (end instanceof LinkEnd.Nic nic) return nicOf(nic.id());
        if (end instanceof LinkEnd.Remote) return far;
        LinkEnd.Switch port = (LinkEnd.Switch) end;
        SwitchPort made = switchOf(port.node()).addPort(port.id());
        switchPorts.put(port.id(), made);
        lanes.attach(port.id(), made);
        return made;
    }

    private void detach(Link link) {
        detach(link, link.endA());
        detach(link, link.endB());
    }

    private void detach(Link link, Endpoint end) {
        if (end.link != link) return;
        end.link = null;
        end.far = null;
        if (end instanceof RemoteEnd remote) {
            remotes.remove(remote);
            uplink.leave(remote.way);
        } else if (end instanceof SwitchPort port) {
            switchPorts.remove(port.id);
            port.owner.removePort(port);
            forgetIfUnused(port.owner);
        } else if (end instanceof NicEnd nic) {
            showCarrier(nic);
            forgetIfUnused(nic);
        }
    }

    private static void showCarrier(Endpoint end) {
        if (end instanceof NicEnd nic) nic.showCarrier(false);
    }

    /** A peer came or went. */
    void showRemoteCarriers() {
        synchronized (lock) {
            for (Link link : links.values()) {
                if (link.endA() instanceof RemoteEnd) showCarrier(link.endB());
                if (link.endB() instanceof RemoteEnd) showCarrier(link.endA());
            }
        }
    }

    // ---- vNICs

    void plug(PortId id, FrameDevice device) {
        FrameDevice old = null;
        try {
            synchronized (lock) {
                NicEnd nic = nicOf(id);
                if (nic.device == device) return;
                old = pull(nic);
                if (refused) throw new IllegalStateException("the data plane is stopped");
                nic.slot = workers.least().add(nic, device);
                nic.device = device;
                nic.showCarrier(true);
                showCarrier(nic.far);
            }
        } catch (RuntimeException e) {
            unplug(id);
            retire(device);
            throw new IllegalStateException("vNIC " + id + " cannot be plugged: " + e.getMessage(), e);
        } finally {
            retire(old);
        }
    }

    Map<PortId, FrameDevice> exchange(Map<PortId, FrameDevice> devices) {
        Map<PortId, FrameDevice> before = new HashMap<>();
        Map<NicEnd, Worker.Slot> fresh = new HashMap<>();
        List<Worker.Slot> old = new ArrayList<>();
        synchronized (lock) {
            for (Map.Entry<PortId, FrameDevice> e : devices.entrySet()) {
                NicEnd nic = nics.get(e.getKey());
                if (nic == null || nic.device == null || nic.device == e.getValue() || refused) continue;
                before.put(e.getKey(), nic.device);
                fresh.put(nic, read(nic, e.getValue(), fresh.values()));
            }
            // All are read before anything is written, so that what goes in by one comes out by another.
            fresh.forEach((nic, slot) -> {
                old.add(nic.slot);
                nic.slot = slot;
                nic.device = devices.get(nic.id);
                nic.showCarrier(true);
            });
        }
        if (!grace.await(GRACE)) LOG.warn("A thread is still inside a device after {} ms", GRACE.toMillis());
        LockSupport.parkNanos(DRAIN_NANOS);
        synchronized (lock) {
            for (Worker.Slot slot : old) slot.worker.remove(slot);
        }
        if (!grace.await(GRACE)) LOG.warn("A thread is still inside a device after {} ms", GRACE.toMillis());
        return before;
    }

    /** Begins to read another device of a vNIC. When the kernel refuses, those that were begun before are let go. */
    private Worker.Slot read(NicEnd nic, FrameDevice device, Collection<Worker.Slot> begun) {
        try {
            return workers.least().add(nic, device);
        } catch (RuntimeException e) {
            for (Worker.Slot slot : begun) slot.worker.remove(slot);
            throw new IllegalStateException("vNIC " + nic.id + " cannot be exchanged: " + e.getMessage(), e);
        }
    }

    void unplug(PortId id) {
        FrameDevice old;
        synchronized (lock) {
            NicEnd nic = nics.get(id);
            if (nic == null) return;
            old = pull(nic);
            showCarrier(nic.far);
            forgetIfUnused(nic);
        }
        retire(old);
    }

    /** Takes the device out of reach and returns it; null when there was none. */
    private static FrameDevice pull(NicEnd nic) {
        FrameDevice old = nic.device;
        if (nic.slot != null) nic.slot.worker.remove(nic.slot);
        nic.slot = null;
        nic.device = null;
        return old;
    }

    private void forgetIfUnused(NicEnd nic) {
        if (nic.device == null && nic.link == null) nics.remove(nic.id, nic);
    }

    /** Closes a device that is out of reach as soon as no thread is inside; a number of a closed descriptor may be somebody else's. */
    private void retire(FrameDevice device) {
        if (device == null) return;
        if (!grace.await(GRACE)) {
            LOG.warn("A thread is still inside a device after {} ms; it is closed later", GRACE.toMillis());
            control.later(GRACE, () -> retire(device));
            return;
        }
        try {
            device.close();
        } catch (Exception e) {
            LOG.warn("A device did not close cleanly", e);
        }
    }

    // ---- all of it

    /** From now on nothing can be plugged in. */
    void refuse() {
        synchronized (lock) {
            refused = true;
        }
    }

    /** Called at the very end, when no thread carries frames any more. */
    void closeDevices() {
        Collection<NicEnd> all;
        synchronized (lock) {
            all = List.copyOf(nics.values());
            nics.clear();
        }
        for (NicEnd nic : all) retire(nic.device);
    }

    void swaps(Map<String, Long> map) {
        role.into(map, true);
        synchronized (lock) {
            lanes.into(map);
        }
    }

    List<PortStatus> ports() {
        List<PortStatus> list = new ArrayList<>();
        synchronized (lock) {
            for (NicEnd nic : nics.values()) list.add(nic.status());
            for (SwitchPort port : switchPorts.values()) list.add(port.status());
        }
        list.sort(Comparator.comparing(PortStatus::id));
        return list;
    }
}
