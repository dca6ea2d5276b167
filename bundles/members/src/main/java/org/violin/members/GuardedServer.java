// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import java.io.File;
import java.io.IOException;
import java.util.List;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.ServerCnxn;
import org.apache.zookeeper.server.ZooKeeperServer;

/**
 * A ZooKeeper server with a rule that its access lists cannot express, as they give the right to make and remove children to all or none:
 * the node by which a host announces itself is that host's alone, and only the server's own host changes access lists.
 */
final class GuardedServer extends ZooKeeperServer {
    private static final String MEMBERS = Presence.ROOT + "/";

    private final String self;

    /** @param self name of the server's host */
    GuardedServer(File directory, int tickMillis, String self) throws IOException {
        super(directory, directory, tickMillis);
        this.self = self;
    }

    @Override
    public void checkACL(ServerCnxn connection, List<ACL> acl, int permission, List<Id> ids, String path, List<ACL> acls)
            throws KeeperException.NoAuthException {
        super.checkACL(connection, acl, permission, ids, path, acls);
        boolean change = permission == ZooDefs.Perms.CREATE || permission == ZooDefs.Perms.DELETE || permission == ZooDefs.Perms.WRITE;
        if (change && path != null && path.startsWith(MEMBERS)) only(path.substring(MEMBERS.length()).split("/")[0], ids);
        if (permission == ZooDefs.Perms.ADMIN) only(self, ids);
    }

    private static void only(String host, List<Id> ids) throws KeeperException.NoAuthException {
        if (!HostCheck.is(host, ids)) throw new KeeperException.NoAuthException();
    }
}
