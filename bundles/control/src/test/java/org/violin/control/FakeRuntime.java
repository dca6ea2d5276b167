// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.guest.GuestRuntime;
import org.violin.api.guest.GuestSpec;
import org.violin.api.model.Cidr;
import org.violin.api.model.Limits;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeId;
import org.violin.api.model.Probe;
import org.violin.api.model.RouteSpec;

/** Guests that only remember what was done to them. They outlive the control that made them, as real ones do. */
final class FakeRuntime implements GuestRuntime {
    final Map<NodeId, FakeGuest> guests = new ConcurrentHashMap<>();
    final List<String> calls = new CopyOnWriteArrayList<>();
    final Map<String, Map<String, List<Cidr>>> names = new ConcurrentHashMap<>();
    volatile String refuseNode = "";

    @Override
    public String kind() {
        return "netns";
    }

    @Override
    public Probe probe() {
        return Probe.ok("fake");
    }

    @Override
    public Guest start(GuestSpec spec) throws GuestException {
        calls.add("start " + spec.id());
        if (spec.id().node().equals(refuseNode)) throw new GuestException(spec.id() + ": no space");
        FakeGuest guest = new FakeGuest(spec);
        if (guests.putIfAbsent(spec.id(), guest) != null) throw new GuestException(spec.id() + " runs already");
        return guest;
    }

    @Override
    public Collection<Guest> adopt() {
        guests.values().removeIf(g -> !g.running);
        return new ArrayList<>(guests.values());
    }

    @Override
    public void names(String violin, Map<String, List<Cidr>> addressesByName) {
        if (addressesByName.isEmpty()) names.remove(violin);
        else names.put(violin, addressesByName);
    }

    /** What comes after an update of the plugin: it adopts the guests that run, as objects of its own. */
    FakeRuntime successor() {
        FakeRuntime next = new FakeRuntime();
        guests.forEach((id, old) -> {
            FakeGuest guest = next.new FakeGuest(old.spec);
            guest.nics.putAll(old.nics);
            guest.routes = old.routes;
            guest.readyCalls = old.readyCalls;
            guest.running = old.running;
            next.guests.put(id, guest);
        });
        return next;
    }

    final class FakeGuest implements Guest {
        final GuestSpec spec;
        final Map<String, NicSpec> nics = new TreeMap<>();
        volatile Collection<RouteSpec> routes = List.of();
        volatile Limits limits;
        volatile boolean running = true;
        volatile int readyCalls;

        FakeGuest(GuestSpec spec) {
            this.spec = spec;
            this.limits = spec.limits();
        }

        @Override
        public NodeId id() {
            return spec.id();
        }

        @Override
        public GuestStatus status() {
            return new GuestStatus(running, OptionalInt.empty(), new LinkedHashSet<>(nics.keySet()), "");
        }

        @Override
        public List<FrameDevice> plug(List<NicSpec> specs) {
            List<FrameDevice> devices = new ArrayList<>();
            for (NicSpec nic : specs) {
                calls.add("plug " + id() + ":" + nic.name());
                nics.put(nic.name(), nic);
                devices.add(new NoDevice());
            }
            return devices;
        }

        @Override
        public void unplug(Set<String> gone) {
            gone.forEach(n -> calls.add("unplug " + id() + ":" + n));
            nics.keySet().removeAll(gone);
        }

        @Override
        public void routes(Collection<RouteSpec> now) {
            routes = List.copyOf(now);
        }

        @Override
        public void limits(Limits now) {
            calls.add("limits " + id());
            limits = now;
        }

        @Override
        public void ready() {
            readyCalls++;
        }

        @Override
        public ExecSession exec(ExecRequest request) throws GuestException {
            throw new GuestException("a fake runs nothing");
        }

        @Override
        public void stop() {
            calls.add("stop " + id());
            running = false;
            guests.remove(id());
        }
    }

    private static final class NoDevice implements FrameDevice {
        @Override
        public int fd() {
            return 0;
        }

        @Override
        public int read(java.nio.ByteBuffer slab, int offset, int capacity) {
            return 0;
        }

        @Override
        public int write(java.nio.ByteBuffer slab, int offset, int length) {
            return length;
        }

        @Override
        public void carrier(boolean up) {}

        @Override
        public void close() {}
    }
}
