// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.nio.ByteBuffer;
import org.violin.api.dataplane.Frames;

/**
 * What one thread needs while it carries frames, and the sign by which others see that it is inside ({@link Grace}). Used by its thread
 * only, but for {@link #sequence}.
 */
final class Cycle {
    /** Switches of this host that one frame may pass. */
    static final int MAX_HOPS = 8;
    /** Copies that one frame may become on this host: a flood over the largest switch, and some. */
    static final int MAX_COPIES = 16_384;

    final Thread thread;
    long nowNanos;
    int hops;
    int copies;
    /** Bytes given to the tunnel and not flushed. */
    long unflushedBytes;
    /** Where a record went and much waits already: whoever it came from should pause. Null: nowhere. */
    Gate congested;
    /** For devices that take only finished frames. Made when the first of them is met. */
    private Finisher finisher;

    /** For what leaves vLinks, one for each depth: while one is forwarded the next may come out of another vLink. */
    private final ByteBuffer[] slabs = new ByteBuffer[MAX_HOPS];

    private int drains;
    private final PortSet[] someByHop = new PortSet[MAX_HOPS];
    private volatile int sequence;
    private int depth;

    Cycle(Thread thread) {
        this.thread = thread;
        for (int hop = 0; hop < MAX_HOPS; hop++) someByHop[hop] = new PortSet();
    }

    /** From here to {@link #exit} nothing that this thread finds is closed under it. May nest. */
    void enter() {
        // One writer, so this is no lost update. The volatile store comes before all loads of what may be unpublished.
        if (depth++ == 0) setSequence(sequence + 1);
    }

    void exit() {
        if (--depth == 0) setSequence(sequence + 1);
    }

    private void setSequence(int value) {
        sequence = value;
    }

    /** Odd while inside. */
    int sequence() {
        return sequence;
    }

    /** A new frame comes from a device or a tunnel. */
    void begin(long now) {
        nowNanos = now;
        hops = 0;
        copies = MAX_COPIES;
    }

    /** False when this thread is inside so many lanes that another must wait for the timetable. */
    boolean mayDrain() {
        return drains < MAX_HOPS;
    }

    /** A slab of {@link Frames#MAX_RECORD} bytes until {@link #shallower}. */
    ByteBuffer deeper() {
        int depth = drains++;
        if (slabs[depth] == null) slabs[depth] = ByteBuffer.allocateDirect(Frames.MAX_RECORD);
        return slabs[depth];
    }

    void shallower() {
        drains--;
    }

    Finisher finisher() {
        if (finisher == null) finisher = new Finisher();
        return finisher;
    }

    /** Where a switch's logic puts its ports; one for each hop, because the next switch is asked while the last one's set is walked. */
    PortSet some() {
        return someByHop[hops];
    }
}
