// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.control.Events;
import org.violin.api.control.GuestAccess;
import org.violin.api.control.PlanStep;
import org.violin.api.control.Report;
import org.violin.api.control.ViolinSummary;
import org.violin.api.control.ViolinView;
import org.violin.api.control.ViolinView.EntityView;
import org.violin.api.control.ViolinView.LinkView;
import org.violin.api.control.Violins;
import org.violin.api.dataplane.DataPlaneView;
import org.violin.api.dataplane.PortStatus;
import org.violin.api.dataplane.TunnelStatus;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.Guest.GuestStatus;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Mistake;
import org.violin.api.model.NodeId;
import org.violin.api.model.PortId;
import org.violin.api.model.Refused;

/** One cluster of two overlay hosts with one violin, seen from either host. */
final class Fakes {
    static final HostInfo HOST1 = new HostInfo("host1", "127.0.0.1", 4789, 1, 1099, 2, 4L << 30, List.of("netns"), "0.1", 7, 0, "",
            Map.of("site", "berlin", "up", "100M"));
    static final Map<String, String> PLACES = Map.of("vHost1", "host1", "vHost2", "host2", "vRouter1", "host1");

    private Fakes() {}

    static final class FakeViolins implements Violins {
        final List<String> applied = new ArrayList<>();
        final List<String> destroyed = new ArrayList<>();

        @Override
        public Report apply(String file, String text, Map<String, String> pins, boolean dryRun, Consumer<String> progress) throws Refused {
            if (text.contains("bad")) throw new Refused(List.of(new Mistake(file, 3, "bad", "is not good"), new Mistake(file, 0, "",
                    "nothing works")));
            applied.add(file + ": " + text);
            progress.accept("working");
            List<PlanStep> steps = text.contains("same") ? List.of() : List.of(
                    new PlanStep("create", "vhost", "vHost1", "host1", ""), new PlanStep("create", "vhost", "vHost2", "host2", ""),
                    new PlanStep("remove", "vlink", "a:x--b:y", "host1", "gone from the file"));
            return new Report("figure2", 4, steps, List.of("two edges were merged"),
                    text.contains("fails") ? List.of("vHost1 on host1: no memory") : List.of(),
                    !dryRun, 3, 40);
        }

        @Override
        public Report destroy(String violin, Consumer<String> progress) throws Refused {
            if (!violin.equals("figure2")) throw new Refused("destroy", violin, "there is no such violin");
            destroyed.add(violin);
            return new Report(violin, 5, List.of(), List.of(), List.of(), true, 1, 2);
        }

        @Override
        public List<ViolinSummary> list() {
            return List.of(summary());
        }

        @Override
        public Optional<ViolinView> show(String violin) {
            if (!violin.equals("figure2")) return Optional.empty();
            return Optional.of(new ViolinView(summary(), List.of(
                    new EntityView("vHost1", "vhost", "host1", List.of("eth1 10.0.1.2/24", "eth1 fd00:1::2/64"), "ready", ""),
                    new EntityView("vHost2", "vhost", "host2", List.of("eth1 10.0.1.3/24", "eth1 fd00:1::3/64"), "failed", "no memory"),
                    new EntityView("vRouter1", "vrouter", "host1", List.of("eth1 10.0.1.1/24"), "ready", "", List.of("nat", "uplink")),
                    new EntityView("vSwitch1", "vswitch", "host1", List.of(), "ready", "")),
                    List.of(new LinkView("vHost1:eth1", "vSwitch1:p1", 5, "host1", "host1", 1, 2.5, "ready", Map.of())), Map.of()));
        }

        private static ViolinSummary summary() {
            return new ViolinSummary("figure2", "degraded", 4, 2, 1, 1, 1, List.of("host1", "host2"));
        }
    }

    /** Guests of one host; the function runs their programs. */
    record FakeGuests(String self, BiFunction<NodeId, ExecRequest, ExecSession> run) implements GuestAccess {
        @Override
        public Optional<String> hostOf(NodeId node) {
            return node.violin().equals("figure2") ? Optional.ofNullable(PLACES.get(node.node())) : Optional.empty();
        }

        @Override
        public ExecSession exec(NodeId node, ExecRequest request) throws GuestException {
            if (!self.equals(PLACES.get(node.node()))) throw new GuestException(node + " is not here");
            return run.apply(node, request);
        }

        @Override
        public Optional<GuestStatus> status(NodeId node) {
            return Optional.empty();
        }
    }

    record FakeMembers(HostInfo self, List<HostInfo> hosts) implements Members {
        @Override
        public boolean leader() {
            return true;
        }

        @Override
        public boolean connected() {
            return true;
        }

        @Override
        public AutoCloseable listen(Runnable changed) {
            return () -> { };
        }
    }

    static final class FakeDataPlane implements DataPlaneView {
        @Override
        public List<PortStatus> ports() {
            return List.of(new PortStatus(PortId.of("figure2", "vHost1", "eth1"), false, 5, "vSwitch1:p1", true, 10, 9, 1000, 900,
                    Map.of("calls-in", 11L), Map.of("no_buffer", 2L, "none", 0L)),
                    new PortStatus(PortId.of("other", "a", "eth1"), false, 0, "", false, 0, 0, 0, 0, Map.of(), Map.of()));
        }

        @Override
        public List<TunnelStatus> tunnels() {
            return List.of(new TunnelStatus("udp", "host2", "figure2", "aead", "10.99.0.2:4789", true, 1500, 1, 2, 3, 4, 5, 6, 250, Map.of("segments-in", 9L), Map.of()));
        }

        @Override
        public Map<String, Long> drops() {
            return Map.of("unknown_vni", 3L);
        }
    }

    static final class FakeEvents implements Events {
        final List<Event> all = new CopyOnWriteArrayList<>();
        final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();

        void happen(String text) {
            Event e = new Event(all.size(), 0, "host1", "violin/applied", "figure2", text);
            all.add(e);
            listeners.forEach(l -> l.accept(e));
        }

        @Override
        public List<Event> after(long sequence, int limit) {
            List<Event> fresh = all.stream().filter(e -> e.sequence() > sequence).toList();
            return fresh.subList(Math.max(0, fresh.size() - limit), fresh.size());
        }

        @Override
        public AutoCloseable listen(Consumer<Event> listener) {
            listeners.add(listener);
            return () -> listeners.remove(listener);
        }
    }
}
