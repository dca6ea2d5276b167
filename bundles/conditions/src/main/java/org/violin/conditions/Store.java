// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

/**
 * The memory of one stage: room for records, from chunks of the pool, up to a bound. Chunks grow with what is held, so that a link with
 * one frame on its way has 4 KiB. Called by: the stage, under its lock.
 */
final class Store {
    private static final int ALIGN = 8;
    private static final long MIDDLE_FROM = 4096;
    private static final long LARGE_FROM = 131_072;

    private final ChunkPool pool;
    private final long mostBytes;
    private Chunk current;
    private int at;
    private volatile long bytes;

    Store(ChunkPool pool, long mostBytes) {
        this.pool = pool;
        this.mostBytes = mostBytes;
    }

    /** The chunk that has room for a record at {@link #at}, or null: full. What is put there must be {@link #want}ed before the next call. */
    Chunk room(int length) {
        if (current != null && current.wanted == 0) current.used = 0;
        if (current == null || current.bytes() - current.used < length) {
            Chunk next = grow(length);
            if (next == null) return null;
            if (current != null && current.wanted == 0) give(current);
            current = next;
        }
        at = current.used;
        current.used += length + ALIGN - 1 & -ALIGN;
        return current;
    }

    int at() {
        return at;
    }

    /** One more entry needs what lies in that chunk. */
    void want(Chunk chunk) {
        chunk.wanted++;
    }

    /** One less does. True: nobody does, what lies there is gone. */
    boolean leave(Chunk chunk) {
        if (--chunk.wanted > 0) return false;
        if (chunk != current) give(chunk);
        return true;
    }

    /** Nothing is held any more: gives back all but the smallest. */
    void idle() {
        if (current == null || current.sizeClass == ChunkPool.SMALL) return;
        give(current);
        current = null;
    }

    /** Any thread. */
    long bytes() {
        return bytes;
    }

    private Chunk grow(int length) {
        int sizeClass = bytes >= LARGE_FROM ? ChunkPool.LARGE : bytes >= MIDDLE_FROM ? ChunkPool.MIDDLE : ChunkPool.SMALL;
        while (sizeClass <= ChunkPool.LARGE && ChunkPool.bytes(sizeClass) < length) sizeClass++;
        if (sizeClass > ChunkPool.LARGE || bytes + ChunkPool.bytes(sizeClass) > mostBytes) return null;
        Chunk chunk = pool.take(sizeClass);
        if (chunk != null) bytes += chunk.bytes();
        return chunk;
    }

    private void give(Chunk chunk) {
        bytes -= chunk.bytes();
        pool.give(chunk);
    }
}
