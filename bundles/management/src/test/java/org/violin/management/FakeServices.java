// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.violin.api.control.GuestAccess;
import org.violin.api.control.PlanStep;
import org.violin.api.control.Report;
import org.violin.api.control.ViolinSummary;
import org.violin.api.control.ViolinView;
import org.violin.api.control.ViolinView.EntityView;
import org.violin.api.control.Violins;
import org.violin.api.dataplane.DataPlaneView;
import org.violin.api.dataplane.PortStatus;
import org.violin.api.dataplane.TunnelStatus;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.Guest.GuestStatus;
import org.violin.api.model.Mistake;
import org.violin.api.model.NodeId;
import org.violin.api.model.PortId;
import org.violin.api.model.Refused;

/** Services as a test wants them. */
final class FakeServices implements Violins, DataPlaneView, GuestAccess {
    final List<EntityView> entities = Collections.synchronizedList(new ArrayList<>());
    final List<PortStatus> ports = Collections.synchronizedList(new ArrayList<>());
    final List<TunnelStatus> tunnels = new ArrayList<>();
    final AtomicInteger scans = new AtomicInteger();
    final AtomicInteger shows = new AtomicInteger();
    boolean exists = true;
    long revision = 1;

    void entity(String name, String host) {
        entities.add(new EntityView(name, "vhost", host, List.of("eth1 10.0.1.2/24"), "ready", ""));
    }

    void port(String node, String port, long frames) {
        ports.add(new PortStatus(PortId.of("fig2", node, port), false, 7, "sw1:p1", true, frames, 2 * frames, 100 * frames, 200 * frames,
                Map.of("calls-in", frames), Map.of("queue full", 3L)));
    }

    @Override
    public Report apply(String file, String text, Map<String, String> pins, boolean dryRun, Consumer<String> progress) throws Refused {
        if (text.contains("crash")) throw new IllegalStateException("crashed on purpose");
        if (text.contains("bad")) throw new Refused(List.of(new Mistake(file, 3, "bad", "must be good"), new Mistake(file, 4, "b", "no")));
        progress.accept("reading");
        List<PlanStep> steps = List.of(new PlanStep("create", "vhost", "h1", "host1", ""));
        return new Report("fig2", 5, steps, List.of("a note"), List.of(), !dryRun, 1, 2);
    }

    @Override
    public Report destroy(String violin, Consumer<String> progress) throws Refused {
        if (!violin.equals("fig2")) throw new Refused("destroy", violin, "there is no violin of that name");
        exists = false;
        return new Report(violin, 6, List.of(), List.of(), List.of(), true, 1, 2);
    }

    @Override
    public List<ViolinSummary> list() {
        return exists ? List.of(new ViolinSummary("fig2", "ready", revision, 4, 1, 2, 6, List.of("host1", "host2"))) : List.of();
    }

    @Override
    public Optional<ViolinView> show(String violin) {
        shows.incrementAndGet();
        return list().stream().filter(s -> s.name().equals(violin)).findFirst()
                .map(s -> new ViolinView(s, List.copyOf(entities), List.of(), Map.of()));
    }

    @Override
    public List<PortStatus> ports() {
        scans.incrementAndGet();
        return List.copyOf(ports);
    }

    @Override
    public List<TunnelStatus> tunnels() {
        return tunnels;
    }

    @Override
    public Map<String, Long> drops() {
        return Map.of("unknown vni", 9L);
    }

    @Override
    public Optional<String> hostOf(NodeId node) {
        return Optional.of("host1");
    }

    @Override
    public ExecSession exec(NodeId node, ExecRequest request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<GuestStatus> status(NodeId node) {
        return Optional.of(new GuestStatus(true, OptionalInt.of(4242), Set.of("eth1"), "/console"));
    }
}
