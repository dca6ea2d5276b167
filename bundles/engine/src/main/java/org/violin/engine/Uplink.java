// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.api.dataplane.TunnelStatus;

/**
 * This host's way to the other overlay hosts: keeps one tunnel open while its plugin and its cipher's are there, tells it the peers, and
 * tries again with back-off when it cannot be bound. The hot path reads one volatile field; all else is under the monitor, which no
 * thread that carries frames ever takes.
 */
final class Uplink {
    private static final Logger LOG = LoggerFactory.getLogger(Uplink.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(250);
    private static final Duration LAST_RETRY = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(3);
    /** At the start, plugins come one after the other: nobody is told of one that is merely a moment late. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final long FLUSH_BYTES = 512 * 1024;

    private final Members members;
    private final VniTable remotes;
    private final Grace grace;
    private final Control control;
    private final LongSupplier clock;
    private final Counters counters = new Counters();
    private final Set<String> upPeers = ConcurrentHashMap.newKeySet();
    private final Kinds<TunnelProvider> tunnelKinds = new Kinds<>();
    private final Kinds<CipherProvider> cipherKinds = new Kinds<>();
    private final Runnable reconcileSoon;
    private volatile Runnable resume = () -> {};
    private EngineSettings settings;
    private volatile Runnable showCarriersSoon = () -> {};
    private AutoCloseable listening = () -> {};
    private Opened opened;
    private List<Peer> peers = List.of();
    private Duration retry = FIRST_RETRY;
    private boolean retryWaits;
    private String problem = "";
    private long failures;
    private boolean stopped;

    private volatile Tunnel tunnel;

    private record Opened(TunnelProvider provider, CipherProvider cipher, TunnelSettings settings, Tunnel tunnel, TunnelSink sink) {}

    Uplink(Members members, VniTable remotes, Grace grace, Control control, LongSupplier clock, EngineSettings settings) {
        this.members = members;
        this.remotes = remotes;
        this.grace = grace;
        this.control = control;
        this.clock = clock;
        this.settings = settings;
        reconcileSoon = control.coalesced(this::reconcile);
    }

    /** @param showCarriers run on the control thread when a peer came or went */
    void start(Runnable showCarriers) {
        synchronized (this) {
            showCarriersSoon = control.coalesced(showCarriers);
        }
        listening = members.listen(reconcileSoon);
        reconcileSoon.run();
    }

    /** @param task resumes reading what was paused; any thread, never blocks */
    void onWritable(Runnable task) {
        resume = task;
    }

    void configure(EngineSettings changed) {
        synchronized (this) {
            settings = changed;
        }
        reconcileSoon.run();
    }

    synchronized void add(TunnelProvider provider) {
        tunnelKinds.add(provider.kind(), provider);
        reconcileSoon.run();
    }

    synchronized void add(CipherProvider provider) {
        cipherKinds.add(provider.kind(), provider);
        reconcileSoon.run();
    }

    /** When this returns, no thread of the engine is inside this plugin. */
    synchronized void remove(TunnelProvider provider) {
        tunnelKinds.remove(provider);
        if (opened != null && opened.provider == provider) shut();
        reconcileSoon.run();
    }

    /** When this returns, the tunnel that used this plugin's cipher is closed. */
    synchronized void remove(CipherProvider provider) {
        cipherKinds.remove(provider);
        if (opened != null && opened.cipher == provider) shut();
        reconcileSoon.run();
    }

    void stop() {
        try {
            listening.close();
        } catch (Exception e) {
            LOG.warn("Members did not let go: {}", e.toString());
        }
        synchronized (this) {
            stopped = true;
            shut();
        }
    }

    boolean isUp(String host) {
        return upPeers.contains(host);
    }

    void drop(Drop reason) {
        counters.drop(reason);
    }

    /** Hands a record to the tunnel; what cannot be taken is counted at the end it came from. Any thread that carries frames. */
    void send(Cycle cycle, Endpoint from, String host, int vni, ByteBuffer slab, int offset, int length) {
        Tunnel to = tunnel;
        if (to == null) {
            from.drop(Drop.NO_TUNNEL);
            return;
        }
        int result;
        try {
            result = to.send(host, vni, slab, offset, length);
        } catch (RuntimeException | LinkageError e) {
            from.drop(Drop.PLUGIN_FAULT);
            return;
        }
        if (result >= 0) {
            if (result == Tunnel.CONGESTED) cycle.congested = host;
            cycle.unflushedBytes += length;
            if (cycle.unflushedBytes >= FLUSH_BYTES) flush(cycle);
        } else {
            from.drop(result == Tunnel.FULL ? Drop.TUNNEL_FULL : Drop.NO_PEER);
        }
    }

    /** Much waits for that overlay host: what is known to send there should not be read now. */
    boolean congested(String host) {
        Tunnel to = tunnel;
        try {
            return to != null && to.congested(host);
        } catch (RuntimeException | LinkageError e) {
            return false;
        }
    }

    /** The source is drained: what the cycle sent shall leave now. */
    void flush(Cycle cycle) {
        if (cycle.unflushedBytes == 0) return;
        cycle.unflushedBytes = 0;
        Tunnel to = tunnel;
        if (to == null) return;
        try {
            to.flush();
        } catch (RuntimeException | LinkageError e) {
            counters.drop(Drop.PLUGIN_FAULT);
        }
    }

    /** The tunnel has room again. Any thread, never blocks. */
    void writable() {
        resume.run();
    }

    /** A tunnel says how a peer is. Never blocks: it may be a thread that closing waits for. */
    void peerState(String peer, boolean up) {
        if (up ? upPeers.add(peer) : upPeers.remove(peer)) showCarriersSoon.run();
    }

    private synchronized void reconcile() {
        if (stopped) return;
        HostInfo self = members.self();
        TunnelProvider provider = tunnelKinds.find(settings.tunnel()).orElse(null);
        CipherProvider cipher = cipherKinds.find(settings.cipher()).orElse(null);
        InetSocketAddress local = new InetSocketAddress(self.address(), self.tunnelPort());
        TunnelSettings wanted = new TunnelSettings(self.name(), local, self.incarnation(), settings.pathMtuBytes(), settings.queueBytes());
        if (opened != null && (opened.provider != provider || opened.cipher != cipher || !opened.settings.equals(wanted))) shut();
        if (provider == null) missing("tunnel", settings.tunnel());
        else if (cipher == null) missing("cipher", settings.cipher());
        else if (opened == null) open(provider, cipher, wanted);
        if (opened != null) tellPeers(self);
    }

    private void open(TunnelProvider provider, CipherProvider cipher, TunnelSettings wanted) {
        TunnelSink sink = new TunnelSink(this, remotes, grace, clock);
        try {
            Tunnel made = provider.open(wanted, cipher.create(), sink);
            opened = new Opened(provider, cipher, wanted, made, sink);
            tunnel = made;
            retry = FIRST_RETRY;
            problem = "";
            LOG.info("Tunnel {} listens on {}, cipher {}", provider.kind(), wanted.local(), cipher.kind());
        } catch (IOException | RuntimeException | LinkageError e) {
            sink.close();
            failures++;
            say("tunnel " + provider.kind() + " on " + wanted.local() + ": " + e.getMessage() + "; trying again");
            if (!retryWaits) control.later(retry, this::tryAgain);
            retryWaits = true;
        }
    }

    private void tryAgain() {
        synchronized (this) {
            retryWaits = false;
            retry = retry.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? retry.multipliedBy(2) : LAST_RETRY;
        }
        reconcile();
    }

    private void missing(String role, String kind) {
        String what = "no " + role + " plugin of kind " + kind + " is installed: feature:install violin-" + role + "-" + kind;
        if (what.equals(problem)) return;
        problem = what;
        control.later(PATIENCE, () -> {
            synchronized (this) {
                if (opened == null && !stopped && what.equals(problem)) LOG.warn("No tunnel to other overlay hosts: {}", what);
            }
        });
    }

    /** Logs a state once, not at every attempt. */
    private void say(String what) {
        if (!what.equals(problem)) LOG.warn("No tunnel to other overlay hosts: {}", what);
        problem = what;
    }

    private void tellPeers(HostInfo self) {
        List<Peer> list = new ArrayList<>();
        for (HostInfo host : members.hosts()) {
            if (host.name().equals(self.name())) continue;
            list.add(new Peer(host.name(), new InetSocketAddress(host.address(), host.tunnelPort()), host.incarnation()));
        }
        if (list.equals(peers)) return;
        peers = List.copyOf(list);
        opened.tunnel.peers(peers);
        for (String host : upPeers) {
            if (list.stream().noneMatch(p -> p.host().equals(host))) peerState(host, false);
        }
    }

    /** Takes the tunnel out of reach, waits until nobody is inside, closes it. */
    private void shut() {
        if (opened == null) return;
        Opened old = opened;
        opened = null;
        tunnel = null;
        peers = List.of();
        old.sink.close();
        if (!grace.await(GRACE)) LOG.warn("A thread is still inside tunnel {} after {} ms", old.provider.kind(), GRACE.toMillis());
        try {
            old.tunnel.close();
        } catch (Exception e) {
            LOG.warn("Tunnel {} did not close cleanly", old.provider.kind(), e);
        }
        upPeers.clear();
        resume.run();
        showCarriersSoon.run();
    }

    synchronized List<TunnelStatus> status() {
        if (opened != null) return opened.tunnel.status();
        List<TunnelStatus> list = new ArrayList<>();
        for (HostInfo host : members.hosts()) {
            if (host.name().equals(members.self().name())) continue;
            String address = host.address() + ":" + host.tunnelPort();
            int mtu = settings.pathMtuBytes();
            list.add(new TunnelStatus(settings.tunnel(), host.name(), address, false, mtu, 0, 0, 0, 0, 0, 0, 0, Map.of(), Map.of()));
        }
        return list;
    }

    synchronized Map<String, Long> drops() {
        Map<String, Long> map = counters.drops();
        if (failures > 0) map.put("tunnel-open-failed", failures);
        return map;
    }
}
