// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.nio.ByteBuffer;
import java.util.Map;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.TunnelStatus;
import org.violin.frame.Encapsulation;
import org.violin.frame.Reassembler;

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
    private final int pathMtuBytes;
    private long heardNanos;
    private volatile boolean up;

    PeerPath(Peer peer, UdpOptions options, int pathMtuBytes, FrameCipher cipher, FrameSink sink, PathCounters counters, Outbound outbound) {
        this.host = peer.host();
        this.pathMtuBytes = pathMtuBytes;
        this.cipher = cipher;
        this.sink = sink;
        this.counters = counters;
        this.outbound = outbound;
        this.reassembler =
                new Reassembler(options.reorderWindow(), MAX_PAYLOAD, Frames.MIN_RECORD, Frames.MAX_RECORD, this);
    }

    String host() {
        return host;
    }

    Outbound outbound() {
        return outbound;
    }

    /** A datagram from the peer's address. */
    void datagram(ByteBuffer slab, int offset, int length, long nowNanos) {
        int check = Encapsulation.check(slab, offset, length);
        if (check != Encapsulation.OK) {
            (check == Encapsulation.BAD_MAGIC ? counters.badMagic
                    : check == Encapsulation.BAD_VERSION ? counters.badVersion : counters.malformed).increment();
            return;
        }
        long counter = Encapsulation.counter(slab, offset);
        int payload = offset + Encapsulation.HEADER;
        int opened = open(slab, payload, length - Encapsulation.HEADER, counter);
        if (opened < 0) {
            counters.sealedRejected.increment();
            return;
        }
        PathCounters.add(counters.datagramsIn, 1);
        heard(nowNanos);
        reassembler.accept(Encapsulation.incarnation(slab, offset), counter, slab, payload, opened, nowNanos);
    }

    @Override
    public void record(int vni, ByteBuffer slab, int offset, int length) {
        PathCounters.add(counters.framesIn, 1);
        PathCounters.add(counters.bytesIn, length);
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

    void expire(long nowNanos, long limitNanos) {
        reassembler.expire(nowNanos, limitNanos);
    }

    /** The control plane says that the peer was started anew. */
    void restarted(long incarnation) {
        reassembler.restart(Encapsulation.fold(incarnation));
    }

    /** Reports a peer that was silent for longer than the limit. */
    void checkSilence(long nowNanos, long limitNanos) {
        if (up && nowNanos - heardNanos > limitNanos) down();
    }

    /** Reports the peer as gone if it was there. */
    void down() {
        if (!up) return;
        up = false;
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
        return new TunnelStatus(kind, host, text(), up, pathMtuBytes, counters.framesIn.get(), counters.framesOut.get(), counters.bytesIn.get(),
                counters.bytesOut.get(), counters.datagramsIn.get(), counters.datagramsOut.get(), drops);
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
