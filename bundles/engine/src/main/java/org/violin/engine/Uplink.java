// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.api.dataplane.TunnelStatus;

/**
 * This host's way to the other overlay hosts: keeps one tunnel open while its plugin is there, tells it the peers, changes plugins under
 * traffic, and tries again with back-off when it cannot be bound. The hot path reads one volatile field, {@link Way}'s; all else is under
 * the monitor, which no thread that carries frames ever takes.
 */
final class Uplink {
    private static final Logger LOG = LoggerFactory.getLogger(Uplink.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(250);
    private static final Duration LAST_RETRY = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(3);
    /** Pause before a tunnel without room is offered again what waits. */
    private static final Duration ROOM = Duration.ofMillis(2);
    /** A peer that was up keeps its carrier so long after its tunnel was changed, unless that says otherwise. */
    private static final long CARRIER_NANOS = 5_000_000_000L;
    /** What the old peer's queue may take to leave when a cipher changes. */
    private static final long IDLE_NANOS = 500_000_000L;
    /** So long those who use other ciphers wait for one that went. */
    private static final long CIPHER_NANOS = 3_000_000_000L;
    private static final int ATTEMPTS = 4;
    private static final long FLUSH_BYTES = 512 * 1024;

    private final Members members;
    private final Grace grace;
    private final Control control;
    private final Guard guard;
    private final Announcer announcer;
    private final LongSupplier clock;
    private final Counters counters = new Counters();
    private final Role tunnelRole = new Role("tunnel");
    private final Role cipherRole = new Role("cipher");
    private final Ways ways = new Ways(this, tunnelRole);
    private final Channels channels = new Channels();
    private final Set<String> upPeers = ConcurrentHashMap.newKeySet();
    private final Kinds<TunnelProvider> tunnelKinds = new Kinds<>();
    private final Kinds<CipherProvider> cipherKinds = new Kinds<>();
    private final Inheritance inheritance = new Inheritance();
    private final Complaint complaint;
    private final Opener opener;
    private final Runnable reconcileSoon;
    private volatile Runnable resume = () -> {};
    private volatile Runnable showCarriersSoon = () -> {};
    private EngineSettings settings;
    private AutoCloseable listening = () -> {};
    private Opened opened;
    private List<Peer> peers = List.of();
    private ByteBuffer scratch;
    private Gap gap;
    /** The ciphers that the last tunnel had. */
    private Set<String> lastKinds = Set.of();

    private boolean verified = true;
    private Duration retry = FIRST_RETRY;
    private boolean retryWaits;
    private boolean roomWaits;
    private boolean stopped;

    /** For {@link #flush} only: frames go by the exits of their ways. */
    private volatile Tunnel tunnel;

    Uplink(Members members, VniTable remotes, Grace grace, Control control, Guard guard, Announcer announcer, LongSupplier clock,
            EngineSettings settings) {
        this.members = members;
        this.grace = grace;
        this.control = control;
        this.guard = guard;
        this.announcer = announcer;
        this.clock = clock;
        this.settings = settings;
        complaint = new Complaint(control);
        opener = new Opener(tunnelKinds, cipherKinds, tunnelRole, cipherRole, inheritance, guard, announcer, complaint,
                () -> new TunnelSink(this, remotes, grace, clock), clock);
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

    long now() {
        return clock.getAsLong();
    }

    // ---- who may travel; any control thread, never blocks

    void openViolin(String violin, int channel, String cipher) {
        if (channels.open(violin, channel, cipher)) reconcileSoon.run();
    }

    void closeViolin(String violin) {
        if (channels.close(violin)) reconcileSoon.run();
    }

    void keepInTouch(Set<String> hosts) {
        if (channels.keepInTouch(hosts)) reconcileSoon.run();
    }

    Way use(String host, String violin) {
        Way way = ways.use(host, violin);
        reconcileSoon.run();
        return way;
    }

    void leave(Way way) {
        ways.leave(way);
        reconcileSoon.run();
    }

    // ---- plugins

    void add(TunnelProvider provider, String kind, Map<String, ?> properties) {
        tunnelKinds.add(kind, provider, properties);
        reconcileSoon.run();
    }

    void add(CipherProvider provider, String kind, Map<String, ?> properties) {
        cipherKinds.add(kind, provider, properties);
        reconcileSoon.run();
    }

    /** When this returns, no thread of the engine is inside this plugin, unless it hangs. */
    void remove(TunnelProvider provider) {
        synchronized (this) {
            // Under the monitor, so that nobody is just about to open a tunnel with what is half gone.
            String label = tunnelKinds.label(provider);
            tunnelKinds.remove(provider);
            if (opened != null && opened.provider() == provider) shut(false, label);
        }
        reconcileSoon.run();
    }

    /** When this returns, the tunnel that used this plugin's cipher is closed. */
    void remove(CipherProvider provider) {
        synchronized (this) {
            // Under the monitor, so that nobody is just about to open a tunnel with what is half gone.
            String label = cipherKinds.label(provider);
            cipherKinds.remove(provider);
            if (opened != null && opened.uses(provider)) shut(true, label);
        }
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
            complaint.clear();
            suspend();
            if (opened != null) end(opened, false);
            opened = null;
            inheritance.wipe();
            for (Way way : ways.all()) way.end();
        }
    }

    // ---- frames

    boolean isUp(String peer) {
        return upPeers.contains(peer);
    }

    void drop(Drop reason) {
        counters.drop(reason);
    }

    /** Hands a record to the tunnel; what cannot be taken is counted at the end it came from. Any thread that carries frames. */
    void carry(Cycle cycle, Endpoint from, Way way, Way.Exit out, int vni, ByteBuffer slab, int offset, int length) {
        int result;
        try {
            result = out.tunnel().send(out.peer(), vni, slab, offset, length);
        } catch (RuntimeException | LinkageError e) {
            from.drop(Drop.PLUGIN_FAULT);
            return;
        }
        if (result >= 0) {
            if (result == Tunnel.CONGESTED) cycle.congested = way;
            cycle.unflushedBytes += length;
            if (cycle.unflushedBytes >= FLUSH_BYTES) flush(cycle);
        } else {
            from.drop(result == Tunnel.FULL ? Drop.TUNNEL_FULL : Drop.NO_PEER);
        }
    }

    /** Much waits in the tunnel for that peer. */
    boolean congested(Way.Exit out) {
        try {
            return out.tunnel().congested(out.peer());
        } catch (RuntimeException | LinkageError e) {
            return false;
        }
    }

    /** The source is drained: what the cycle sent shall leave now. Of a tunnel that is being shut, {@link #end} takes care. */
    void flush(Cycle cycle) {
        if (cycle.unflushedBytes == 0) return;
        cycle.unflushedBytes = 0;
        flush(tunnel);
    }

    private void flush(Tunnel to) {
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
        if (!(up ? upPeers.add(peer) : upPeers.remove(peer))) return;
        showCarriersSoon.run();
        reconcileSoon.run();
    }

    // ---- one tunnel after the other

    private synchronized void reconcile() {
        if (stopped) return;
        HostInfo self = members.self();
        InetSocketAddress local = new InetSocketAddress(self.address(), self.tunnelPort());
        TunnelSettings wanted = new TunnelSettings(self.name(), local, self.incarnation(), settings.pathMtuBytes(), settings.queueBytes());
        if (opened != null) {
            boolean otherTunnel = opened.provider() != tunnelKinds.best(settings.tunnel()) || !opened.settings().equals(wanted);
            if (otherTunnel) shut(false, tunnelKinds.label(opened.provider()));
            else if (staleCipher() != null) shut(true, staleCipher());
        }
        if (opened == null && cipherMayCome()) {
            aim(self);
            return;
        }
        // Once more for each plugin that fails when it hears of the peers.
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (opened == null) open(wanted);
            if (opened == null) break;
            if (tell(self)) return;
        }
        aim(self);
        retryLater();
    }

    /** The cipher of which a better provider came, or the first one that is asked for. Null: all is as it should be. */
    private String staleCipher() {
        for (GuardedCipher cipher : opened.ciphers()) {
            CipherProvider best = cipherKinds.best(cipher.kind());
            if (best != null && best != cipher.used() && cipherKinds.isGood(best)) return cipherKinds.label(cipher.used());
        }
        for (String kind : channels.kinds(settings.cipher())) {
            if (!opened.has(kind) && cipherKinds.isGood(cipherKinds.best(kind))) return "no cipher " + kind;
        }
        return null;
    }

    /** A cipher that is asked for went a moment ago: a tunnel opened without it would have to let go of its sessions. */
    private boolean cipherMayCome() {
        if (gap == null) return false;
        Set<String> kinds = channels.kinds(settings.cipher());
        boolean others = kinds.removeIf(kind -> cipherKinds.isGood(cipherKinds.best(kind)));
        kinds.retainAll(lastKinds);
        return !kinds.isEmpty() && now() - gap.since() < (others ? CIPHER_NANOS : Hold.LONGEST_NANOS);
    }

    private void open(TunnelSettings wanted) {
        Opened made = opener.open(settings.tunnel(), wanted);
        if (made == null) return;
        opened = made;
        peers = List.of();
        tunnel = made.tunnel();
        verified = false;
    }

    private void retryLater() {
        if (!retryWaits) control.later(retry, this::tryAgain);
        retryWaits = true;
    }

    private void tryAgain() {
        synchronized (this) {
            retryWaits = false;
            retry = retry.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? retry.multipliedBy(2) : LAST_RETRY;
            cipherKinds.forgive();
        }
        reconcile();
    }

    /** Takes the tunnel out of reach, waits until nobody is inside, and keeps what it leaves. */
    private void shut(boolean forCipher, String label) {
        Opened old = opened;
        gap = new Gap(now(), forCipher, label);
        old.sink().mute();
        suspend();
        HandOver left = end(old, true);
        inheritance.put(left, now());
        resume.run();
    }

    /** From now on all frames wait. */
    private void suspend() {
        for (Way way : ways.all()) if (way.exit() != null) way.suspend(Drop.NO_TUNNEL);
        tunnel = null;
        awaitGrace();
    }

    private void awaitGrace() {
        if (!grace.await(GRACE)) LOG.warn("A thread is still inside the tunnel after {} ms", GRACE.toMillis());
    }

    private HandOver end(Opened old, boolean release) {
        opened = null;
        peers = List.of();
        lastKinds = old.kinds();
        try {
            return guard.call("closing tunnel " + old.provider().getClass().getName(), () -> {
                flush(old.tunnel());
                if (release) return old.tunnel().release();
                old.tunnel().close();
                return null;
            });
        } catch (Exception e) {
            LOG.warn("A tunnel did not close cleanly: {}", e.toString());
            return null;
        } finally {
            old.sink().close();
            grace.prune();
        }
    }

    // ---- its peers

    /** Brings peers and ways up to date. False when the tunnel failed at it, and is closed and refused. */
    private boolean tell(HostInfo self) {
        aim(self);
        List<Peer> list = channels.peers(members, settings.cipher(), ways.all());
        list.removeIf(p -> !opened.has(p.cipher()));
        Set<String> ids = list.stream().map(Peer::id).collect(Collectors.toSet());
        for (Way way : ways.all()) {
            if (way.exit() != null && (way.current() == null || !way.exit().peer().equals(way.current().id()))) way.suspend(Drop.NO_TUNNEL);
        }
        if (!list.equals(peers) && !tell(list)) return false;
        // A cipher is opened when its first peer is named: only now it shows which cannot be.
        list.removeIf(p -> !opened.has(p.cipher()));
        ids.retainAll(list.stream().map(Peer::id).toList());
        if (upPeers.retainAll(ids)) showCarriersSoon.run();
        changeLines();
        resumeWays(ids);
        missingCipher();
        return true;
    }

    private void missingCipher() {
        Optional<String> missing = channels.kinds(settings.cipher()).stream().filter(k -> !opened.has(k)).findFirst();
        if (missing.isEmpty()) {
            complaint.clear();
            retry = FIRST_RETRY;
        } else {
            complaint.missing("cipher", missing.get());
            if (cipherKinds.anyFailed()) retryLater();
        }
    }

    private void aim(HostInfo self) {
        Set<String> hosts = members.hosts().stream().map(HostInfo::name).collect(Collectors.toSet());
        hosts.remove(self.name());
        ways.aim(hosts, channels, settings.cipher(), line -> opened == null || opened.has(line.cipher()));
    }

    private boolean tell(List<Peer> list) {
        try {
            Tunnel to = opened.tunnel();
            List<Peer> same = list.stream().filter(p -> peers.stream().noneMatch(q -> Channels.differ(p, q))).toList();
            guard.call("peers of the tunnel", () -> {
                if (same.size() < list.size()) to.peers(same);
                to.peers(List.copyOf(list));
                return null;
            });
            peers = List.copyOf(list);
            return true;
        } catch (Exception e) {
            Opened broken = opened;
            boolean ciphersFault = broken.lacksACipher();
            gap = gap == null ? new Gap(now(), ciphersFault, tunnelKinds.label(broken.provider())) : gap;
            suspend();
            HandOver left = end(broken, !(e instanceof Guard.Hung));
            if (left != null) inheritance.put(left, now());
            else if (e instanceof Guard.Hung) inheritance.wipe();
            if (!ciphersFault) opener.refuse(settings.tunnel(), broken.provider(), e);
            return false;
        }
    }

    /** Moves ways to their new line when that is up: frames wait until the old one's have left. */
    private void changeLines() {
        List<Way> ready = ways.all().stream().filter(w -> w.next() != null && upPeers.contains(w.next().id())).toList();
        if (ready.isEmpty()) return;
        long start = now();
        for (Way way : ready) way.suspend(Drop.NO_TUNNEL);
        awaitGrace();
        flush(opened.tunnel());
        long patience = System.nanoTime() + IDLE_NANOS;
        for (Way way : ready) {
            while (!opened.tunnel().idle(way.current().id()) && System.nanoTime() - patience < 0) {
                java.util.concurrent.locks.LockSupport.parkNanos(200_000);
            }
            String what = "violin " + way.violin + " to " + way.host + ": cipher " + way.current().cipher() + " gave way to " + way.next().cipher();
            way.advance(now());
            cipherRole.swapped();
            LOG.info(what);
            announcer.tell(Announcer.SWAPPED, "cipher " + way.current().cipher(), what);
        }
        resumeWays(ready.stream().map(w -> w.current().id()).collect(Collectors.toCollection(HashSet::new)));
        cipherRole.gap(now() - start);
    }

    private void resumeWays(Set<String> ids) {
        boolean all = true;
        boolean any = false;
        boolean waiting = false;
        if (scratch == null) scratch = ByteBuffer.allocateDirect(Frames.MAX_RECORD);
        for (Way way : ways.all()) {
            if (way.exit() != null || way.current() == null) continue;
            if (!ids.contains(way.current().id())) {
                waiting = true;
                continue;
            }
            all &= way.resume(new Way.Exit(opened.tunnel(), way.current().id()), scratch);
            any = true;
        }
        if (any) {
            flush(opened.tunnel());
            resume.run();
        }
        if (all) {
            if (gap != null && !waiting) swapped();
        } else if (!roomWaits) {
            roomWaits = true;
            control.later(ROOM, () -> {
                synchronized (this) {
                    roomWaits = false;
                }
                reconcile();
            });
        }
    }

    private void swapped() {
        Role role = gap.ofCipher() ? cipherRole : tunnelRole;
        role.swapped();
        long waited = now() - gap.since();
        role.gap(waited);
        String subject = gap.ofCipher() ? "cipher" : "tunnel " + opened.provider().kind();
        String what = subject + ": " + gap.label() + " gave way, frames waited " + waited / 1000 + " us";
        announcer.tell(Announcer.SWAPPED, subject, what);
        LOG.info(what);
        gap = null;
    }

    // ---- time

    /** Ends what has lasted too long. Called about every 250 ms, on the control thread. */
    synchronized void tick() {
        if (stopped) return;
        long now = now();
        boolean retiring = false;
        List<Way> unused = ways.sweep();
        unused.forEach(Way::end);
        for (Way way : ways.all()) {
            way.tick(now);
            retiring |= way.retires();
        }
        inheritance.tick(now);
        grace.prune();
        if (opened == null && gap != null && now - gap.since() >= Hold.LONGEST_NANOS && !upPeers.isEmpty()) forgetUp(Set.of());
        if (opened != null && !verified && now - opened.since() >= CARRIER_NANOS) {
            verified = true;
            forgetUp(channels.ids(opened.tunnel().status()));
        }
        if (retiring || !unused.isEmpty() || opened == null && gap != null) reconcileSoon.run();
    }

    private void forgetUp(Set<String> but) {
        if (upPeers.retainAll(but)) showCarriersSoon.run();
    }

    // ---- as observed

    synchronized List<TunnelStatus> status() {
        if (opened != null) return opened.tunnel().status();
        List<Peer> list = channels.peers(members, settings.cipher(), ways.all());
        return list.stream().map(p -> Channels.down(p, settings)).toList();
    }

    synchronized Map<String, Long> drops() {
        Map<String, Long> map = counters.drops();
        if (opener.failures() > 0) map.put("tunnel-open-failed", opener.failures());
        return map;
    }

    void swaps(Map<String, Long> map) {
        tunnelRole.into(map, true);
        cipherRole.into(map, false);
    }
}
