// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executor;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.curator.retry.RetryUntilElapsed;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;

/** Makes the client of ZooKeeper: digest authentication by the token, every node for its holders only, all calls bounded. */
final class Clients {
    private static final int CONNECT_MILLIS = 2_000;
    private static final int RETRY_MILLIS = 2_000;
    private static final int PAUSE_MILLIS = 200;
    private static final int CLOSE_MILLIS = 2_000;
    private static final String REQUEST_MILLIS = "4000";
    private static final String USER = "violin:";

    private Clients() {}

    /**
     * A client that is not started yet.
     *
     * @param calls runs its notices; without one Curator makes a thread that it never ends
     */
    static CuratorFramework client(Settings settings, Executor calls) {
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
        config.setProperty(ZKClientConfig.ZOOKEEPER_REQUEST_TIMEOUT, REQUEST_MILLIS);
        return CuratorFrameworkFactory.builder()
                .connectString(settings.connectString())
                .sessionTimeoutMs(Settings.SESSION_MILLIS)
                .connectionTimeoutMs(CONNECT_MILLIS)
                .maxCloseWaitMs(CLOSE_MILLIS)
                .retryPolicy(new RetryUntilElapsed(RETRY_MILLIS, PAUSE_MILLIS))
                .runSafeService(calls)
                .ensembleTracker(false)
                .dontUseContainerParents()
                .authorization("digest", (USER + settings.token()).getBytes(StandardCharsets.UTF_8))
                .aclProvider(new HoldersOnly())
                .zkClientConfig(config)
                .build();
    }

    private static final class HoldersOnly implements ACLProvider {
        @Override
        public List<ACL> getDefaultAcl() {
            return ZooDefs.Ids.CREATOR_ALL_ACL;
        }

        @Override
        public List<ACL> getAclForPath(String path) {
            return ZooDefs.Ids.CREATOR_ALL_ACL;
        }
    }
}
