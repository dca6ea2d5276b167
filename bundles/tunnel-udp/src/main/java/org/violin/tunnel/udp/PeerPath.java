// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

    private final String host;
    private final FrameCipher cipher;
    private final FrameSink sink;
    private final PathCounters counters;
    private final Outbound outbound;
    private final Reassembler reassembler;
    private final PathWatch watch;
    private final ByteBuffer together = ByteBuffer.allocateDirect(Encapsulation.FIRST + ControlMessage.BYTES);
    private final long high;
    private final long low;
    private final int port;
    private long heardNanos;
    private volatile boolean up;

    /** @param ceiling IP MTU that is never exceeded */
    PeerPath(Peer peer, UdpOptions options, int ceiling, int overIp, FrameCipher cipher, FrameSink sink, PathCounters counters, Outbound outbound) {
        this.host = peer.host();
        this.cipher = cipher;
        this.sink = sink;
        this.counters = counters;
        this.outbound = outbound;
        this.reassembler = new Reassembler(options.reorderWindow(), MAX_PAYLOAD, Frames.MIN_RECORD, Frames.MAX_RECORD,
                cipher.overhead() > 0, TimeUnit.MILLISECONDS.toNanos(options.silenceLimitMillis()) / 2, this);
        this.watch = new PathWatch(options, ceiling, overIp, cipher.overhead() > 0, outbound, reassembler);
        this.high = Message.high(peer.address().getAddress());
        this.low = Message.low(peer.address().getAddress());
        this.port = peer.address().getPort();
    }

    String host() {
        return host;
    }

    Outbound outbound() {
        return outbound;
    }

    /** A datagram from the peer's address that may be sealed: its bytes lie end to end, until {@link #detach}. */
    void sealed(ByteBuffer slab, int offset, int length, long nowNanos) {
        if (wrong(slab, offset, length)) return;
        long counter = Encapsulation.counter(slab, offset);
        int payload = offset + Encapsulation.HEADER;
        int opened = open(slab, payload, length - Encapsulation.HEADER, counter);
        if (opened < Encapsulation.FIRST) {
            (opened < 0 ? counters.sealedRejected : counters.malformed).increment();
            return;
        }
        int first = slab.getShort(payload) & 0xFFFF;
        if (Encapsulation.stream(counter) == Encapsulation.CONTROL_STREAM) {
            control(slab, offset, slab, payload, opened, length, nowNanos);
        } else {
            slice(slab, offset, first, slab, payload + Encapsulation.FIRST, opened - Encapsulation.FIRST, nowNanos);
        }
    }

    /** A datagram in the clear: the header with {@code first} lies here, the slice there, until {@link #detach}. */
    void datagram(ByteBuffer heads, int head, ByteBuffer slab, int slice, int sliceBytes, long nowNanos) {
        int length = sliceBytes + Encapsulation.HEADER + Encapsulation.FIRST;
        if (wrong(heads, head, length)) return;
        if (Encapsulation.stream(Encapsulation.counter(heads, head)) == Encapsulation.CONTROL_STREAM) {
            int some = Math.min(sliceBytes, ControlMessage.BYTES);
            together.putShort(0, heads.getShort(head + Encapsulation.HEADER));
            together.put(Encapsulation.FIRST, slab, slice, some);
            control(heads, head, together, 0, some + Encapsulation.FIRST, length, nowNanos);
        } else {
            slice(heads, head, heads.getShort(head + Encapsulation.HEADER) & 0xFFFF, slab, slice, sliceBytes, nowNanos);
        }
    }

    /**
     * A run of datagrams in the clear, headers so many bytes from each other, slices end to end, until {@link #detach}.
     *
     * @param slice bytes of each slice but the last
     * @param bytes of all slices
     */
    void run(ByteBuffer heads, int head, int stride, int count, ByteBuffer slab, int at, int slice, int bytes, long nowNanos) {
        int done = 0;
        while (done < count) {
            int here = head + done * stride;
            int like = alike(heads, here, stride, count - done);
            int from = done * slice;
            int length = Math.min(like * slice, bytes - from);
            if (like == 1) datagram(heads, here, slab, at + from, length, nowNanos);
            else slices(heads, here, like, slab, at + from, slice, length, nowNanos);
            done += like;
        }
    }

    private void slices(ByteBuffer heads, int head, int count, ByteBuffer slab, int offset, int slice, int length, long nowNanos) {
        PathCounters.add(counters.datagramsIn, count);
        heard(nowNanos);
        int first = heads.getShort(head + Encapsulation.HEADER) & 0xFFFF;
        reassembler.run(Encapsulation.incarnation(heads, head), Encapsulation.counter(heads, head), count, first, slab, offset, slice,
                length, nowNanos);
    }

    /** How many datagrams, this one included, go on where the one before ended. */
    private static int alike(ByteBuffer heads, int head, int stride, int most) {
        if (Encapsulation.check(heads, head, Encapsulation.HEADER + Encapsulation.FIRST) != Encapsulation.OK) return 1;
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

    private boolean wrong(ByteBuffer slab, int at, int length) {
        int check = Encapsulation.check(slab, at, length);
        if (check == Encapsulation.OK) return false;
        (check == Encapsulation.BAD_MAGIC ? counters.badMagic
                : check == Encapsulation.BAD_VERSION ? counters.badVersion : counters.malformed).increment();
        return true;
    }

    private void slice(ByteBuffer heads, int head, int first, ByteBuffer slab, int offset, int length, long nowNanos) {
        PathCounters.add(counters.datagramsIn, 1);
        heard(nowNanos);
        boolean late = reassembler.accept(
                Encapsulation.incarnation(heads, head), Encapsulation.counter(heads, head), first, slab, offset, length, nowNanos);
        if (late) watch.late(nowNanos);
    }

    private void control(ByteBuffer heads, int head, ByteBuffer slab, int at, int length, int datagramBytes, long nowNanos) {
        heard(nowNanos);
        int from = Encapsulation.incarnation(heads, head);
        if (!watch.control(from, Encapsulation.counter(heads, head), slab, at, length, datagramBytes, nowNanos)) counters.malformed.increment();
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

    long high() {
        return high;
    }

    long low() {
        return low;
    }

    int port() {
        return port;
    }

    @Override
    public void record(int vni, ByteBuffer slab, int offset, int length) {
        PathCounters.add(counters.framesIn, 1);
        PathCounters.add(counters.bytesIn, length);
        PathCounters.add(counters.segmentsIn, SuperFrame.segments(slab, offset, length));
        try {
            sink.received(host, vni, slab, offset, length);
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
        if (up) watch.tick(nowNanos);
    }

    /** The control plane says that the peer was started anew. */
    void restarted(long incarnation) {
        reassembler.restart(Encapsulation.fold(incarnation));
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
        more.put("salvaged", reassembler.salvaged());
        more.put("loss-ppm", (long) (watch.loss.loss() * 1e6));
        more.put("black-holes", (long) watch.mtu.blackHoles());
        return new TunnelStatus(kind, host, text(), up, watch.mtu.current(), counters.framesIn.get(), counters.framesOut.get(), counters.bytesIn.get(),
                counters.bytesOut.get(), counters.datagramsIn.get(), counters.datagramsOut.get(),
                watch.rtt.nanos() / 1000, more, drops);
    }

    private String text() {
        String address = outbound.address().getAddress().getHostAddress();
        return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + outbound.address().getPort();
    }

    private int open(ByteBuffer slab, int offset, int length, long counter) {
        try {
            int opened = cipher.open(slab, offset, length, counter);
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
            sink.peerState(host, state);
        } catch (RuntimeException e) {
            counters.sinkFailed.increment();
        }
    }
}
