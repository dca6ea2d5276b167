// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.core.CoreModuleProperties;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.violin.api.cluster.HostInfo;
import org.violin.api.guest.ExecSession;

/**
 * Runs commands of this scope on other overlay hosts, over SSH as user {@code violin} with the key of the cluster. One client, started on
 * first use, is kept; a connection serves one command, because Karaf's server closes it then. Any thread.
 */
@Component(service = RemoteHosts.class)
public final class RemoteHosts {
    static final String USER = "violin";
    private static final long CONNECT_MILLIS = 5_000;
    private static final int MAX_CONNECTIONS = 64;

    private final Path key;
    private final KnownHostKeys known;
    private final Semaphore free = new Semaphore(MAX_CONNECTIONS);
    private SshClient client;

    @Activate
    public RemoteHosts() {
        this(Path.of(System.getProperty("karaf.etc", "etc")), Path.of(System.getProperty("karaf.data", "data")));
    }

    RemoteHosts(Path etc, Path data) {
        this.key = etc.resolve("violin-cluster-key");
        this.known = new KnownHostKeys(etc.resolve("host.key"), data.resolve("violin-known-hosts"));
    }

    /** Starts a command there. Throws with the host, its address and the cure when it cannot be reached in {@value #CONNECT_MILLIS} ms. */
    ExecSession exec(HostInfo host, List<String> words) throws IOException {
        if (!Files.isReadable(key)) {
            throw new IOException("overlay host " + host.name() + ": no key to reach it with; expected " + key
                    + ", the same on all hosts of a cluster");
        }
        if (!free.tryAcquire()) throw new IOException("more than " + MAX_CONNECTIONS
                + " connections to other overlay hosts; try again later");
        ClientSession session = null;
        try {
            session = client().connect(USER, host.address(), host.sshPort())
                    .verify(CONNECT_MILLIS, TimeUnit.MILLISECONDS).getClientSession();
            session.auth().verify(CONNECT_MILLIS, TimeUnit.MILLISECONDS);
            ChannelExec channel = session.createExecChannel("violin:call " + CallVerb.encode(words));
            channel.open().verify(CONNECT_MILLIS, TimeUnit.MILLISECONDS);
            return new RemoteProgram(session, channel, free::release);
        } catch (IOException | RuntimeException e) {
            free.release();
            String refusal = session == null ? null : session.getAttribute(KnownHostKeys.REFUSAL);
            if (session != null) session.close(true);
            throw new IOException("overlay host " + host.name() + " cannot be reached at " + host.address() + ":" + host.sshPort() + ": "
                    + (refusal == null ? e.getMessage() : refusal), e);
        }
    }

    private synchronized SshClient client() {
        if (client != null) return client;
        SshClient c = SshClient.setUpDefaultClient();
        c.setServerKeyVerifier(known);
        c.setKeyIdentityProvider(new FileKeyPairProvider(key));
        c.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        c.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
        c.setAgentFactory(null);
        CoreModuleProperties.IDLE_TIMEOUT.set(c, Duration.ZERO);
        CoreModuleProperties.HEARTBEAT_INTERVAL.set(c, Duration.ofSeconds(15));
        CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(c, 3);
        c.start();
        client = c;
        return c;
    }

    @Deactivate
    synchronized void close() {
        if (client != null) client.stop();
        client = null;
    }
}
