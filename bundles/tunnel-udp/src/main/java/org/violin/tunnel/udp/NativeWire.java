// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import org.violin.frame.Encapsulation;
import org.violin.frame.Front;
import org.violin.frame.Slicer;
import org.violin.linux.Message;
import org.violin.linux.Slabs;
import org.violin.linux.UdpSocket;

/** Sends to one peer from the thread that has the frames: one sendmsg(2) for a batch, or for a large record without copying it. */
final class NativeWire implements Wire {
    private static final int FRONT = Encapsulation.HEADER + Encapsulation.FIRST;
    private static final int STRIDE = 32;
    private static final int COUNTER = 8;
    private static final int RECORD_AT = STRIDE * Batch.MAX_DATAGRAMS;

    private final NativePort port;
    private final boolean ipv6;
    /** What the batch message is addressed to. */
    private InetSocketAddress target;
    private final Message batchMessage = new Message(1);
    private final Message gatherMessage = new Message(3 + 2 * Batch.MAX_DATAGRAMS);
    private final ByteBuffer heads = ByteBuffer.allocateDirect(STRIDE * (Batch.MAX_DATAGRAMS + 1));
    private final long headsAddress = Slabs.of(heads);
    private int gathered;
    /** What the parts were made for: where the frame lies, and bytes of a datagram. */
    private long laidFrame;

    private int laidSize;
    private int laid;
    /** By the peer's senders and by the port's writer. */
    private final LongAdder calls = new LongAdder();

    NativeWire(NativePort port, boolean ipv6, InetSocketAddress to) {
        this.port = port;
        this.ipv6 = ipv6;
        batchMessage.to(to, ipv6);
        target = to;
        gatherMessage.to(to, ipv6);
    }

    @Override
    public void hand(Batch batch) {
        if (port.queued(batch)) {
            return;
        } else if (transmit(batch)) {
            batch.owner.done(batch);
        } else {
            port.queue(batch);
        }
    }

    /** False when there is no room now; then call again. Also by the port's writer, while the batch is at the head of its queue. */
    boolean transmit(Batch batch) {
        InetSocketAddress now = batch.owner.address();
        if (now != target) {
            batchMessage.to(now, ipv6);
            target = now;
        }
        while (batch.written < batch.datagrams) {
            int left = batch.datagrams - batch.written;
            int many = port.segments() ? left : 1;
            int from = batch.written * batch.datagramBytes;
            batchMessage.clear();
            batchMessage.part(batch.address + from, Math.min(batch.length - from, many * batch.datagramBytes));
            batchMessage.segment(many > 1 ? batch.datagramBytes : 0);
            calls.increment();
            int result = port.send(batchMessage);
            if (result >= 0) {
                batch.written += many;
            } else if (result == UdpSocket.AGAIN) {
                return false;
            } else if (result != UdpSocket.NO_SEGMENTS || many == 1 || !port.refuseSegments(batch.owner)) {
                batch.fate = result == UdpSocket.TOO_BIG ? Batch.Fate.TOO_BIG : Batch.Fate.FAILED;
                return true;
            }
        }
        return true;
    }

    @Override
    public int gather(Slicer slicer, int vni, ByteBuffer slab, int offset, int length) {
        if (!port.gathers()) return 0;
        int size = slicer.datagramBytes();
        int slice = size - FRONT;
        int total = Encapsulation.RECORD + length;
        long frame = port.address(slab) + offset;
        lay(frame, size, slicer.front());
        Encapsulation.writeRecord(heads, RECORD_AT, length, vni);
        gathered = 0;
        int done = 0;
        while (done < total) {
            int datagrams = Math.min(laid, (total - done + slice - 1) / slice);
            int bytes = Math.min(total - done, datagrams * slice);
            if (done > 0) parts(frame + done - Encapsulation.RECORD, 0, slice);
            long counter = slicer.front().counter(slicer.sequence());
            for (int i = 0; i < datagrams; i++) heads.putLong(i * STRIDE + COUNTER, counter + i);
            // What cannot be sent goes the ordinary way, which waits, counts, or sends single datagrams.
            if (send(datagrams, bytes, size, done == 0 ? Encapsulation.RECORD : 0) < 0) break;
            slicer.claim(datagrams);
            gathered += datagrams;
            done += bytes;
        }
        return done;
    }

    /** Makes the parts of the first send, unless the last record lay where this one lies. */
    private void lay(long frame, int size, Front front) {
        if (frame == laidFrame && size == laidSize) return;
        laid = Math.min(Batch.MAX_DATAGRAMS, Batch.MAX_BYTES / size);
        for (int i = 0; i < laid; i++) front.write(heads, i * STRIDE, 0);
        parts(frame - Encapsulation.RECORD, Encapsulation.RECORD, size - FRONT);
        laidFrame = frame;
        laidSize = size;
    }

    /** Head, record header, payload; then head, payload, and so on. @param from where the stream's first byte is, or would be */
    private void parts(long from, int recordBytes, int slice) {
        laidFrame = 0;
        gatherMessage.clear();
        for (int i = 0; i < laid; i++) {
            int front = i == 0 ? recordBytes : 0;
            heads.putShort(i * STRIDE + Encapsulation.HEADER, (short) (front > 0 ? 0 : Encapsulation.NONE));
            gatherMessage.part(headsAddress + i * STRIDE, FRONT);
            if (i == 0) gatherMessage.part(headsAddress + RECORD_AT, front);
            gatherMessage.part(from + i * slice + front, slice - front);
        }
    }

    private int send(int datagrams, int bytes, int size, int recordBytes) {
        int slice = size - FRONT;
        int front = datagrams == 1 ? recordBytes : 0;
        gatherMessage.parts(2 * datagrams + 1);
        gatherMessage.length(2 * datagrams, bytes - (datagrams - 1) * slice - front);
        gatherMessage.segment(datagrams > 1 ? size : 0);
        calls.increment();
        int result = port.send(gatherMessage);
        gatherMessage.length(2 * datagrams, slice - front);
        return result;
    }

    @Override
    public int gathered() {
        return gathered;
    }

    @Override
    public long calls() {
        return calls.sum();
    }
}
