// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.violin.api.cluster.HostInfo;
import org.violin.api.dataplane.LinkEnd;
import org.violin.api.dataplane.PollerProvider;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.api.model.PortId;
import org.violin.cipher.none.NoneCipherProvider;
import org.violin.engine.TestHost;
import org.violin.linux.EpollPollerProvider;
import org.violin.linux.Tap;
import org.violin.tunnel.udp.TestTunnels;

/**
 * A star of overlay hosts in this JVM: the hub has a tunnel to each other host and a vLink for each pair of vNICs, all of them real TAPs.
 * Hubs' vNICs lie in one guest namespace, the others in a second, each pair in a subnet of its own; tunnels run over loopback in a third.
 */
public final class Overlay implements AutoCloseable {
    private static final int PORT = 4790;
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    final Space near = new Space();
    final Space far;
    private final Space underlay;
    private final List<TestHost> hosts = new ArrayList<>();
    private final int nics;
    private final int tunnels;

    /**
     * Lays it all and waits until each tunnel hears its peer and each vNIC has carrier.
     *
     * @param rate of the wire that all tunnels share, as tc(8) says it, such as {@code 500mbit}; empty: as fast as loopback is
     */
    public Overlay(int nics, int tunnels, int workers, int queueBytes, String rate) throws IOException {
        this.nics = nics;
        this.tunnels = tunnels;
        far = new Space();
        underlay = new Space();
        if (!rate.isEmpty()) underlay.run("tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate", rate, "burst", "256kb", "limit", "64mb");
        TunnelProvider udp = TestTunnels.in(underlay.path(), TestTunnels.udp(1000, 1 << 20));
        PollerProvider pollers = new EpollPollerProvider();
        List<HostInfo> all = new ArrayList<>();
        for (int host = 0; host <= tunnels; host++) all.add(info(host));
        Set<String> before = tasks();
        long tunnelThreads = tunnelThreads();
        hosts.add(TestHost.open(pollers, "h0", all, workers, queueBytes, udp, new NoneCipherProvider()));
        await("the hub's tunnel is open", () -> tunnelThreads() >= tunnelThreads + 2);
        prefer(before);
        for (int host = 1; host <= tunnels; host++) {
            hosts.add(TestHost.open(
                    pollers, "h" + host, List.of(all.get(0), all.get(host)), 1, queueBytes, udp, new NoneCipherProvider()));
        }
        for (int nic = 0; nic < nics; nic++) {
            int host = 1 + nic % tunnels;
            lay(hosts.get(0), nic, "near", near.tap("n" + nic, 0, address(nic, 1) + "/30"), "h" + host);
            lay(hosts.get(host), nic, "far", far.tap("f" + nic, 0, address(nic, 2) + "/30"), "h0");
        }
        await("all tunnels are up", () -> hosts.stream().allMatch(TestHost::joined));
        await("all vNICs have carrier", () -> hosts.stream()
                .allMatch(h -> h.engine().ports().stream().allMatch(p -> p.carrier())));
    }

    private static Set<String> tasks() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/task"))) {
            return all.map(t -> t.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    private static long tunnelThreads() {
        return Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().startsWith("violin-tunnel-udp")).count();
    }

    /** The hub's threads first: it is what is measured, and the many other hosts would have cores of their own. */
    private static void prefer(Set<String> allBut) throws IOException {
        List<String> command = new ArrayList<>(List.of("renice", "-n", "-10", "-p"));
        for (String task : tasks()) if (!allBut.contains(task)) command.add(task);
        new ProcessBuilder(command).redirectErrorStream(true).start().getInputStream().readAllBytes();
    }

    private static HostInfo info(int host) {
        return new HostInfo("h" + host, "127.77.0." + (host + 1), PORT, 0, 0, 1, 1 << 30, List.of(), "test", host + 1, 0, "");
    }

    private static void lay(TestHost on, int nic, String side, Tap tap, String to) {
        PortId id = PortId.parse("many/" + side + nic + ":eth0");
        on.engine().openViolin("many", 1, "none");
        on.engine().openLink(nic + 1, new LinkEnd.Nic(id), new LinkEnd.Remote(to));
        on.engine().plug(id, tap);
    }

    int nics() {
        return nics;
    }

    /** Which of a tunnel's vNICs it is: 0, 1, ... */
    int place(int nic) {
        return nic / tunnels;
    }

    /** Of a vNIC's end: 1 at the hub, 2 at the other host. */
    static String address(int nic, int end) {
        return "10.77." + nic / 64 + "." + (nic % 64 * 4 + end);
    }

    /** Frames and datagrams lost, by reason, of all hosts. */
    public Map<String, Long> drops() {
        Map<String, Long> sum = new TreeMap<>();
        for (TestHost host : hosts) {
            host.engine().ports().forEach(p -> p.drops().forEach((reason, n) -> sum.merge("port " + reason, n, Long::sum)));
            host.engine().tunnels().forEach(t -> t.drops().forEach((reason, n) -> sum.merge("tunnel " + reason, n, Long::sum)));
            host.engine().drops().forEach((reason, n) -> sum.merge("host " + reason, n, Long::sum));
        }
        return sum;
    }

    static void await(String what, java.util.function.BooleanSupplier condition) throws IOException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) throw new IOException("in vain waited until " + what);
            LockSupport.parkNanos(10_000_000);
        }
    }

    @Override
    public void close() {
        hosts.forEach(TestHost::close);
        near.close();
        far.close();
        underlay.close();
    }
}
