// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Identity;

/** The nodes by which hosts announce themselves: {@code /violin/members/NAME}, gone with the session of the host. Used by one thread. */
final class Presence {
    static final String ROOT = "/violin/members";
    private static final Logger LOG = LoggerFactory.getLogger(Presence.class);
    private static final int ATTEMPTS = 5;

    private final CuratorFramework client;
    private final List<ACL> holders;
    private final List<ACL> own;

    Presence(CuratorFramework client, Identity identity) {
        this.client = client;
        this.holders = Clients.holders(identity);
        this.own = Clients.own(identity);
    }

    /**
     * Makes the nodes that all hosts share, and finds out whether the lab's secret fits: throws NoAuthException when it does not.
     *
     * @param owned the server is ours alone: its root is closed to strangers, too
     */
    void prepare(boolean owned) throws Exception {
        for (String path : List.of("/violin", ROOT, ZooKeeperState.ROOT, ZooKeeperState.LOCKS)) {
            try {
                client.getData().forPath(path);
            } catch (KeeperException.NoNodeException absent) {
                try {
                    client.create().withMode(CreateMode.PERSISTENT).forPath(path, new byte[0]);
                } catch (KeeperException.NodeExistsException made) {
                    client.getData().forPath(path);
                }
            }
        }
        if (owned && client.getACL().forPath("/").equals(ZooDefs.Ids.OPEN_ACL_UNSAFE)) {
            client.setACL().withACL(holders).forPath("/");
        }
    }

    /** Announces this host, or again with other values. Throws {@link NameTaken} when another living host has the name. */
    void announce(HostInfo self) throws Exception {
        String path = ROOT + "/" + self.name();
        byte[] data = HostInfoJson.write(List.of(self));
        long session = client.getZookeeperClient().getZooKeeper().getSessionId();
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                Stat stat = new Stat();
                HostInfo there = parse(path, client.getData().storingStatIn(stat).forPath(path));
                if (stat.getEphemeralOwner() == session) {
                    if (!self.equals(there)) client.setData().forPath(path, data);
                    return;
                }
                if (there != null) refuseTaken(self, there);
                LOG.info("the node that an earlier start of {} left behind is replaced", self.name());
                client.delete().withVersion(stat.getVersion()).forPath(path);
                for (String held : List.of(Leadership.PATH, ZooKeeperState.LOCKS)) free(held, stat.getEphemeralOwner());
            } catch (KeeperException.NoNodeException | KeeperException.BadVersionException e) {
                LOG.trace("{} changed meanwhile", path);
            }
            try {
                client.create().withMode(CreateMode.EPHEMERAL).withACL(own).forPath(path, data);
                return;
            } catch (KeeperException.NodeExistsException e) {
                LOG.trace("{} was made meanwhile", path);
            }
        }
        throw new IOException("host " + self.name() + " cannot announce itself: somebody else keeps changing " + path);
    }

    /** Removes what a dead start of this host still holds, so that nobody waits for the end of its session. */
    private void free(String path, long session) throws Exception {
        try {
            Stat stat = new Stat();
            for (String child : client.getChildren().storingStatIn(stat).forPath(path)) free(path + "/" + child, session);
            if (stat.getEphemeralOwner() == session) client.delete().forPath(path);
        } catch (KeeperException.NoNodeException e) {
            LOG.trace("{} is free", path);
        }
    }

    /** Removes the nodes of expelled hosts, where the server does not. */
    void remove(Predicate<String> expelled) throws Exception {
        for (String name : client.getChildren().forPath(ROOT)) {
            if (expelled.test(name)) client.delete().quietly().forPath(ROOT + "/" + name);
        }
    }

    /** All hosts that are announced now. */
    List<HostInfo> joined() throws Exception {
        List<HostInfo> hosts = new ArrayList<>();
        for (String name : client.getChildren().forPath(ROOT)) {
            try {
                HostInfo host = parse(ROOT + "/" + name, client.getData().forPath(ROOT + "/" + name));
                if (host != null && host.name().equals(name)) hosts.add(host);
            } catch (KeeperException.NoNodeException e) {
                LOG.trace("{} left meanwhile", name);
            }
        }
        return hosts;
    }

    private static void refuseTaken(HostInfo self, HostInfo there) throws NameTaken {
        if (!there.address().equals(self.address())) {
            throw new NameTaken("the name '" + self.name() + "' is taken by the host at " + there.address() + " since "
                    + Instant.ofEpochMilli(there.startedMillis()) + "; give this host another name in etc/org.violin.members.cfg");
        }
        if (there.incarnation() > self.incarnation()) {
            throw new NameTaken("another container at " + there.address() + " was started later under the name '" + self.name()
                    + "'; stop one of the two");
        }
    }

    private static HostInfo parse(String path, byte[] data) {
        try {
            List<HostInfo> hosts = HostInfoJson.read(data);
            return hosts.size() == 1 ? hosts.get(0) : null;
        } catch (IOException e) {
            LOG.warn("{} is not understood: {}", path, e.getMessage());
            return null;
        }
    }

    /** Another living host has this host's name. */
    static final class NameTaken extends Exception {
        private static final long serialVersionUID = 1;

        NameTaken(String message) {
            super(message);
        }
    }
}
