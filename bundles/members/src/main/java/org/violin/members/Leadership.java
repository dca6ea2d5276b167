// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import java.io.IOException;
import java.util.function.Consumer;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This host's candidacy: of all hosts that seek it, one is the leader; with the connection the leadership is lost. */
final class Leadership {
    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
    static final String PATH = "/violin/leader";

    private final CuratorFramework client;
    private final String host;
    private final Consumer<Boolean> changed;
    private volatile LeaderLatch latch;

    /** @param changed told on a thread of ZooKeeper's client; must not block */
    Leadership(CuratorFramework client, String host, Consumer<Boolean> changed) {
        this.client = client;
        this.host = host;
        this.changed = changed;
    }

    boolean held() {
        LeaderLatch now = latch;
        return now != null && now.hasLeadership();
    }

    /** Becomes a candidate unless it is one. */
    void seek() throws Exception {
        if (latch != null) return;
        LeaderLatch fresh = new LeaderLatch(client, PATH, host);
        fresh.addListener(new LeaderLatchListener() {
            @Override
            public void isLeader() {
                changed.accept(true);
            }

            @Override
            public void notLeader() {
                changed.accept(false);
            }
        });
        fresh.start();
        latch = fresh;
    }

    /** Stops being one. */
    void leave() {
        LeaderLatch old = latch;
        latch = null;
        if (old == null) return;
        try {
            old.close();
        } catch (IOException | RuntimeException e) {
            LOG.debug("the candidacy ends with the session", e);
        }
    }
}
