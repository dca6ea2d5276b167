// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.zookeeper.server.DataNode;
import org.apache.zookeeper.server.NettyServerCnxnFactory;
import org.apache.zookeeper.server.PurgeTxnLog;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.auth.ProviderRegistry;
import org.apache.zookeeper.server.persistence.FileTxnLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.Identity;

/**
 * The ZooKeeper server of the first host: one server, data on disk, bound to the underlay address only, TLS for admitted hosts only. Used by
 * one thread, but for {@link #expel}.
 */
final class EmbeddedServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServer.class);
    private static final int SNAPSHOTS_KEPT = 3;
    private static final int LOG_CHUNK_BYTES = 4 << 20;

    private final Path directory;
    private final String address;
    private final int port;
    private final Identity identity;
    private final Set<Channel> admitted = ConcurrentHashMap.newKeySet();
    private NettyServerCnxnFactory factory;
    private volatile ZooKeeperServer server;

    EmbeddedServer(Path directory, String address, int port, Identity identity) {
        this.directory = directory;
        this.address = address;
        this.port = port;
        this.identity = identity;
        // Read by ZooKeeper, once, from the system properties; whoever sets them before has the last word.
        preset("zookeeper.snapSizeLimitInKb", "65536");
        preset("zookeeper.snapCount", "20000");
        preset("zookeeper.maxCnxns", "2000");
        System.setProperty(ProviderRegistry.AUTHPROVIDER_PROPERTY_PREFIX + HostCertificates.SCHEME, HostCertificates.class.getName());
        FileTxnLog.setPreallocSize(LOG_CHUNK_BYTES);
    }

    /** Starts it unless it runs. Throws IOException with the address or the directory when it cannot. */
    void start() throws IOException, InterruptedException {
        if (running()) return;
        close();
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        server = new GuardedServer(directory.toFile(), Settings.TICK_MILLIS, identity.name());
        server.setMinSessionTimeout(2 * Settings.TICK_MILLIS);
        server.setMaxSessionTimeout(60 * Settings.TICK_MILLIS);
        factory = SecureFactory.make(new InetSocketAddress(InetAddress.getByName(address), port), identity, admitted);
        try {
            factory.startup(server);
        } catch (InterruptedException e) {
            close();
            throw e;
        } catch (Exception e) { // Netty throws checked ones without saying so
            boolean listening = factory.getParentChannel() != null;
            close();
            if (listening) throw new IOException("cannot use the data in " + directory + " (" + e.getMessage() + ")", e);
            throw new IOException("cannot listen at " + address + " port " + port + " (" + e.getMessage() + ")", e);
        }
        LOG.info("the shared state is served at {} port {} from {}", address, port, directory);
        purge();
    }

    boolean running() {
        ZooKeeperServer now = server;
        return now != null && now.isRunning();
    }

    /** Ends the sessions and connections of all that are no admitted hosts any more, and so removes what they hold. Any thread. */
    void expel() {
        ZooKeeperServer now = server;
        if (now == null || !now.isRunning()) return;
        for (Channel channel : admitted) {
            try {
                HostCheck.peer(identity, channel);
            } catch (SSLPeerUnverifiedException e) {
                LOG.warn("connection from {} is cut: {}", channel.remoteAddress(), e.getMessage());
                end(now, HostCheck.session(channel));
                channel.close();
            }
        }
        DataNode members = now.getZKDatabase().getNode(Presence.ROOT);
        if (members == null) return;
        Set<String> hosts;
        synchronized (members) {
            hosts = Set.copyOf(members.getChildren());
        }
        for (String host : hosts) {
            DataNode node = identity.expelled(host) ? now.getZKDatabase().getNode(Presence.ROOT + "/" + host) : null;
            if (node != null) end(now, node.stat.getEphemeralOwner()); // of a host that is not connected just now
        }
    }

    /** Removes snapshots and logs but the newest few. */
    void purge() {
        try {
            if (running()) PurgeTxnLog.purge(directory.toFile(), directory.toFile(), SNAPSHOTS_KEPT);
        } catch (IOException e) {
            LOG.warn("old files in {} stay: {}", directory, e.toString());
        }
    }

    @Override
    public void close() {
        if (factory != null) SecureFactory.end(factory);
        if (server != null) server.shutdown();
        factory = null;
        server = null;
    }

    private static void end(ZooKeeperServer server, long session) {
        if (session != 0) server.closeSession(session);
    }

    private static void preset(String key, String value) {
        if (System.getProperty(key) == null) System.setProperty(key, value);
    }
}
