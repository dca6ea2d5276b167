// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.cluster;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;

/** Members as a test wants them; every change calls the listeners at once, on the test's thread. */
public final class MemoryMembers implements Members {
    private final String name;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile List<HostInfo> hosts;
    private volatile boolean leader = true;
    private volatile boolean connected = true;

    /** One host of that name, alone and leader. */
    public MemoryMembers(String name) {
        this(name, List.of(host(name)));
    }

    /** That host among these; it must be one of them. */
    public MemoryMembers(String name, List<HostInfo> hosts) {
        this.name = name;
        this.hosts = sorted(hosts);
        self();
    }

    /** A host with sound values: 127.0.0.1, four cores, 8 GB, runtime {@code netns}. */
    public static HostInfo host(String name) {
        return new HostInfo(name, "127.0.0.1", 4790, 8101, 1099, 4, 8_000_000_000L, List.of("netns"), "0.1.0", 1, 0, "");
    }

    @Override
    public HostInfo self() {
        return hosts.stream().filter(h -> h.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("host '" + name + "' is not among " + hosts));
    }

    @Override
    public List<HostInfo> hosts() {
        return hosts;
    }

    @Override
    public boolean leader() {
        return leader && connected;
    }

    @Override
    public boolean connected() {
        return connected;
    }

    @Override
    public AutoCloseable listen(Runnable changed) {
        listeners.add(changed);
        changed.run();
        return () -> listeners.remove(changed);
    }

    public void setHosts(List<HostInfo> newHosts) {
        hosts = sorted(newHosts);
        tell();
    }

    public void setLeader(boolean now) {
        leader = now;
        tell();
    }

    public void setConnected(boolean now) {
        connected = now;
        tell();
    }

    private void tell() {
        listeners.forEach(Runnable::run);
    }

    private static List<HostInfo> sorted(List<HostInfo> hosts) {
        return hosts.stream().sorted(Comparator.comparing(HostInfo::name)).toList();
    }
}
