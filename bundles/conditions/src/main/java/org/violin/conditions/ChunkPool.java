// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

import java.util.ArrayDeque;
import java.util.List;
import org.violin.frame.Cutter;

/**
 * The memory of all stages of a provider, with a bound, in chunks of three sizes; and the cutters of super-frames, which are large too.
 * Any thread. A part of what comes back is kept for the next; the rest goes to the collector.
 */
final class ChunkPool {
    static final int SMALL = 0;
    static final int MIDDLE = 1;
    static final int LARGE = 2;
    private static final int[] BYTES = {4096, 32_768, 262_144};
    private static final long MOST_SPARE = 32L << 20;
    private static final int MOST_CUTTERS = 64;

    private final List<ArrayDeque<Chunk>> spare = List.of(new ArrayDeque<>(), new ArrayDeque<>(), new ArrayDeque<>());
    private final ArrayDeque<Cutter> cutters = new ArrayDeque<>();
    private final long mostBytes;
    private long lent;
    private long spareBytes;

    ChunkPool(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    static int bytes(int sizeClass) {
        return BYTES[sizeClass];
    }

    /** An empty chunk, or null: the bound, or the machine, has no more. */
    synchronized Chunk take(int sizeClass) {
        int bytes = BYTES[sizeClass];
        if (lent + bytes > mostBytes) return null;
        Chunk chunk = spare.get(sizeClass).poll();
        if (chunk != null) {
            spareBytes -= bytes;
        } else {
            try {
                chunk = new Chunk(bytes, sizeClass);
            } catch (OutOfMemoryError e) {
                return null;
            }
        }
        lent += bytes;
        chunk.used = 0;
        chunk.wanted = 0;
        return chunk;
    }

    synchronized void give(Chunk chunk) {
        lent -= chunk.bytes();
        if (spareBytes + chunk.bytes() > MOST_SPARE) return;
        spareBytes += chunk.bytes();
        spare.get(chunk.sizeClass).push(chunk);
    }

    synchronized Cutter takeCutter() {
        Cutter cutter = cutters.poll();
        return cutter == null ? new Cutter() : cutter;
    }

    synchronized void giveCutter(Cutter cutter) {
        if (cutters.size() < MOST_CUTTERS) cutters.push(cutter);
    }

    /** What stages have now. */
    synchronized long lent() {
        return lent;
    }
}
