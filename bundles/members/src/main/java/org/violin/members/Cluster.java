// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.zookeeper.KeeperException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Identity;
import org.violin.api.cluster.Members;
import org.violin.api.cluster.SharedState;

/**
 * This host's part in the cluster: runs the embedded server if it is the first host, joins, and joins again after each loss, for ever.
 * All work is done by one thread ({@code violin-members}); callbacks have threads of their own, so they may block.
 */
final class Cluster implements Members, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
    private static final long TICK_SECONDS = 5;
    private static final int TICKS_BETWEEN_PURGES = 120;
    private static final long REFUSED_RETRY_MILLIS = 10_000;
    private static final long NAME_RETRY_MILLIS = 2_000;
    private static final long MAX_RETRY_MILLIS = 15_000;
    private static final long CLOSE_SECONDS = 8;

    private final Settings settings;
    private final Notices notices;
    private final Roster roster;
    private final EmbeddedServer server;
    private final Identity identity;
    private final SecureClient secure;
    private final CuratorFramework client;
    private final Presence presence;
    private final Leadership leadership;
    private final ZooKeeperState state;
    private final TreeWatch memberWatch;
    private final Gate gate = new Gate();
    private final ScheduledThreadPoolExecutor work = new ScheduledThreadPoolExecutor(1, thread("violin-members"));
    private final ExecutorService listenerCalls = Executors.newSingleThreadExecutor(thread("violin-members-listeners"));
    private final ExecutorService watchCalls = Executors.newSingleThreadExecutor(thread("violin-members-watches"));
    private final ExecutorService clientCalls = Executors.newSingleThreadExecutor(thread("violin-members-client"));
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean telling = new AtomicBoolean();
    private volatile HostInfo self;
    private AutoCloseable identityWatch = () -> {};
    private volatile boolean closed;
    private ScheduledFuture<?> retry;
    private int failures;
    private int ticks;
    private boolean started;

    /** Returns at once; {@link #start} does the rest. Throws IllegalArgumentException when the name is not that of the identity. */
    Cluster(Settings settings, HostInfo self, Identity identity, Notices notices) {
        if (!identity.name().equals(settings.name())) {
            throw new IllegalArgumentException(Settings.FILE + ": name = '" + settings.name() + "': this host was admitted as '"
                    + identity.name() + "'; give that name, or admit it anew");
        }
        this.settings = settings;
        this.identity = identity;
        this.self = self;
        this.notices = notices;
        work.setRemoveOnCancelPolicy(true);
        roster = new Roster(settings.directory().resolve("members").resolve("hosts.json"), self.name());
        server = settings.embeds()
                ? new EmbeddedServer(settings.directory().resolve("zookeeper"), settings.address(), settings.zookeeperPort(), identity)
                : null;
        secure = new SecureClient(identity, () -> submit(this::unreached));
        client = Clients.client(settings, identity, secure, clientCalls);
        presence = new Presence(client, identity);
        leadership = new Leadership(client, self.name(), this::leadershipChanged);
        state = new ZooKeeperState(client, gate, watchCalls);
        memberWatch = new TreeWatch(client, Presence.ROOT, work, path -> readHosts());
        client.getConnectionStateListenable().addListener((c, now) -> connectionChanged(now));
    }

    /** Begins to join, in the background. */
    void start() {
        work.scheduleWithFixedDelay(this::tick, 0, TICK_SECONDS, TimeUnit.SECONDS);
        identityWatch = identity.listen(this::admissionsChanged);
    }

    SharedState state() {
        return state;
    }

    /** The client, for tests that break things. */
    CuratorFramework client() {
        return client;
    }

    @Override
    public HostInfo self() {
        return self;
    }

    @Override
    public List<HostInfo> hosts() {
        return roster.with(self);
    }

    @Override
    public boolean leader() {
        return gate.isOpen() && leadership.held();
    }

    @Override
    public boolean connected() {
        return gate.isOpen();
    }

    @Override
    public String trouble() {
        return gate.why();
    }

    @Override
    public AutoCloseable listen(Runnable changed) {
        listeners.add(changed);
        later(() -> call(changed));
        return () -> listeners.remove(changed);
    }

    /** Announces which guest runtimes work here. */
    void runtimes(List<String> kinds) {
        submit(() -> {
            HostInfo s = self;
            if (s.runtimes().equals(kinds)) return;
            announce(kinds, s.certificate(), s.labels());
        });
    }

    /** Announces other labels. */
    void labels(Map<String, String> labels) {
        submit(() -> {
            HostInfo s = self;
            if (!s.labels().equals(labels)) announce(s.runtimes(), s.certificate(), labels);
        });
    }

    /** Runs something on the thread of the listeners. */
    void later(Runnable task) {
        try {
            listenerCalls.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.trace("closed meanwhile", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        gate.close("this host is leaving");
        try {
            identityWatch.close();
        } catch (Exception e) {
            LOG.debug("the identity is gone", e);
        }
        work.shutdownNow();
        try {
            if (!work.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) LOG.warn("the thread of members still works");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        memberWatch.close();
        state.close();
        // The first host's server ends before its session, so that the other hosts go on with a list that has this host in it.
        if (server != null) server.close();
        leadership.leave();
        client.close();
        listenerCalls.shutdownNow();
        watchCalls.shutdownNow();
        clientCalls.shutdownNow();
    }

    private void tick() {
        try {
            if (server != null) {
                server.start();
                if (++ticks % TICKS_BETWEEN_PURGES == 0) server.purge();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } catch (Exception e) {
            trouble("the ZooKeeper server of this host does not start: " + e.getMessage());
            if (started) return;
        }
        unreached();
        if (started || closed) return;
        started = true;
        LOG.info("joining as {}", settings);
        if (server == null || server.running()) gate.close("ZooKeeper at " + settings.connectString() + " has not answered yet");
        client.start();
    }

    private void unreached() {
        if (started && !closed && !client.getZookeeperClient().isConnected()) trouble(outOfReach());
    }

    private void connectionChanged(ConnectionState now) {
        if (now.isConnected()) {
            submit(this::join);
        } else if (gate.close(outOfReach())) {
            LOG.warn("{}; this host goes on with what it knows", gate.why());
            notices.post("host/disconnected", self.name(), gate.why());
            tell();
        }
    }

    private void join() {
        if (retry != null) retry.cancel(false);
        int closings = gate.closings();
        if (closed || !client.getZookeeperClient().isConnected()) return;
        if (identity.expelled(self.name())) {
            refused(outOfReach(), REFUSED_RETRY_MILLIS);
            return;
        }
        try {
            presence.prepare(server != null);
            presence.announce(self);
            leadership.seek();
            failures = 0;
            readRoster();
            if (gate.open(closings)) joined();
        } catch (KeeperException.NoAuthException e) {
            refused("ZooKeeper at " + settings.connectString() + " keeps the state of another lab: the lab's secret of host '" + self.name()
                    + "' does not fit; empty the zookeeper directory in the data of the first host", REFUSED_RETRY_MILLIS);
        } catch (Presence.NameTaken e) {
            refused(e.getMessage(), NAME_RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.debug("join failed", e);
            trouble("ZooKeeper at " + settings.connectString() + " does not let this host join (" + e + ")");
            again(Math.min(MAX_RETRY_MILLIS, 500L << Math.min(failures++, 10)));
        }
    }

    private void joined() {
        LOG.info("joined the shared state at {}", settings.connectString());
        notices.post("host/connected", self.name(), "joined the shared state at " + settings.connectString());
        memberWatch.joined();
        state.joined();
        tell();
    }

    private void refused(String why, long retryMillis) {
        leadership.leave();
        trouble(why);
        again(retryMillis);
    }

    private void trouble(String why) {
        if (closed || !gate.isOpen() && gate.why().equals(why)) return;
        gate.close(why);
        LOG.warn("not joined: {}", why);
        tell();
    }

    private void again(long millis) {
        if (!closed) retry = work.schedule(this::join, millis, TimeUnit.MILLISECONDS);
    }

    /** Called when the nodes of hosts changed. */
    private void readHosts() {
        if (!gate.isOpen()) return;
        try {
            if (!readRoster()) join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.debug("the list of hosts stays as it is", e);
            again(1_000);
        }
    }

    /** Returns false when this host is not announced as itself. */
    private boolean readRoster() throws Exception {
        List<HostInfo> joined = presence.joined();
        boolean announced = joined.stream().anyMatch(h -> h.name().equals(self.name()) && h.incarnation() == self.incarnation());
        Roster.Change change = roster.replace(joined.stream().filter(h -> !h.name().equals(self.name())).toList());
        change.came().forEach(h -> notices.post("host/joined", h.name(), "host " + h.name() + " joined at " + h.address()));
        change.left().forEach(h -> notices.post("host/left", h.name(), "host " + h.name() + " at " + h.address() + " left"));
        if (change.any()) tell();
        return announced;
    }

    /** Called on a thread of the identity, when hosts were admitted or expelled. */
    private void admissionsChanged() {
        if (server != null) server.expel(); // at once, whatever this host is busy with
        submit(() -> {
            if (!identity.certificate().equals(self.certificate())) announce(self.runtimes(), identity.certificate(), self.labels());
            if (identity.expelled(self.name())) {
                refused(outOfReach(), REFUSED_RETRY_MILLIS);
            } else {
                removeExpelled();
            }
        });
    }

    /** With servers of others: the leader does what our own server does by itself. */
    private void removeExpelled() {
        if (server != null || !leader()) return;
        try {
            presence.remove(identity::expelled);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn("the nodes of expelled hosts stay until their sessions end: {}", e.toString());
        }
    }

    private void announce(List<String> runtimes, String certificate, Map<String, String> labels) {
        HostInfo s = self;
        self = new HostInfo(s.name(), s.address(), s.tunnelPort(), s.controlPort(), s.jmxPort(), s.cpus(), s.memoryBytes(), runtimes,
                s.version(), s.incarnation(), s.startedMillis(), certificate, labels);
        if (gate.isOpen()) join();
        tell();
    }

    private String outOfReach() {
        if (identity.expelled(self.name())) {
            return "this host was expelled from the lab; to come back it needs a new token of the first host";
        }
        String refusal = secure.refusal();
        return "ZooKeeper at " + settings.connectString() + (refusal.isEmpty()
                ? " is out of reach; is the first host up and its port open from here?" : " is not used: " + refusal);
    }

    private void leadershipChanged(boolean held) {
        if (held) {
            notices.post("host/leader", self.name(), "host " + self.name() + " is the leader");
            submit(this::removeExpelled);
        }
        tell();
    }

    private void tell() {
        if (telling.compareAndSet(false, true)) {
            later(() -> {
                telling.set(false);
                listeners.forEach(this::call);
            });
        }
    }

    private void call(Runnable listener) {
        try {
            if (listeners.contains(listener) && !closed) listener.run();
        } catch (RuntimeException e) {
            LOG.warn("a listener of members threw", e);
        }
    }

    private void submit(Runnable task) {
        try {
            work.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.trace("closed meanwhile", e);
        }
    }

    /** ZooKeeper looks classes up by the context class loader, and threads made from these inherit it. */
    private static ThreadFactory thread(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            thread.setContextClassLoader(Cluster.class.getClassLoader());
            return thread;
        };
    }

    /** Where events go; {@code topic} without the prefix of all events. Any thread, must not block. */
    interface Notices {
        void post(String topic, String subject, String text);
    }
}
