// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.tunnel;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.violin.api.dataplane.FrameSink;

/** Remembers what a tunnel handed over, made with {@link Records}. */
public final class RecordingSink implements FrameSink {
    /**
     * One record.
     *
     * @param serial -1 when it was damaged
     */
    public record Received(String peer, int vni, int serial, int length) {}

    private final List<Received> received = new ArrayList<>();
    private final Map<String, Boolean> states = new HashMap<>();
    private int drains;
    private int undrained;
    private boolean closed;
    private int afterClose;

    @Override
    public synchronized void received(String peer, int vni, ByteBuffer slab, int offset, int length) {
        received.add(new Received(peer, vni, Records.serial(slab, offset, length), length));
        undrained++;
        if (closed) afterClose++;
        notifyAll();
    }

    @Override
    public synchronized void drained() {
        drains++;
        undrained = 0;
        if (closed) afterClose++;
        notifyAll();
    }

    @Override
    public synchronized void peerState(String peer, boolean up) {
        states.put(peer, up);
        if (closed) afterClose++;
        notifyAll();
    }

    /** All records so far. */
    public synchronized List<Received> all() {
        return List.copyOf(received);
    }

    /** The serial numbers that came for a VNI, in order. */
    public synchronized List<Integer> serials(int vni) {
        return received.stream().filter(one -> one.vni == vni).map(Received::serial).toList();
    }

    public synchronized int count() {
        return received.size();
    }

    /** The last state told for a peer; null before the first. */
    public synchronized Boolean state(String peer) {
        return states.get(peer);
    }

    /** Every record so far was followed by {@link #drained()}. */
    public synchronized boolean isDrained() {
        return undrained == 0 && drains > 0;
    }

    public synchronized void clear() {
        received.clear();
    }

    /** From now on calls are counted as wrong. */
    public synchronized void expectNothingMore() {
        closed = true;
    }

    public synchronized int callsAfterClose() {
        return afterClose;
    }

    /** Waits for a condition, at most that long. Returns whether it came true. */
    public synchronized boolean await(Predicate<RecordingSink> condition, long limitMillis) {
        long deadline = System.nanoTime() + limitMillis * 1_000_000;
        try {
            while (!condition.test(this)) {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) return false;
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return true;
    }
}
