// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.TunnelStatus;
import org.violin.frame.Encapsulation;
import org.violin.frame.Reassembler;
import org.violin.frame.SuperFrame;
import org.violin.linux.Message;

/** One peer: its sender's side, and its receiver's side, which only the receive thread touches. */
final class PeerPath implements Reassembler.Outlet {
    /** Longest opened payload: a datagram of the largest path MTU. */
    static final int MAX_PAYLOAD = 9000;
    /** Bytes of a clear datagram in front of its slice. */
    static final int FRONT = Encapsulation.HEADER + Encapsulation.FIRST;

    private static final Logger LOG = LoggerFactory.getLogger(PeerPath.class);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Peer peer;
    private final FrameCipher cipher;
    private final FrameSink sink;
    private final PathCounters counters;
    private final Outbound outbound;
    private final Reassembler reassembler;
    private final PathWatch watch;
    private final ByteBuffer together = ByteBuffer.allocateDirect(Encapsulation.FIRST + ControlMessage.BYTES);
    private long high;
    private long low;
    private int port;
    private long movedNanos;
    private long heardNanos;
    private volatile boolean up;

    /** @param ceiling IP MTU that is never exceeded */
    PeerPath(Peer peer, UdpOptions options, int ceiling, FrameSink sink, PathCounters counters, Outbound outbound) {
        boolean sealed = !outbound.lane().isClear();
        this.peer = peer;
        this.cipher = outbound.lane().cipher();
        this.sink = sink;
        this.counters = counters;
        this.outbound = outbound;
        this.reassembler = new Reassembler(options.reorderWindow(), MAX_PAYLOAD, Frames.MIN_RECORD, Frames.MAX_RECORD,
                sealed, TimeUnit.MILLISECONDS.toNanos(options.silenceLimitMillis()) / 2, this);
        this.watch = new PathWatch(options, ceiling, overIp(outbound.address()), sealed, outbound, reassembler);
        at(outbound.address());
    }

    /** Bytes of IP and UDP headers on the way there. */
    static int overIp(InetSocketAddress address) {
        return address.getAddress() instanceof Inet6Address ? 48 : 28;
    }

    private void at(InetSocketAddress address) {
        high = Message.high(address.getAddress());
        low = Message.low(address.getAddress());
        port = address.getPort();
    }

    /** As it was when the path was made. */
    Peer peer() {
        return peer;
    }

    String id() {
        return peer.id();
    }

    int channel() {
        return peer.channel();
    }

    /** Nothing is sealed. */
    boolean clear() {
        return cipher == null;
    }

    Outbound outbound() {
        return outbound;
    }

    /** A sealed datagram with an index of this peer's; its bytes lie end to end, until {@link #detach}. */
    void sealed(Source from, ByteBuffer slab, int at, int length, long nowNanos) {
        int payload = at + Encapsulation.SEALED_HEADER;
        long counter = Encapsulation.sealedCounter(slab, at);
        int opened = open(slab, at, payload, length - Encapsulation.SEALED_HEADER, counter);
        if (opened < 0) {
            counters.sealedRejected.increment();
            return;
        }
        long epoch = cipher.epoch();
        long sequence = Encapsulation.sequence(counter);
        boolean control = counter < 0;
        if (from.low != low || from.port != port || from.high != high) {
            boolean newest = control ? watch.isNewest(epoch, sequence) : reassembler.isNewest(epoch, sequence);
            if (newest) roam(from.address(), nowNanos);
        }
        if (control) {
            heard(nowNanos);
            if (!watch.control(epoch, sequence, slab, payload, opened, length, nowNanos)) counters.malformed.increment();
        } else if (opened < Encapsulation.FIRST) {
            counters.malformed.increment();
        } else {
            int first = slab.getShort(payload) & 0xFFFF;
            slice(epoch, sequence, first, slab, payload + Encapsulation.FIRST, opened - Encapsulation.FIRST, nowNanos);
        }
    }

    private void roam(InetSocketAddress to, long nowNanos) {
        counters.roamed.increment();
        if (counters.roamed.sum() == 1 || nowNanos - movedNanos > SECOND)
            LOG.info("Peer {} is heard from {} now, not from {}", peer.id(), to, outbound.address());
        move(to, nowNanos);
    }

    /** It is there from now on. */
    private void move(InetSocketAddress to, long nowNanos) {
        movedNanos = nowNanos;
        at(to);
        outbound.move(to);
        if (up) watch.moved(overIp(to), nowNanos);
    }

    /** Keys were agreed on with it, there. Receive thread. */
    void agreed(InetSocketAddress from) {
        if (!clear() && !from.equals(outbound.address())) roam(from, System.nanoTime());
        outbound.proceed();
    }

    /** The control plane says that it is there. Receive thread. */
    void announced(InetSocketAddress address) {
        if (!address.equals(outbound.address())) move(address, System.nanoTime());
    }

    /** A datagram in the clear: the header with {@code first} lies here, the slice there, until {@link #detach}. */
    void datagram(ByteBuffer heads, int head, ByteBuffer slab, int slice, int sliceBytes, long nowNanos) {
        int length = sliceBytes + Encapsulation.HEADER + Encapsulation.FIRST;
        int type = Encapsulation.type(heads, head, length);
        if (type != Encapsulation.CLEAR) {
            bad(type);
            return;
        }
        long counter = Encapsulation.counter(heads, head);
        long from = Encapsulation.incarnation(heads, head);
        if (Encapsulation.stream(counter) == Encapsulation.CONTROL_STREAM) {
            int some = Math.min(sliceBytes, ControlMessage.BYTES);
            together.putShort(0, heads.getShort(head + Encapsulation.HEADER));
            together.put(Encapsulation.FIRST, slab, slice, some);
            heard(nowNanos);
            boolean taken = watch.control(
                    from, Encapsulation.sequence(counter), together, 0, some + Encapsulation.FIRST, length, nowNanos);
            if (!taken) counters.malformed.increment();
        } else {
            slice(from, counter, heads.getShort(head + Encapsulation.HEADER) & 0xFFFF, slab, slice, sliceBytes, nowNanos);
        }
    }

    /**
     * A run of datagrams in the clear that are {@link #alike}: slices end to end, until {@link #detach}.
     *
     * @param slice bytes of each slice but the last
     * @param length of all slices
     */
    void slices(ByteBuffer heads, int head, int count, ByteBuffer slab, int offset, int slice, int length, long nowNanos) {
        PathCounters.add(counters.datagramsIn, count);
        heard(nowNanos);
        int first = heads.getShort(head + Encapsulation.HEADER) & 0xFFFF;
        reassembler.run(Encapsulation.incarnation(heads, head), Encapsulation.counter(heads, head), count, first, slab, offset, slice,
                length, nowNanos);
    }

    /** How many clear datagrams of one sender, this one included, go on where the one before ended; headers are so far from each other. */
    static int alike(ByteBuffer heads, int head, int stride, int most) {
        if (Encapsulation.type(heads, head, FRONT) != Encapsulation.CLEAR) return 1;
        long front = heads.getLong(head);
        long counter = heads.getLong(head + 8);
        if (Encapsulation.stream(counter) == Encapsulation.CONTROL_STREAM) return 1;
        int count = 1;
        for (int at = head + stride; count < most; at += stride, count++) {
            if (heads.getLong(at + 8) != counter + count || heads.getLong(at) != front
                    || heads.getShort(at + Encapsulation.HEADER) != (short) Encapsulation.NONE) break;
        }
        return count;
    }

    /** Counts a datagram from this peer's address that cannot be read. */
    void bad(int type) {
        (type == Encapsulation.BAD_MAGIC ? counters.badMagic
                : type == Encapsulation.BAD_VERSION ? counters.badVersion : counters.malformed).increment();
    }

    private void slice(long from, long counter, int first, ByteBuffer slab, int offset, int length, long nowNanos) {
        PathCounters.add(counters.datagramsIn, 1);
        heard(nowNanos);
        if (reassembler.accept(from, counter, first, slab, offset, length, nowNanos)) watch.late(nowNanos);
    }

    /** The slabs given so far are used for something else from here on. */
    void detach() {
        reassembler.detach();
    }

    /** A record has begun and not ended: its bytes may lie in a slab that was given. */
    boolean underWay() {
        return reassembler.underWay();
    }

    /** One call has received datagrams of this peer. */
    void received() {
        PathCounters.add(counters.callsIn, 1);
    }

    @Override
    public void record(int vni, ByteBuffer slab, int offset, int length) {
        PathCounters.add(counters.framesIn, 1);
        PathCounters.add(counters.bytesIn, length);
        PathCounters.add(counters.segmentsIn, SuperFrame.segments(slab, offset, length));
        try {
            sink.received(peer.id(), vni, slab, offset, length);
        } catch (RuntimeException e) {
            counters.sinkFailed.increment();
        }
    }

    /** Datagrams wait for a missing one. */
    boolean waiting() {
        return reassembler.waiting();
    }

    /** How long they still wait for it. */
    long waitNanos(long nowNanos) {
        return reassembler.heldSinceNanos() + watch.wait.nanos(nowNanos) - nowNanos;
    }

    void expire(long nowNanos) {
        reassembler.expire(nowNanos, watch.wait.nanos(nowNanos));
    }

    /** Sends the probes that are due. */
    void tick(long nowNanos) {
        outbound.proceed();
        if (up) watch.tick(nowNanos);
    }

    /** The control plane says that the peer was started anew. */
    void restarted(long incarnation) {
        if (clear()) reassembler.restart(Encapsulation.fold(incarnation)); // a sealed path learns it from the epoch
        if (up) watch.up(System.nanoTime());
    }

    /** Reports a peer that was silent for longer than the limit. */
    void checkSilence(long nowNanos, long limitNanos) {
        if (up && nowNanos - heardNanos > limitNanos) down();
    }

    /** Reports the peer as gone if it was there. */
    void down() {
        if (!up) return;
        up = false;
        watch.down();
        reassembler.forget();
        tell(false);
    }

    /** Writes what the next tunnel needs to go on. Called when the receive thread has ended. */
    void save(DataOutput out, List<Batch> left) throws IOException {
        out.writeBoolean(up);
        counters.save(out);
        outbound.save(out, left);
        reassembler.save(out);
        watch.save(out);
    }

    /** Goes on where another one stood. Called before the receive thread begins. */
    void load(DataInput in, long nowNanos) throws IOException {
        up = in.readBoolean();
        heardNanos = nowNanos;
        counters.load(in);
        outbound.load(in);
        reassembler.load(in);
        watch.load(in, nowNanos);
        if (!up) watch.down();
    }

    /** The first task of a receive thread that goes on: the sink may be a new one. */
    void resume() {
        outbound.proceed();
        if (up) tell(true);
    }

    /** What status tells of it; the rest is counted where it happens. */
    TunnelStatus status(String kind) {
        Map<String, Long> drops = counters.drops();
        PathCounters.put(drops, "duplicate", reassembler.duplicate());
        PathCounters.put(drops, "late", reassembler.late());
        PathCounters.put(drops, "gap", reassembler.gap());
        PathCounters.put(drops, "torn", reassembler.torn());
        PathCounters.put(drops, "stale", reassembler.stale());
        PathCounters.put(drops, "oversize", reassembler.oversize());
        PathCounters.put(drops, "malformed", reassembler.malformed());
        Map<String, Long> more = new java.util.TreeMap<>();
        more.put("segments-in", counters.segmentsIn.get());
        more.put("segments-out", counters.segmentsOut.get());
        more.put("calls-in", counters.callsIn.get());
        more.put("calls-out", outbound.calls());
        more.put("echoes", counters.echoes.sum());
        more.put("roamed", counters.roamed.sum());
        more.put("salvaged", reassembler.salvaged());
        more.put("loss-ppm", (long) (watch.loss.loss() * 1e6));
        more.put("lost", watch.loss.lost());
        more.put("probes-out", watch.probes());
        more.put("answers-in", watch.answers());
        more.put("rtt-last-micros", watch.rtt.lastNanos() / 1000);
        more.put("black-holes", (long) watch.mtu.blackHoles());
        return new TunnelStatus(kind, peer.host(), peer.violin(), peer.cipher(), text(), up, watch.mtu.current(),
                counters.framesIn.get(), counters.framesOut.get(), counters.bytesIn.get(), counters.bytesOut.get(),
                counters.datagramsIn.get(), counters.datagramsOut.get(), watch.rtt.nanos() / 1000, more, drops);
    }

    private String text() {
        InetSocketAddress now = outbound.address();
        String address = now.getAddress().getHostAddress();
        return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + now.getPort();
    }

    private int open(ByteBuffer slab, int header, int offset, int length, long counter) {
        try {
            int opened = cipher.open(slab, header, offset, length, counter);
            return opened > length ? FrameCipher.REJECTED : opened;
        } catch (RuntimeException e) {
            return FrameCipher.REJECTED;
        }
    }

    private void heard(long nowNanos) {
        heardNanos = nowNanos;
        if (up) return;
        up = true;
        outbound.hello();
        watch.up(nowNanos);
        tell(true);
    }

    private void tell(boolean state) {
        try {
            sink.peerState(peer.id(), state);
        } catch (RuntimeException e) {
            counters.sinkFailed.increment();
        }
    }
}
