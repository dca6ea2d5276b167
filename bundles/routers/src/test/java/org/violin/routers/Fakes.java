// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.violin.api.dataplane.DataPlane;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.LinkEnd;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.Guest;
import org.violin.api.model.Cidr;
import org.violin.api.model.Limits;
import org.violin.api.model.Mistake;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeId;
import org.violin.api.model.PortId;
import org.violin.api.model.Probe;
import org.violin.api.model.RouteSpec;
import org.violin.api.routing.ControlPlane;
import org.violin.api.routing.ControlPlaneProvider;
import org.violin.api.routing.ControlStatus;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.FibRoute;
import org.violin.api.routing.Forwarding;
import org.violin.api.routing.ForwardingProvider;
import org.violin.api.routing.RouterSink;
import org.violin.api.routing.RouterSpec;

/** Plugins, ports and guests that only note what is done to them. */
final class Fakes {
    private Fakes() {}

    static final class Learner implements ControlPlaneProvider {
        final String kind;
        final List<RouterSink> open = new CopyOnWriteArrayList<>();
        volatile int opened;
        volatile int stopped;
        volatile int departed;
        volatile boolean converged = true;
        List<Mistake> mistakes = List.of();

        Learner(String kind) {
            this.kind = kind;
        }

        RouterSink sink() {
            return open.get(0);
        }

        @Override
        public String kind() {
            return kind;
        }

        @Override
        public Probe probe() {
            return Probe.ok("there");
        }

        @Override
        public Set<String> protocols() {
            return Set.of("ospf", "bgp");
        }

        @Override
        public List<Mistake> check(RouterSpec spec) {
            return mistakes;
        }

        @Override
        public ControlPlane open(RouterSpec spec, Guest guest, RouterSink sink) {
            open.add(sink);
            opened++;
            return new ControlPlane() {
                @Override
                public List<String> apply(RouterSpec next) {
                    return List.of();
                }

                @Override
                public ControlStatus status() {
                    return new ControlStatus("ready", "", List.of(), List.of(), List.of());
                }

                @Override
                public String command(String line) {
                    return line;
                }

                @Override
                public boolean converged() {
                    return converged;
                }

                @Override
                public void depart() {
                    departed++;
                }

                @Override
                public void stop() {
                    stopped++;
                }

                @Override
                public void close() {
                    open.remove(sink);
                }
            };
        }
    }

    static final class Forwarder implements ForwardingProvider {
        final String kind;
        final List<Forwards> open = new CopyOnWriteArrayList<>();
        boolean inPlace = true;
        Set<String> services = Set.of();

        Forwarder(String kind) {
            this.kind = kind;
        }

        @Override
        public Set<String> services() {
            return services;
        }

        Forwards only() {
            return open.get(open.size() - 1);
        }

        @Override
        public String kind() {
            return kind;
        }

        @Override
        public Probe probe() {
            return Probe.ok("there");
        }

        @Override
        public List<Mistake> check(RouterSpec spec) {
            return List.of();
        }

        @Override
        public Forwarding open(RouterSpec spec, Guest guest, Map<String, FrameDevice> vnics, FibBatch fib, HandOver before) {
            Forwards made = new Forwards(this);
            made.fib(fib);
            open.add(made);
            return made;
        }
    }

    static final class Forwards implements Forwarding {
        final Map<Cidr, FibRoute> fib = new ConcurrentHashMap<>();
        final FrameDevice device = new Device();
        final Forwarder by;
        volatile boolean begun;
        Optional<String> loss = Optional.empty();

        Forwards(Forwarder by) {
            this.by = by;
        }

        @Override
        public Optional<FrameDevice> device(String nic) {
            return Optional.of(device);
        }

        @Override
        public void begin() {
            begun = true;
        }

        @Override
        public boolean apply(RouterSpec next) {
            return by.inPlace;
        }

        @Override
        public void fib(FibBatch batch) {
            if (batch.resync()) fib.clear();
            batch.removed().forEach(fib::remove);
            batch.routes().forEach(r -> fib.put(r.destination(), r));
        }

        @Override
        public Map<String, Long> counters() {
            return Map.of();
        }

        @Override
        public String command(String operation, String target, String value) {
            return target;
        }

        @Override
        public HandOver release() {
            return null;
        }

        @Override
        public Optional<String> wouldLose() {
            return loss;
        }

        @Override
        public void close() {
            by.open.remove(this);
        }
    }

    /** Ports whose devices can be seen. */
    static final class Ports implements DataPlane {
        final Map<PortId, FrameDevice> devices = new HashMap<>();

        @Override
        public Map<PortId, FrameDevice> exchange(Map<PortId, FrameDevice> change) {
            Map<PortId, FrameDevice> before = new HashMap<>();
            change.forEach((port, device) -> {
                if (devices.containsKey(port)) before.put(port, devices.put(port, device));
            });
            return before;
        }

        @Override
        public void openViolin(String violin, int channel, String cipher) {}

        @Override
        public void closeViolin(String violin) {}

        @Override
        public void openSwitch(NodeId id, String kind, Map<String, String> attributes) {}

        @Override
        public void closeSwitch(NodeId id) {}

        @Override
        public void openLink(int vni, LinkEnd a, LinkEnd b) {}

        @Override
        public void closeLink(int vni) {}

        @Override
        public void plug(PortId nic, FrameDevice device) {}

        @Override
        public void unplug(PortId nic) {}
    }

    static final class Device implements FrameDevice {
        @Override
        public int fd() {
            return 0;
        }

        @Override
        public int read(ByteBuffer slab, int offset, int capacity) {
            return 0;
        }

        @Override
        public int write(ByteBuffer slab, int offset, int length) {
            return length;
        }

        @Override
        public void carrier(boolean up) {}

        @Override
        public void close() {}
    }

    /** A program that ends at once, or when it is ended. */
    private static final class Session implements ExecSession {
        private final CountDownLatch ended;

        Session(boolean hangs) {
            ended = new CountDownLatch(hangs ? 1 : 0);
        }

        @Override
        public OutputStream stdin() {
            return OutputStream.nullOutputStream();
        }

        @Override
        public InputStream stdout() {
            return InputStream.nullInputStream();
        }

        @Override
        public InputStream stderr() {
            return InputStream.nullInputStream();
        }

        @Override
        public int waitFor() throws InterruptedException {
            ended.await();
            return 0;
        }

        @Override
        public void close() {
            ended.countDown();
        }
    }

    static final class Guests implements Guest {
        final List<String> calls = new ArrayList<>();
        final List<List<String>> scripts = new CopyOnWriteArrayList<>();
        volatile boolean hangs;

        @Override
        public NodeId id() {
            return new NodeId("v", "r1");
        }

        @Override
        public GuestStatus status() {
            return new GuestStatus(true, OptionalInt.of(1), Set.of(), "");
        }

        @Override
        public List<FrameDevice> plug(List<NicSpec> nics) {
            return List.of();
        }

        @Override
        public void unplug(Set<String> nics) {}

        @Override
        public void routes(Collection<RouteSpec> routes) {
            calls.add("routes " + routes.size());
        }

        @Override
        public void limits(Limits limits) {}

        @Override
        public void ready() {}

        @Override
        public ExecSession exec(ExecRequest request) {
            scripts.add(List.copyOf(request.command()));
            return new Session(hangs);
        }

        @Override
        public void stop() {}
    }
}
