// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Makes super-frames of runs of small frames: equal datagrams of one UDP flow become one GSO_UDP_L4 record, and if asked consecutive
 * segments of one TCP connection a GSO_TCPV4 or GSO_TCPV6 record, as the kernel's GRO would do. So a run costs one write and one lookup.
 * Nothing waits for time: the caller drains as soon as its device is empty.
 *
 * <pre>
 *   while ((at = c.room()) >= 0 and a record of n bytes was read into c.slab() at "at")
 *       switch (c.add(at, n)) HELD: nothing; PASS: emit it; DRAIN_THEN_PASS: c.drain(outlet), then emit it
 *   c.drain(outlet)
 * </pre>
 *
 * <p>Order: records of one UDP flow or TCP connection stay in order; all else may overtake what is held. A frame joins only the latest run
 * of its flow.
 *
 * <p>What joins: NEEDS_CSUM with a right pseudo-header sum (a finished checksum would be made right if it was wrong), IPv4 (no options, DF,
 * right header checksum) or IPv6 (no extension headers), all of Ethernet, tags, TOS, TTL, flow label, addresses and ports equal, payload
 * as long as the first one's; a shorter one, not empty, ends the run. TCP: only ACK set, acknowledgement, window and all options equal,
 * sequence numbers follow on; PSH ends the run. The identification of IPv4 is not kept: with DF it means nothing (RFC 6864 section 4.1).
 *
 * <p>Called by: one thread, the one that reads the device. Bounds: {@link #MAX_FRAMES} and {@link #SLAB} bytes held, {@link #MAX_SEGMENTS}
 * and {@link #MAX_BYTES} a run.
 */
public final class Coalescer {
    /** What to do with a record that was just read. */
    public enum Verdict {
        /** Taken: its bytes belong to the coalescer until the next {@link #drain}. */
        HELD,
        /** Not for us: emit it now; its place is free for the next record. */
        PASS,
        /** Call {@link #drain} first, which leaves its bytes alone, then emit it before the next is read. */
        DRAIN_THEN_PASS
    }

    /** Result of {@link #room}: drain first. */
    public static final int FULL = -1;
    /** Most frames held. */
    public static final int MAX_FRAMES = 256;
    /** Bytes of the slab. */
    public static final int SLAB = 512 * 1024;
    /** Most frames in a run: UDP_MAX_SEGMENTS of older kernels. */
    public static final int MAX_SEGMENTS = 64;
    /** Longest record made. */
    public static final int MAX_BYTES = 65_000;

    private static final int MAX_RECORD = 66_048;
    private static final int SLOTS = 2 * MAX_FRAMES;
    private static final int EMPTY = -1;
    private static final int KEY = Candidate.KEY;
    private static final int PSH = 0x08;

    private final ByteBuffer slab = ByteBuffer.allocateDirect(SLAB);
    private final ByteBuffer output = ByteBuffer.allocateDirect(MAX_RECORD);

    private int used;
    private int frames;
    private boolean tcpIsHeld;
    private final int[] frameAt = new int[MAX_FRAMES];
    private final int[] framePayload = new int[MAX_FRAMES];
    private final int[] frameNext = new int[MAX_FRAMES];

    private int runs;
    private final int[] runFirst = new int[MAX_FRAMES];
    private final int[] runLast = new int[MAX_FRAMES];
    private final int[] runCount = new int[MAX_FRAMES];
    private final int[] runHeader = new int[MAX_FRAMES];
    private final int[] runPayload = new int[MAX_FRAMES];
    private final int[] runSlot = new int[MAX_FRAMES];
    private final int[] runNextSequence = new int[MAX_FRAMES];
    private final long[] runTcpWord = new long[MAX_FRAMES];
    private final boolean[] runPushed = new boolean[MAX_FRAMES];
    /** One run more than there can be: the key of the frame in hand lies where its run would be. */
    private final long[] keys = new long[(MAX_FRAMES + 1) * KEY];

    /** Open addressing, from a flow to its latest run; at most half full. */
    private final int[] slots = new int[SLOTS];
    private final Candidate candidate;

    /** @param withTcp TCP segments too, not only UDP: useful for guests that do not make super-frames themselves */
    public Coalescer(boolean withTcp) {
        candidate = new Candidate(slab, withTcp, keys);
        Arrays.fill(slots, EMPTY);
    }

    /** Where records are read into: big-endian, direct. */
    public ByteBuffer slab() {
        return slab;
    }

    /** Where to read the next record to, with room for the longest; or {@link #FULL}: drain first. */
    public int room() {
        return frames < MAX_FRAMES && used + MAX_RECORD <= SLAB ? used : FULL;
    }

    /** Frames held now. */
    public int held() {
        return frames;
    }

    /** Takes the record just read at {@link #room}, or says what to do with it. */
    public Verdict add(int offset, int length) {
        if (frames == MAX_FRAMES || length > SLAB - offset || !candidate.read(offset, length, runs * KEY))
            return frames > 0 && candidate.keepsOrder(offset, length, tcpIsHeld) ? Verdict.DRAIN_THEN_PASS : Verdict.PASS;
        int frame = frames++;
        int payload = length - candidate.headerBytes();
        frameAt[frame] = offset;
        framePayload[frame] = payload;
        used = offset + length;
        int slot = slot();
        int run = slots[slot];
        if (run != EMPTY && joins(run, payload, offset)) {
            frameNext[runLast[run]] = frame;
            runCount[run]++;
            runPayload[run] += payload;
        } else {
            run = runs++;
            slots[slot] = run;
            runSlot[run] = slot;
            runFirst[run] = frame;
            runCount[run] = 1;
            runHeader[run] = candidate.headerBytes();
            runPayload[run] = payload;
            runTcpWord[run] = candidate.tcpWord();
            if (candidate.tcpWord() != 0) tcpIsHeld = true;
        }
        runLast[run] = frame;
        runPushed[run] = candidate.isPushed();
        runNextSequence[run] = candidate.sequence() + payload;
        return Verdict.HELD;
    }

    /** Emits what is held, in the order in which runs were opened, and starts at the slab's beginning. Returns records emitted. */
    public int drain(Outlet outlet) {
        int count = runs;
        for (int run = 0; run < count; run++) slots[runSlot[run]] = EMPTY;
        runs = frames = used = 0;
        tcpIsHeld = false;
        for (int run = 0; run < count; run++) {
            if (runCount[run] == 1) outlet.frame(slab, frameAt[runFirst[run]], runHeader[run] + runPayload[run]);
            else outlet.frame(output, 0, build(run));
        }
        return count;
    }

    /** The slot of the flow of the frame in hand: its latest run, or empty. */
    private int slot() {
        int key = runs * KEY;
        long mixed = keys[key + 4] + Long.rotateLeft(keys[key + 5], 17) + Long.rotateLeft(keys[key + 6], 31)
                + Long.rotateLeft(keys[key + 7], 47) + Long.rotateLeft(keys[key + 1] & 0xffff_ffffL, 24);
        int slot = (int) (mixed * 0x9e37_79b9_7f4a_7c15L >>> 32) & SLOTS - 1;
        while (slots[slot] != EMPTY && !sameFlow(slots[slot] * KEY, key)) slot = slot + 1 & SLOTS - 1;
        return slot;
    }

    /** Ports, IP version and addresses are equal: the frames must stay in order. */
    private boolean sameFlow(int a, int b) {
        return keys[a + 4] == keys[b + 4] && (int) keys[a + 1] == (int) keys[b + 1] && keys[a + 3] >>> 60 == keys[b + 3] >>> 60
                && keys[a + 5] == keys[b + 5] && keys[a + 6] == keys[b + 6] && keys[a + 7] == keys[b + 7];
    }

    private boolean joins(int run, int payload, int offset) {
        int a = run * KEY;
        int b = runs * KEY;
        int size = framePayload[runFirst[run]];
        return payload > 0 && payload <= size && framePayload[runLast[run]] == size && !runPushed[run]
                && runCount[run] < MAX_SEGMENTS && runHeader[run] + runPayload[run] + payload <= MAX_BYTES
                && keys[a] == keys[b] && keys[a + 1] == keys[b + 1] && keys[a + 2] == keys[b + 2] && keys[a + 3] == keys[b + 3]
                && runTcpWord[run] == candidate.tcpWord()
                && (candidate.tcpWord() == 0 || runNextSequence[run] == candidate.sequence() && sameOptions(run, offset));
    }

    /** The header lengths are equal; options are whole words at the end of the headers. */
    private boolean sameOptions(int run, int offset) {
        int first = frameAt[runFirst[run]];
        int end = runHeader[run];
        for (int i = end - tcpHeader(run) + SuperFrame.TCP_HEADER; i < end; i += 4) {
            if (slab.getInt(first + i) != slab.getInt(offset + i)) return false;
        }
        return true;
    }

    private int tcpHeader(int run) {
        return (int) (runTcpWord[run] >>> 28 & 15) * 4;
    }

    /** One record of all frames of a run: the first one's headers, payloads end to end. */
    private int build(int run) {
        int frame = runFirst[run];
        int header = runHeader[run];
        int size = framePayload[frame];
        output.put(0, slab, frameAt[frame], header + size);
        int position = header + size;
        for (int i = runCount[run]; i > 1; i--) {
            frame = frameNext[frame];
            output.put(position, slab, frameAt[frame] + header, framePayload[frame]);
            position += framePayload[frame];
        }
        boolean tcp = runTcpWord[run] != 0;
        boolean v4 = keys[run * KEY + 3] >>> 60 == 4;
        int l4 = header - (tcp ? tcpHeader(run) : SuperFrame.UDP_HEADER);
        int l3 = l4 - (v4 ? Ipv4.MIN_HEADER : Ipv6.HEADER);
        int field = tcp ? SuperFrame.TCP_CHECKSUM : SuperFrame.UDP_CHECKSUM;
        if (tcp && runPushed[run]) output.put(l4 + 13, (byte) (output.get(l4 + 13) | PSH));
        if (!tcp) output.putShort(l4 + 4, (short) (position - l4));
        output.putShort(l3 + (v4 ? 2 : 4), (short) (position - (v4 ? l3 : l4)));
        if (v4) {
            output.putShort(l3 + 10, (short) 0);
            output.putShort(l3 + 10, (short) Checksum.of(output, l3, Ipv4.MIN_HEADER));
        }
        int protocol = tcp ? SuperFrame.TCP : Ipv4.PROTOCOL_UDP;
        int sum = Checksum.pseudoHeader(output, l3 + (v4 ? 12 : Ipv6.SOURCE), v4 ? 4 : 16, protocol, position - l4);
        output.putShort(l4 + field, (short) sum);
        int type = !tcp ? OffloadHeader.GSO_UDP_L4 : v4 ? OffloadHeader.GSO_TCPV4 : OffloadHeader.GSO_TCPV6;
        OffloadHeader.write(output, 0, OffloadHeader.NEEDS_CHECKSUM, type, header - OffloadHeader.BYTES, size,
                l4 - OffloadHeader.BYTES, field);
        return position;
    }
}
