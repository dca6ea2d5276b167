// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.violin.frame.Reassembler;

/**
 * What one path is like: its MTU, round-trip time and loss, learnt from probes and their answers, and how long to wait for what is
 * missing. Receive thread only, but for what status reads.
 */
final class PathWatch {
    private static final long RAISE_NANOS = TimeUnit.SECONDS.toNanos(60);

    final ReorderWait wait;
    final LossMeter loss = new LossMeter();
    final RttMeter rtt = new RttMeter();
    final PathMtu mtu;
    private final Outbound outbound;
    private final Reassembler reassembler;
    private final int ceiling;
    private int overIp;
    private final boolean authentic;
    private final long reviveNanos;
    private final ByteBuffer message = ByteBuffer.allocateDirect(ControlMessage.BYTES);
    private long sender;
    private long heard = -1;
    private long heardNanos;
    private volatile long asked;
    private volatile long answers;

    /**
     * @param overIp bytes of IP and UDP headers
     * @param authentic nobody can forge counters
     */
    PathWatch(UdpOptions options, int ceiling, int overIp, boolean authentic, Outbound outbound, Reassembler reassembler) {
        this.authentic = authentic;
        this.reviveNanos = TimeUnit.MILLISECONDS.toNanos(options.silenceLimitMillis()) / 2;
        this.outbound = outbound;
        this.reassembler = reassembler;
        this.overIp = overIp;
        this.ceiling = ceiling;
        wait = new ReorderWait(options.reorderStartMicros() * 1000L, TimeUnit.MILLISECONDS.toNanos(options.reorderMillis()));
        mtu = new PathMtu(ceiling, TimeUnit.MILLISECONDS.toNanos(options.keepaliveMillis()), RAISE_NANOS, rtt,
                size -> outbound.resize(size - this.overIp));
    }

    void up(long nowNanos) {
        loss.reset();
        rtt.reset();
        wait.reset();
        outbound.lossy(false);
        mtu.reset(nowNanos);
        tick(nowNanos);
    }

    /** The path leads elsewhere. */
    void moved(int nowOverIp, long nowNanos) {
        overIp = nowOverIp;
        up(nowNanos);
        outbound.resize(mtu.current() - overIp);
    }

    void down() {
        mtu.stop();
    }

    /** Sends the probes that are due. */
    void tick(long nowNanos) {
        for (int probes = 0; probes < 8; probes++) {
            int refused = outbound.refused();
            if (refused != 0) mtu.refused(refused + overIp, nowNanos);
            int size = mtu.next(nowNanos);
            if (size == 0) return;
            if (size <= mtu.current()) asked = asked + 1;
            send(ControlMessage.PROBE, size - overIp, nowNanos, size - overIp);
        }
    }

    /** No later control message was taken than this one would be. */
    boolean isNewest(long from, long sequence) {
        return from != sender || sequence > heard;
    }

    /** A control message of the peer, opened; false when it makes no sense. */
    boolean control(long from, long sequence, ByteBuffer slab, int at, int length, int datagramBytes, long nowNanos) {
        if (ControlMessage.check(slab, at, length) != ControlMessage.OK) return false;
        if (from != sender) {
            sender = from;
            heard = -1;
        }
        boolean revive = !authentic && nowNanos - heardNanos > reviveNanos; // a forged counter must not silence the peer for ever
        if (sequence <= heard && !revive) return true;
        heard = sequence;
        heardNanos = nowNanos;
        long token = ControlMessage.token(slab, at);
        if (ControlMessage.kind(slab, at) == ControlMessage.PROBE) {
            if (ControlMessage.size(slab, at) != datagramBytes) return false;
            send(ControlMessage.ANSWER, datagramBytes, token, 0);
        } else {
            rtt.sample(nowNanos - token);
            if (ControlMessage.size(slab, at) + overIp <= mtu.current() && answers < asked) answers = answers + 1;
            mtu.answered(ControlMessage.size(slab, at) + overIp, token, nowNanos);
        }
        boolean possible = Long.compareUnsigned(ControlMessage.next(slab, at), outbound.sent()) <= 0;
        if (possible && ControlMessage.stream(slab, at) == outbound.lane().stream()) {
            loss.report(outbound.lane().stream(), ControlMessage.accepted(slab, at), ControlMessage.next(slab, at), nowNanos);
            outbound.lossy(loss.lossy());
        }
        tick(nowNanos);
        return true;
    }

    /** Probes sent of sizes that pass; those of a search do not count. Any thread. */
    long probes() {
        return asked;
    }

    /** Of those, how many came back. Any thread. */
    long answers() {
        return answers;
    }

    /** A datagram came after it had been given up. */
    void late(long nowNanos) {
        wait.late(nowNanos - reassembler.gaveUpNanos() + wait.nanos(nowNanos), nowNanos);
    }

    private void send(int kind, int size, long token, int bytes) {
        ControlMessage.write(message, 0, kind, size, token);
        ControlMessage.writeReport(message, 0, heardStream(), reassembler.accepted(), reassembler.next(), reassembler.late());
        outbound.control(message, ControlMessage.BYTES, bytes);
    }

    private int heardStream() {
        return outbound.lane().isClear() ? reassembler.stream() : (int) reassembler.sender() & 0xFFFF;
    }

    void save(DataOutput out) throws IOException {
        out.writeLong(sender);
        out.writeLong(heard);
        out.writeLong(heardNanos);
        out.writeInt(mtu.current());
        rtt.save(out);
        loss.save(out);
        wait.save(out);
    }

    /** Goes on with a path that is up, or was. */
    void load(DataInput in, long nowNanos) throws IOException {
        sender = in.readLong();
        heard = in.readLong();
        heardNanos = in.readLong();
        int found = in.readInt();
        rtt.load(in);
        loss.load(in);
        wait.load(in);
        outbound.lossy(loss.lossy());
        mtu.resume(Math.min(found, ceiling), nowNanos);
    }
}
