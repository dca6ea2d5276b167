// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.dataplane.DataPlane;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.HandOver;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.NodeId;
import org.violin.api.model.PortId;
import org.violin.api.routing.ControlChange;
import org.violin.api.routing.ControlPlane;
import org.violin.api.routing.ControlPlaneProvider;
import org.violin.api.routing.ControlStatus;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.Forwarding;
import org.violin.api.routing.ForwardingProvider;
import org.violin.api.routing.RouterNic;
import org.violin.api.routing.RouterSink;
import org.violin.api.routing.RouterSpec;
import org.violin.api.routing.RouterStatus;

/**
 * One vRouter that runs here: what learns its routes, what forwards by them, and the FIB between, which outlives both. Without a forwarding
 * of its own the guest's kernel forwards. Beside them, its services.
 */
final class Router implements RouterSink {
    private static final Logger LOG = LoggerFactory.getLogger(Router.class);

    private final NodeId id;
    private final Plugins plugins;
    private final DataPlane dataPlane;
    private final Announcer announcer;
    private final ScheduledExecutorService threads;
    private final Fib fib = new Fib();
    private final List<Feed> feeds = new CopyOnWriteArrayList<>();

    private RouterSpec spec;
    private Guest guest;
    /** The guest's own devices, and where its ports are pointed at when not there. */
    private Map<String, FrameDevice> vnics = Map.of();
    private final Map<String, FrameDevice> pointed = new HashMap<>();
    private final Learning learning;
    private volatile Forwarding forwarding;
    private volatile boolean translates;
    private volatile ForwardingProvider forwardsBy;
    private Feed feed;
    private volatile String trouble = "";
    private final Services services;
    private final Loopbacks loopbacks;

    Router(NodeId id, Plugins plugins, DataPlane dataPlane, Announcer announcer, ScheduledExecutorService threads, long holdMillis) {
        this.id = id;
        this.plugins = plugins;
        this.dataPlane = dataPlane;
        this.announcer = announcer;
        this.threads = threads;
        services = new Services(id, plugins, this, threads);
        loopbacks = new Loopbacks(threads);
        learning = new Learning(id, plugins, fib, told -> feeds.forEach(f -> f.offer(told)), this, threads, holdMillis);
    }

    /** Makes it so. What fails of one half does not keep the other from going on. */
    synchronized void open(RouterSpec next, Guest in, Map<String, FrameDevice> own) throws GuestException {
        boolean elsewhere = guest != null && guest != in;
        if (elsewhere) {
            learning.close();
            services.release();
            point(Map.of(), null);
        }
        Map<String, FrameDevice> gone = new HashMap<>(vnics);
        gone.keySet().removeAll(own.keySet());
        gone.forEach((nic, device) -> {
            if (pointed.remove(nic) != null) close(device);
        });
        spec = next;
        guest = in;
        vnics = Map.copyOf(own);
        translates = next.services().containsKey("nat");
        List<String> failed = new ArrayList<>();
        attempt(failed, () -> loopbacks.apply(guest, spec.loopbacks()));
        attempt(failed, () -> learning.apply(spec, guest, this));
        attempt(failed, this::forward);
        trouble = String.join("; ", failed);
        attempt(failed, () -> services.apply(spec, guest));
        if (!failed.isEmpty()) throw new GuestException(String.join("; ", failed));
    }

    private interface Step {
        void run() throws GuestException;
    }

    /** What a plugin throws, errors of linking too, is its own part's failure. */
    private static void attempt(List<String> failed, Step step) {
        try {
            step.run();
        } catch (GuestException | RuntimeException | LinkageError e) {
            failed.add(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    /** A plugin came: what waits for it is tried again. Returns whether all is well. */
    synchronized boolean again() {
        if (spec == null) return true;
        try {
            open(spec, guest, vnics);
            return true;
        } catch (GuestException | RuntimeException | LinkageError e) {
            LOG.warn("{}: {}", id, e.getMessage());
            return false;
        }
    }

    // ---- forwarding

    private void forward() throws GuestException {
        ForwardingProvider wanted = plugins.forwarding(spec.forwarding()).orElse(null);
        if (forwarding != null && forwardsBy == wanted && forwarding.apply(spec)) return;
        if (wanted == null) {
            point(Map.of(), null);
            if (spec.forwarding().equals("kernel")) return;
            throw new GuestException(id + ": no forwarding '" + spec.forwarding() + "' on this overlay host, its kernel forwards now; install it: "
                    + "feature:install violin-routing-" + spec.forwarding());
        }
        Optional<String> lost = forwarding != null && forwardsBy == wanted ? forwarding.wouldLose() : Optional.empty();
        Feed fresh = new Feed(fib, threads);
        FibBatch[] all = new FibBatch[1];
        fib.all(batch -> {
            all[0] = batch;
            feeds.add(fresh);
        });
        Forwarding next;
        try {
            HandOver left = forwarding == null ? null : forwarding.release();
            next = wanted.open(spec, guest, vnics, all[0], left);
        } catch (GuestException | RuntimeException | LinkageError e) {
            feeds.remove(fresh);
            fresh.end();
            throw e;
        }
        Map<String, FrameDevice> devices = new HashMap<>();
        for (RouterNic nic : spec.nics()) next.device(nic.spec().name()).ifPresent(d -> devices.put(nic.spec().name(), d));
        try {
            point(devices, next);
        } catch (RuntimeException | LinkageError e) {
            feeds.remove(fresh);
            fresh.end();
            next.close();
            throw e;
        }
        Feed old = feed;
        feed = fresh;
        forwardsBy = wanted;
        if (old != null) {
            feeds.remove(old);
            old.end();
        }
        fresh.start(next);
        lost.ifPresent(what -> event("forwarding", "the change needed another " + wanted.kind() + " in the place of the old one, with which went: " + what));
    }

    /** Points all ports at once; what is not named goes back to the guest's own device. Then the old forwarding ends. */
    private void point(Map<String, FrameDevice> devices, Forwarding next) {
        Map<PortId, FrameDevice> change = new HashMap<>();
        for (Map.Entry<String, FrameDevice> own : vnics.entrySet()) {
            FrameDevice to = devices.getOrDefault(own.getKey(), own.getValue());
            if (to != pointed.getOrDefault(own.getKey(), own.getValue())) change.put(new PortId(id, own.getKey()), to);
        }
        Map<PortId, FrameDevice> before = change.isEmpty() ? Map.of() : exchange(change);
        // A port that was unplugged takes nothing back: its device is nobody's now.
        change.forEach((port, device) -> {
            if (!before.containsKey(port) && vnics.get(port.port()) == device) close(device);
        });
        pointed.clear();
        pointed.putAll(devices);
        Forwarding old = forwarding;
        forwarding = next;
        if (next != null) next.begin();
        else if (feed != null) endFeed();
        if (next == null) forwardsBy = null;
        if (old == null) return;
        try {
            old.close();
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("{}: the forwarding did not close cleanly: {}", id, e.toString());
        }
    }

    private Map<PortId, FrameDevice> exchange(Map<PortId, FrameDevice> change) {
        Forwarding old = forwarding;
        if (old != null) old.end();
        try {
            return dataPlane.exchange(change);
        } catch (RuntimeException | LinkageError e) {
            if (old != null) old.begin();
            throw e;
        }
    }

    private void endFeed() {
        feeds.remove(feed);
        feed.end();
        feed = null;
    }

    // ---- what plugins tell

    /** Of control planes only, which tell {@link Learning}; services have no routes. */
    @Override
    public void fib(FibBatch batch) {
        throw new UnsupportedOperationException("a service tells no routes");
    }

    @Override
    public void event(String topic, String text) {
        announcer.announce("router/" + topic, id.toString(), text);
    }

    // ---- the end

    /** A plugin goes: its code is not used when this returns. The FIB stays, and the kernel forwards. */
    synchronized void lose(Object provider) {
        services.lose(provider);
        if (learning.by() == provider) learning.close();
        if (forwardsBy == provider && forwarding != null) {
            point(Map.of(), null);
            event("forwarding-gone", "its forwarding went; the guest's kernel forwards until it is back");
        }
    }

    /**
     * @param in null: the guest is gone already, and with it all that ran in it
     * @return it had a control plane
     */
    synchronized boolean close(Guest in) {
        services.removeAll(in == null);
        if (in != null) {
            try {
                loopbacks.apply(in, List.of());
            } catch (GuestException | RuntimeException | LinkageError e) {
                LOG.warn("{}: addresses on its loopback interface stay: {}", id, e.getMessage());
            }
        }
        boolean learnt = learning.stop(in != null);
        release();
        return learnt;
    }

    /** Of a guest that an earlier container left and that is no vRouter of ours any more: takes away what it made there. */
    synchronized void clean(Guest left) {
        List<String> failed = new ArrayList<>();
        attempt(failed, () -> services.reconcile(left));
        attempt(failed, () -> loopbacks.apply(left, List.of()));
        if (!failed.isEmpty()) LOG.warn("{}: what an earlier container made stays: {}", id, String.join("; ", failed));
    }

    boolean learns() {
        return learning.control().isPresent();
    }

    /** Lets go of all: what runs in the guest runs on. */
    synchronized void release() {
        services.release();
        learning.close();
        point(Map.of(), null);
        loopbacks.forget();
        spec = null;
        guest = null;
        vnics = Map.of();
    }

    private static void close(FrameDevice device) {
        try {
            device.close();
        } catch (Exception e) {
            LOG.warn("A device did not close cleanly", e);
        }
    }

    // ---- as observed; any thread

    boolean troubled() {
        return services.troubled();
    }

    RouterStatus status() {
        RouterSpec now;
        synchronized (this) {
            now = spec;
        }
        if (now == null) return null;
        ControlPlane learns = learning.control().orElse(null);
        Forwarding forwards = forwarding;
        ControlStatus learnt;
        if (learns != null) learnt = learns.status();
        else learnt = new ControlStatus(trouble.isEmpty() ? "ready" : "failed", trouble, List.of(), List.of(), List.of());
        Map<String, Long> counters = new java.util.TreeMap<>();
        if (forwards != null) counters.putAll(forwards.counters());
        if (fib.keeps()) counters.put("fib-kept", (long) fib.size());
        if (fib.refused() > 0) counters.put("fib-full", fib.refused());
        return new RouterStatus(id, now.routerId(), now.control(), now.forwarding(), learnt, fib.size(), counters, services.status());
    }

    Optional<String> lossOfForwarding(String kind) {
        Forwarding now = forwarding;
        ForwardingProvider by = forwardsBy;
        if (now == null && !kind.equals("kernel") && translates) return Optional.of("translations of addresses (nat) that its kernel made: their connections break");
        return now == null || by == null || by.kind().equals(kind) ? Optional.empty() : now.wouldLose();
    }

    Optional<String> lossOfControl(String kind) {
        ControlPlaneProvider by = learning.by();
        if (by == null || by.kind().equals(kind)) return Optional.empty();
        return Optional.of("its neighbours are told to go elsewhere; what has no other way is out of reach until " + kind + " knows its routes");
    }

    ControlPlane control() throws GuestException {
        return learning.control().orElseThrow(() -> new GuestException(id + " has no control plane (now)"));
    }

    Optional<ControlChange> change() {
        return learning.change();
    }

    Forwarding forwarding() throws GuestException {
        Forwarding now = forwarding;
        if (now == null) throw new GuestException(id + " has no forwarding of its own (now): its kernel forwards");
        return now;
    }
}
