// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.PurgeTxnLog;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ZooKeeper server of the first host: one server, data on disk, bound to the underlay address only. Used by one thread. */
final class EmbeddedServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServer.class);
    private static final int MAX_CONNECTIONS_OF_ONE_ADDRESS = 200;
    private static final int SNAPSHOTS_KEPT = 3;
    private static final int LOG_CHUNK_BYTES = 4 << 20;

    private final Path directory;
    private final String address;
    private final int port;
    private NIOServerCnxnFactory factory;
    private ZooKeeperServer server;

    EmbeddedServer(Path directory, String address, int port) {
        this.directory = directory;
        this.address = address;
        this.port = port;
        // Read by ZooKeeper, once, from the system properties; whoever sets them before has the last word.
        preset("zookeeper.snapSizeLimitInKb", "65536");
        preset("zookeeper.snapCount", "20000");
        preset("zookeeper.maxCnxns", "2000");
        preset("zookeeper.nio.numSelectorThreads", "1");
        preset("zookeeper.nio.numWorkerThreads", "2");
        FileTxnLog.setPreallocSize(LOG_CHUNK_BYTES);
    }

    /** Starts it unless it runs. Throws IOException with the address or the directory when it cannot. */
    void start() throws IOException, InterruptedException {
        if (running()) return;
        close();
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        server = new ZooKeeperServer(directory.toFile(), directory.toFile(), Settings.TICK_MILLIS);
        server.setMinSessionTimeout(2 * Settings.TICK_MILLIS);
        server.setMaxSessionTimeout(60 * Settings.TICK_MILLIS);
        factory = new NIOServerCnxnFactory();
        try {
            factory.configure(new InetSocketAddress(InetAddress.getByName(address), port), MAX_CONNECTIONS_OF_ONE_ADDRESS);
        } catch (IOException e) {
            close();
            throw new IOException("cannot listen at " + address + " port " + port + " (" + e.getMessage() + ")", e);
        }
        try {
            factory.startup(server);
        } catch (IOException e) {
            close();
            throw new IOException("cannot use the data in " + directory + " (" + e.getMessage() + ")", e);
        }
        LOG.info("the shared state is served at {} port {} from {}", address, port, directory);
        purge();
    }

    boolean running() {
        return server != null && server.isRunning();
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
        if (factory != null) factory.shutdown();
        if (server != null) server.shutdown();
        factory = null;
        server = null;
    }

    private static void preset(String key, String value) {
        if (System.getProperty(key) == null) System.setProperty(key, value);
    }
}
