// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.control.Confinement;
import org.violin.api.control.Confinement.Finding;
import org.violin.api.control.GuestAccess;
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
import org.violin.api.model.NodeId;
import org.violin.linux.Netns;

/**
 * Two violins on one overlay host, made of namespaces and the kernel's bridges, so that each wall can be opened on purpose.
 *
 * <pre>
 *   red/a --- bridge "red" --- red/b       blue/c --- bridge "blue" --- blue/d       host 10.99.0.1 --- far 10.99.0.2
 * </pre>
 */
final class Twin implements AutoCloseable {
    static final int TUNNEL_PORT = 4790;
    private static final String GUEST = "read x; exec setpriv --reuid=0 --regid=0 --clear-groups"
            + " sh -c 'mount -t proc proc /proc; ip link set lo up; echo up; exec sleep 600'";

    private final List<Process> processes = new ArrayList<>();
    final Map<String, Long> pids = new TreeMap<>();
    final List<TunnelStatus> tunnels = new ArrayList<>();
    final List<PortStatus> ports = new ArrayList<>();
    final AtomicLong refused = new AtomicLong();
    String elsewhere = "host1";
    List<String> services = List.of();
    volatile Consumer<byte[]> tunnel = datagram -> { };
    private DatagramSocket socket;

    Twin() throws Exception {
        for (String name : List.of("host", "far", "red", "blue")) space(name);
        for (String name : List.of("a", "b", "c", "d")) guest(name);
        lan("red", "a", "10.0.1.1/24", "b", "10.0.1.2/24");
        lan("blue", "c", "10.0.2.1/24", "d", "10.0.2.2/24");
        cable("host", "under", "far", "under");
        in("host", "ip addr add 10.99.0.1/24 dev under");
        in("far", "ip addr add 10.99.0.2/24 dev under");
        listen();
    }

    private void lan(String lan, String... guests) throws Exception {
        in(lan, "ip link add name br0 type bridge && ip link set br0 up");
        for (int i = 0; i < guests.length; i += 2) {
            cable(lan, "p" + i, guests[i], "eth0");
            in(lan, "ip link set p" + i + " master br0");
            in(guests[i], "ip addr add " + guests[i + 1] + " dev eth0");
        }
    }

    /** A namespace for the network only. */
    void space(String name) throws Exception {
        Process process = new ProcessBuilder("unshare", "-n", "sh", "-c", "ip link set lo up; echo up; exec sleep 600").start();
        processes.add(process);
        up(process);
        pids.put(name, process.pid());
    }

    private static void up(Process process) throws IOException {
        if (process.getInputStream().read() != 'u') {
            throw new IOException("no namespace: " + new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** All namespaces, root inside mapped to nobody outside. */
    private void guest(String name) throws Exception {
        Process process = new ProcessBuilder("unshare", "-U", "-n", "-p", "-f", "-m", "-i", "-u", "--kill-child", "--keep-caps", "sh", "-c", GUEST)
                .start();
        processes.add(process);
        Path children = Path.of("/proc/" + process.pid() + "/task/" + process.pid() + "/children");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (Files.readString(children).isBlank() && System.nanoTime() < deadline) Thread.onSpinWait();
        long pid = Long.parseLong(Files.readString(children).trim());
        for (String map : List.of("uid_map", "gid_map")) Files.writeString(Path.of("/proc/" + pid + "/" + map), "0 100000 65536");
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        up(process);
        pids.put(name, pid);
    }

    /** Two ends of a cable, up. */
    void cable(String a, String nameA, String b, String nameB) throws Exception {
        in(a, "ip link add name " + nameA + " type veth peer name " + nameB + " netns " + pids.get(b) + " && ip link set " + nameA + " up");
        in(b, "ip link set " + nameB + " up");
    }

    void in(String space, String command) throws Exception {
        Process process = new ProcessBuilder("nsenter", "-t", pids.get(space).toString(), "-n", "sh", "-c", command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) throw new IOException(space + ": " + command + ": " + out);
    }

    String namespace(String space) {
        return "/proc/" + pids.get(space) + "/ns/net";
    }

    /** Stands for the tunnel: counts each datagram as refused and hands it on. */
    private void listen() throws IOException {
        socket = Netns.call(namespace("host"), () -> new DatagramSocket(new InetSocketAddress("10.99.0.1", TUNNEL_PORT)));
        Thread thread = new Thread(() -> {
            DatagramPacket packet = new DatagramPacket(new byte[70_000], 70_000);
            try {
                while (!socket.isClosed()) {
                    packet.setLength(70_000);
                    socket.receive(packet);
                    refused.incrementAndGet();
                    tunnel.accept(java.util.Arrays.copyOf(packet.getData(), packet.getLength()));
                }
            } catch (IOException e) {
                refused.addAndGet(0); // closed
            }
        }, "twin-tunnel");
        thread.setDaemon(true);
        thread.start();
    }

    void sendFromTunnel(byte[] payload) {
        try {
            socket.send(new DatagramPacket(payload, payload.length, new InetSocketAddress("10.99.0.2", TUNNEL_PORT)));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    ConfinementCheck check() {
        return new ConfinementCheck(new TwinMembers(), new TwinViolins(), new TwinGuests(), new TwinView(), namespace("host"));
    }

    /** Findings by case. */
    Map<String, Finding> verify() throws Exception {
        Map<String, Finding> all = new TreeMap<>();
        List<Finding> findings = check().verify("red", "", Duration.ofSeconds(60));
        findings.forEach(f -> all.merge(f.check(), f, (x, y) -> x.verdict() == Confinement.Verdict.FAIL ? x : y));
        return all;
    }

    @Override
    public void close() throws Exception {
        if (socket != null) socket.close();
        for (Process process : processes) process.destroyForcibly().waitFor();
    }

    private static HostInfo host(int number) {
        return new HostInfo("host" + number, "10.99.0." + number, TUNNEL_PORT, 8101, 1099, 2, 1L << 30, List.of("netns"), "0.1", 7, 0, "");
    }

    private static final class TwinMembers implements Members {
        @Override
        public HostInfo self() {
            return host(1);
        }

        @Override
        public List<HostInfo> hosts() {
            return List.of(host(1), host(2));
        }

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

    private final class TwinViolins implements Violins {
        @Override
        public Report apply(String file, String text, Map<String, String> pins, boolean dryRun, Consumer<String> progress) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Report destroy(String violin, Consumer<String> progress) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<ViolinSummary> list() {
            return List.of(summary("red"), summary("blue"));
        }

        private ViolinSummary summary(String name) {
            return new ViolinSummary(name, "ready", 1, 2, 0, 1, 2, List.of("host1"));
        }

        @Override
        public Optional<ViolinView> show(String violin) {
            boolean red = violin.equals("red");
            if (!red && !violin.equals("blue")) return Optional.empty();
            String net = red ? "10.0.1." : "10.0.2.";
            return Optional.of(new ViolinView(summary(violin), List.of(
                    new EntityView(red ? "a" : "c", "vhost", "host1", List.of("eth0 " + net + "1/24"), "ready", "", red ? services : List.of()),
                    new EntityView(red ? "b" : "d", "vhost", "host1", List.of("eth0 " + net + "2/24"), "ready", ""),
                    new EntityView("lan", "vswitch", elsewhere, List.of(), "ready", "")),
                    List.of(new LinkView("a:eth0", "lan:p0", red ? 5 : 7, "host1", elsewhere, 1, 0, "ready", Map.of())), Map.of()));
        }
    }

    private final class TwinGuests implements GuestAccess {
        @Override
        public Optional<String> hostOf(NodeId node) {
            return Optional.of("host1");
        }

        @Override
        public ExecSession exec(NodeId node, ExecRequest request) throws GuestException {
            List<String> words = new ArrayList<>(List.of("nsenter", "-t", pids.get(node.node()).toString(), "-a"));
            words.addAll(request.command());
            try {
                return new Session(new ProcessBuilder(words).redirectErrorStream(true).start());
            } catch (IOException e) {
                throw new GuestException("no nsenter", e);
            }
        }

        @Override
        public Optional<GuestStatus> status(NodeId node) {
            return Optional.of(new GuestStatus(true, OptionalInt.of(pids.get(node.node()).intValue()), Set.of("eth0"), ""));
        }
    }

    private final class TwinView implements DataPlaneView {
        @Override
        public List<PortStatus> ports() {
            return ports;
        }

        @Override
        public List<TunnelStatus> tunnels() {
            return tunnels;
        }

        @Override
        public Map<String, Long> drops() {
            return Map.of("unknown-peer", refused.get());
        }
    }

    private record Session(Process process) implements ExecSession {
        @Override
        public OutputStream stdin() {
            return process.getOutputStream();
        }

        @Override
        public InputStream stdout() {
            return process.getInputStream();
        }

        @Override
        public InputStream stderr() {
            return process.getErrorStream();
        }

        @Override
        public int waitFor() throws InterruptedException {
            return process.waitFor();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
