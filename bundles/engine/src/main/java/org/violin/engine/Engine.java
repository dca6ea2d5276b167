// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.Members;
import org.violin.api.control.Events;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.DataPlane;
import org.violin.api.dataplane.DataPlaneView;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.LinkEnd;
import org.violin.api.dataplane.LinkStageProvider;
import org.violin.api.dataplane.PollerProvider;
import org.violin.api.dataplane.PortStatus;
import org.violin.api.dataplane.SwitchProvider;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.api.dataplane.TunnelStatus;
import org.violin.api.model.NodeId;
import org.violin.api.model.PortId;

/**
 * The data plane as a service: joins {@link Fabric}, {@link Uplink} and {@link WorkerPool} with the plugins that come and go. Immediate, so
 * that frames go on while the bundle that controls it is replaced.
 */
@Component(service = {DataPlane.class, DataPlaneView.class}, immediate = true, configurationPid = "org.violin.engine")
@Designate(ocd = Engine.Config.class)
public final class Engine implements DataPlane, DataPlaneView {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final Duration TICK = Duration.ofMillis(250);

    /** Configuration, PID {@code org.violin.engine}. */
    @ObjectClassDefinition(name = "VIOLIN data plane", description = "Workers, tunnel and limits of this overlay host")
    public @interface Config {
        @AttributeDefinition(description = "Kind of the tunnel to other overlay hosts, such as udp")
        String tunnel() default "udp";

        @AttributeDefinition(description = "Kind of the cipher over the tunnel, such as aead or none")
        String cipher() default "aead";

        @AttributeDefinition(description = "Threads that read vNICs; 0: as many as cores, at most 4. Read at the start only.")
        int workers() default 0;

        @AttributeDefinition(description = "Largest IP MTU that tunnels try on the paths between overlay hosts, bytes, 1280 to 9000")
        int pathMtuBytes() default 9000;

        @AttributeDefinition(description = "Bound of what waits for one overlay host, bytes")
        int queueBytes() default 4 * 1024 * 1024;

        @AttributeDefinition(description = "Frames a switch port may flood each second (broadcast, multicast, unknown); 0: no limit")
        int floodPerSecond() default 20_000;
    }

    private final Control control = new Control();
    private final Grace grace = new Grace();
    private final List<Announcer> listeners = new CopyOnWriteArrayList<>();
    private final Guard guard;
    private final Fabric fabric;
    private final Uplink uplink;
    private final WorkerPool workers;
    private final Timetable timetable;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    volatile EventAdmin eventAdmin;

    @Activate
    public Engine(@Reference PollerProvider pollers, @Reference Members members, Config config) {
        this(pollers, members, EngineSettings.of(config, Runtime.getRuntime().availableProcessors(), LOG::warn), System::nanoTime, true);
    }

    Engine(PollerProvider pollers, Members members, EngineSettings settings, LongSupplier clock, boolean threads) {
        this(pollers, members, settings, clock, threads, Guard.DEADLINE);
    }

    /**
     * @param threads false for tests that call {@link #step} themselves
     * @param deadline that a plugin may take for a call of a control thread
     */
    Engine(PollerProvider pollers, Members members, EngineSettings settings, LongSupplier clock, boolean threads, Duration deadline) {
        VniTable remotes = new VniTable();
        guard = new Guard(deadline);
        uplink = new Uplink(members, remotes, grace, control, guard, this::announce, clock, settings);
        workers = new WorkerPool(settings.workers(), pollers, uplink, grace, clock);
        timetable = new Timetable(uplink, grace, pollers.alarm(), clock);
        fabric = new Fabric(uplink, remotes, workers, grace, control, guard, this::announce, clock, timetable, settings.floodPerSecond());
        uplink.onWritable(workers::resume);
        uplink.start(fabric::showRemoteCarriers);
        control.every(TICK, () -> {
            uplink.tick();
            fabric.tick();
        });
        if (!threads) return;
        workers.start();
        timetable.start();
    }

    @Modified
    void modified(Config config) {
        configure(EngineSettings.of(config, Runtime.getRuntime().availableProcessors(), LOG::warn));
    }

    void configure(EngineSettings settings) {
        fabric.floodPerSecond(settings.floodPerSecond());
        uplink.configure(settings);
    }

    @Deactivate
    void stop() {
        fabric.refuse();
        workers.stop();
        timetable.stop();
        uplink.stop();
        fabric.closeDevices();
        control.stop();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addSwitchProvider(SwitchProvider provider, Map<String, ?> properties) {
        String kind = kind(provider, provider::kind);
        if (kind != null) fabric.addProvider(provider, kind, properties);
    }

    void removeSwitchProvider(SwitchProvider provider) {
        fabric.removeProvider(provider);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addLinkStageProvider(LinkStageProvider provider, Map<String, ?> properties) {
        fabric.addStages(provider, properties);
    }

    void removeLinkStageProvider(LinkStageProvider provider) {
        fabric.removeStages(provider);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addTunnelProvider(TunnelProvider provider, Map<String, ?> properties) {
        String kind = kind(provider, provider::kind);
        if (kind != null) uplink.add(provider, kind, properties);
    }

    void removeTunnelProvider(TunnelProvider provider) {
        uplink.remove(provider);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addCipherProvider(CipherProvider provider, Map<String, ?> properties) {
        String kind = kind(provider, provider::kind);
        if (kind != null) uplink.add(provider, kind, properties);
    }

    void removeCipherProvider(CipherProvider provider) {
        uplink.remove(provider);
    }

    /** The word of a plugin; null: it does not even tell that, and is refused. */
    private String kind(Object plugin, Callable<String> word) {
        try {
            return Objects.requireNonNull(guard.call("kind of " + plugin.getClass().getName(), word));
        } catch (Exception e) {
            String what = plugin.getClass().getName() + " was refused: it does not tell its kind: " + e;
            LOG.warn(what);
            announce(Announcer.REFUSED, plugin.getClass().getName(), what);
            return null;
        }
    }

    /** Tells a listener what happens to plugins from now on. Close to stop. */
    AutoCloseable listen(Announcer listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private void announce(String topic, String subject, String text) {
        for (Announcer listener : listeners) listener.tell(topic, subject, text);
        EventAdmin admin = eventAdmin;
        if (admin != null) admin.postEvent(new Event(Events.TOPIC + topic, Map.of("subject", subject, "text", text)));
    }

    /** Returns when the control thread has done all it was asked for so far. For tests. */
    void settleControl() {
        control.settle();
    }

    /** Threads that carry frames, as far as the engine still thinks of them. For tests. */
    int cycles() {
        grace.prune();
        return grace.size();
    }

    /** One cycle of each worker that does not wait. Returns how many frames were read from devices. */
    int step() {
        int frames = workers.step();
        timetable.turn();
        return frames;
    }

    @Override
    public void openViolin(String violin, int channel, String cipher) {
        uplink.openViolin(violin, channel, cipher);
    }

    @Override
    public void closeViolin(String violin) {
        uplink.closeViolin(violin);
    }

    @Override
    public void keepInTouch(java.util.Set<String> hosts) {
        uplink.keepInTouch(hosts);
    }

    @Override
    public void openSwitch(NodeId id, String kind, Map<String, String> attributes) {
        fabric.openSwitch(id, kind, attributes);
    }

    @Override
    public void closeSwitch(NodeId id) {
        fabric.closeSwitch(id);
    }

    @Override
    public void openLink(int vni, LinkEnd a, LinkEnd b) {
        fabric.openLink(vni, a, b);
    }

    @Override
    public void closeLink(int vni) {
        fabric.closeLink(vni);
    }

    @Override
    public void condition(PortId from, Map<String, String> settings) {
        fabric.condition(from, settings);
    }

    @Override
    public void override(PortId from, Map<String, String> settings) {
        fabric.override(from, settings);
    }

    @Override
    public void restart(PortId from) {
        fabric.restart(from);
    }

    @Override
    public void plug(PortId nic, FrameDevice device) {
        fabric.plug(nic, device);
    }

    @Override
    public Map<PortId, FrameDevice> exchange(Map<PortId, FrameDevice> devices) {
        return fabric.exchange(devices);
    }

    @Override
    public void unplug(PortId nic) {
        fabric.unplug(nic);
    }

    @Override
    public List<PortStatus> ports() {
        return fabric.ports();
    }

    @Override
    public List<TunnelStatus> tunnels() {
        return uplink.status();
    }

    @Override
    public Map<String, Long> drops() {
        Map<String, Long> all = uplink.drops();
        if (workers.faults() > 0) all.put("worker-fault", workers.faults());
        return all;
    }

    @Override
    public Map<String, Long> swaps() {
        Map<String, Long> all = new TreeMap<>();
        uplink.swaps(all);
        fabric.swaps(all);
        return all;
    }
}
