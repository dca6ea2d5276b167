// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Gives datagrams to a reassembler as tunnels do, either each in a buffer of its own or their slices end to end; keeps what comes out. */
final class WireReceiver implements Reassembler.Outlet {
    /** What came out. */
    record Got(int vni, byte[] bytes) {}

    final List<Got> got = new ArrayList<>();
    final Reassembler reassembler;
    private final boolean endToEnd;
    private final int overhead;
    private final Random random;
    private final ByteBuffer slab = ByteBuffer.allocateDirect(1 << 18);
    private int position;
    private int used;
    private int left;

    WireReceiver(int window, boolean endToEnd, int overhead, Random random) {
        this.endToEnd = endToEnd;
        this.overhead = overhead;
        this.random = random;
        reassembler = new Reassembler(window, 9000, WireModel.MIN, WireModel.MAX, false, Long.MAX_VALUE, this);
    }

    @Override
    public void record(int vni, ByteBuffer from, int offset, int length) {
        byte[] bytes = new byte[length];
        from.get(offset, bytes);
        got.add(new Got(vni, bytes));
    }

    void give(byte[] datagram) {
        ByteBuffer head = ByteBuffer.wrap(datagram);
        int first = head.getShort(Encapsulation.HEADER) & 0xFFFF;
        int bytes = datagram.length - overhead - Encapsulation.HEADER - Encapsulation.FIRST;
        ByteBuffer to = endToEnd ? slab : ByteBuffer.allocateDirect(bytes);
        int at = endToEnd ? position + used : 0;
        to.put(at, datagram, Encapsulation.HEADER + Encapsulation.FIRST, bytes);
        reassembler.accept(Encapsulation.incarnation(head, 0), Encapsulation.counter(head, 0), first, to, at, bytes, 0);
        if (!endToEnd) {
            reassembler.detach();
            scribble(to, 0, bytes);
            return;
        }
        used += bytes;
        if (left-- <= 0 || position + used > slab.capacity() - 9000) endRun();
    }

    /** One call of the kernel ends: what comes next lies behind it if a record goes on, else over it. */
    private void endRun() {
        left = random.nextInt(30);
        boolean goesOn = reassembler.underWay() && position + used <= slab.capacity() / 2;
        if (goesOn) {
            position += used;
        } else {
            reassembler.detach();
            scribble(slab, 0, position + used);
            position = 0;
        }
        used = 0;
    }

    private static void scribble(ByteBuffer buffer, int from, int bytes) {
        for (int i = from; i < from + bytes; i++) buffer.put(i, (byte) 0xEE);
    }

    void giveUp() {
        reassembler.expire(Long.MAX_VALUE, 0);
    }
}
