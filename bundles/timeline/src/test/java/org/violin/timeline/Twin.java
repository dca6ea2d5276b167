// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.violin.api.control.GuestAccess;
import org.violin.api.dataplane.DataPlane;
import org.violin.api.dataplane.DataPlaneView;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.LinkEnd;
import org.violin.api.dataplane.PortStatus;
import org.violin.api.dataplane.TunnelStatus;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.Guest.GuestStatus;
import org.violin.api.guest.GuestException;
import org.violin.api.model.NodeId;
import org.violin.api.model.PortId;

/** The data plane and the guests of one host, in memory: writes down what is asked of it. */
final class Twin implements DataPlane, DataPlaneView, GuestAccess {
    final List<String> log = Collections.synchronizedList(new ArrayList<>());
    final Map<PortId, Map<String, String>> laid = Collections.synchronizedMap(new TreeMap<>());
    final Set<NodeId> down = Collections.synchronizedSet(new java.util.TreeSet<>());
    final List<String> ports = new ArrayList<>();
    /** Answers a command: its output; null: it runs until it is ended. A status may stand in front: {@code 3|text}. */
    volatile Function<String, String> programs = command -> "";
    volatile long frames;
    final List<FakeProgram> running = Collections.synchronizedList(new ArrayList<>());

    Twin(String... ports) {
        this.ports.addAll(List.of(ports));
    }

    static final class FakeProgram implements ExecSession {
        private final CountDownLatch ended = new CountDownLatch(1);
        private final String text;
        private volatile int status;

        FakeProgram(String answer) {
            int bar = answer == null ? -1 : answer.indexOf('|');
            status = bar == 1 ? answer.charAt(0) - '0' : 0;
            text = answer == null ? "" : bar == 1 ? answer.substring(2) : answer;
            if (answer != null) ended.countDown();
        }

        @Override
        public OutputStream stdin() {
            return new ByteArrayOutputStream();
        }

        @Override
        public InputStream stdout() {
            return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public InputStream stderr() {
            return InputStream.nullInputStream();
        }

        @Override
        public int waitFor() throws InterruptedException {
            ended.await();
            return status;
        }

        @Override
        public void close() {
            if (ended.getCount() > 0) status = 143;
            ended.countDown();
        }

        boolean alive() {
            return ended.getCount() > 0;
        }
    }

    @Override
    public void override(PortId from, Map<String, String> settings) {
        if (settings.containsKey("corrupt")) throw new IllegalArgumentException("corrupt: not here");
        Map<String, String> plain = new TreeMap<>(settings);
        plain.remove("seed");
        log.add(from.node().node() + ":" + from.port() + " " + plain);
        if (settings.isEmpty()) laid.remove(from);
        else laid.put(from, Map.copyOf(settings));
    }

    @Override
    public void restart(PortId from) {
        log.add(from.node().node() + ":" + from.port() + " restart");
    }

    @Override
    public List<PortStatus> ports() {
        frames += 10;
        return ports.stream().map(p -> new PortStatus(PortId.parse("net/" + p), false, 1, "", true, frames, frames * 2, frames * 100, frames * 200,
                Map.of("segments-in", frames, "segments-out", frames * 2), Map.of("lost", frames / 10))).toList();
    }

    @Override
    public ExecSession exec(NodeId node, ExecRequest request) throws GuestException {
        if (down.contains(node)) throw new GuestException(node + " does not run on this overlay host");
        String command = request.command().get(2).replace("exec 2>&1\n", "");
        log.add(node.node() + " $ " + command);
        FakeProgram program = new FakeProgram(programs.apply(command));
        running.add(program);
        return program;
    }

    @Override
    public Optional<GuestStatus> status(NodeId node) {
        return Optional.of(new GuestStatus(!down.contains(node), OptionalInt.empty(), Set.of(), ""));
    }

    @Override
    public void crash(NodeId node) {
        log.add("crash " + node.node());
        down.add(node);
    }

    @Override
    public void revive(NodeId node) {
        log.add("revive " + node.node());
        down.remove(node);
    }

    @Override
    public Optional<String> hostOf(NodeId node) {
        return Optional.ofNullable(Net.PLACES.get(node.node()));
    }

    /** Nothing is laid, nobody down, nothing running. */
    boolean clean() {
        return laid.isEmpty() && down.isEmpty() && running.stream().noneMatch(FakeProgram::alive);
    }

    @Override
    public List<TunnelStatus> tunnels() {
        return List.of();
    }

    @Override
    public Map<String, Long> drops() {
        return Map.of();
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
    public Map<PortId, FrameDevice> exchange(Map<PortId, FrameDevice> devices) {
        return Map.of();
    }

    @Override
    public void unplug(PortId nic) {}
}
