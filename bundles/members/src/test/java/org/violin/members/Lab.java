// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Identity;
import org.violin.testkit.cluster.MemoryAuthority;

/** Overlay hosts of one test inside this JVM, over a real ZooKeeper on the loopback. */
final class Lab implements AutoCloseable {
    final MemoryAuthority authority = new MemoryAuthority();
    final int port;
    /** Topic and subject of all events, in order. */
    final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final Path directory;
    private final Map<String, Cluster> running = new LinkedHashMap<>();
    private long incarnations;

    Lab(Path directory) throws IOException {
        this.directory = directory;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = probe.getLocalPort();
        }
    }

    /** Starts the host that runs the server. */
    Cluster first(String name) {
        return start(name, "127.0.0.1", "", authority);
    }

    /** Starts a host that joins the first. */
    Cluster next(String name) {
        return start(name, "127.0.0.1", "127.0.0.1", authority);
    }

    Cluster start(String name, String address, String join, MemoryAuthority from) {
        return start(name, address, join, from.identity(name));
    }

    Cluster start(String name, String address, String join, Identity identity) {
        Settings settings = new Settings(name, address, join, port, directory.resolve(name));
        HostInfo self = new HostInfo(name, address, 4790, 4792, 1099, 2, 1 << 30, List.of("netns"), "0.1.0", ++incarnations, 1,
                identity.certificate());
        Cluster cluster = new Cluster(settings, self, identity, (topic, subject, text) -> events.add(name + ": " + topic + " " + subject));
        running.put(name + incarnations, cluster);
        cluster.start();
        return cluster;
    }

    /** Ends a host as its container does when it is stopped. */
    void stop(Cluster cluster) {
        running.values().remove(cluster);
        cluster.close();
    }

    @Override
    public void close() {
        List<Cluster> all = new ArrayList<>(running.values());
        Collections.reverse(all);
        all.forEach(Cluster::close);
    }
}
