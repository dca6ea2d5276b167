// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.curator.retry.RetryUntilElapsed;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.violin.api.cluster.Identity;

/** Makes the client of ZooKeeper: TLS, every node for holders of the lab's secret only, all calls bounded; and says whose nodes are. */
final class Clients {
    private static final int CONNECT_MILLIS = 2_000;
    private static final int RETRY_MILLIS = 2_000;
    private static final int PAUSE_MILLIS = 200;
    private static final int CLOSE_MILLIS = 2_000;
    private static final String REQUEST_MILLIS = "4000";
    private static final String SCHEME = "digest";

    private Clients() {}

    /**
     * A client that is not started yet.
     *
     * @param calls runs its notices; without one Curator makes a thread that it never ends
     */
    static CuratorFramework client(Settings settings, Identity identity, SecureClient config, Executor calls) {
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
                .authorization(SCHEME, holder(identity).getBytes(StandardCharsets.UTF_8))
                .aclProvider(new HoldersOnly(holders(identity)))
                .zkClientConfig(config)
                .build();
    }

    // ZooKeeper asks a list of ACLs whether it contains null, which an immutable one answers by an exception: hence no List.of.

    /** Whoever knows the lab's secret may do everything. */
    static List<ACL> holders(Identity identity) {
        return Arrays.asList(new ACL(ZooDefs.Perms.ALL, holderId(identity)));
    }

    /** This host may do everything, whoever knows the lab's secret may read. */
    static List<ACL> own(Identity identity) {
        return Arrays.asList(new ACL(ZooDefs.Perms.ALL, new Id(HostCertificates.SCHEME, Tls.subject(identity))),
                new ACL(ZooDefs.Perms.READ, holderId(identity)));
    }

    private static Id holderId(Identity identity) {
        try {
            return new Id(SCHEME, DigestAuthenticationProvider.generateDigest(holder(identity)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String holder(Identity identity) {
        return "violin:" + identity.labSecret();
    }

    private record HoldersOnly(List<ACL> holders) implements ACLProvider {
        @Override
        public List<ACL> getDefaultAcl() {
            return holders;
        }

        @Override
        public List<ACL> getAclForPath(String path) {
            return holders;
        }
    }
}
