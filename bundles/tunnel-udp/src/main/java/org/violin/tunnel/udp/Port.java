// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A bound UDP socket and the thread that receives from it: what differs between the kernel's own calls ({@link NativePort}) and Netty's
 * ({@link NettyPort}). Same wire format, same tests.
 */
interface Port {
    /** Binds. */
    interface Opener {
        /** Throws IOException when the address cannot be bound. */
        Port open(Inbound inbound) throws IOException;
    }

    /** For the log. */
    String name();

    /** The largest IP MTU that probing makes sense for. */
    int ceiling();

    /** A peer's way out. */
    Wire wire(InetSocketAddress to);

    /**
     * Sends a message of a key exchange, now or not at all. Any thread, never waits.
     *
     * @param tag see {@link CipherEnd#tag}
     */
    boolean post(InetSocketAddress to, int tag, ByteBuffer slab, int offset, int length);

    /** Runs a task on the receiving thread, soon. */
    void execute(Runnable task);

    /** Runs a task on the receiving thread every so many milliseconds. */
    void repeat(Runnable task, int millis);

    /** Begins to receive, until closed. */
    void start();

    /**
     * Ends sending and receiving, and leaves the open socket to the next port at this address where that is possible; else closes it.
     *
     * @return batches that found no room in the socket; null: the threads do not end, so all was closed
     */
    List<Batch> release();

    /** Nothing is received after this, and the address is free. */
    void close();

    /** Receives that failed. */
    long errors();
}
