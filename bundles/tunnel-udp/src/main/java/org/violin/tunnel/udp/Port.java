// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.io.IOException;
import java.net.InetSocketAddress;

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

    /** Runs a task on the receiving thread, soon. */
    void execute(Runnable task);

    /** Runs a task on the receiving thread every so many milliseconds. */
    void repeat(Runnable task, int millis);

    /** Begins to receive, until closed. */
    void start();

    /** Nothing is received after this, and the address is free. */
    void close();

    /** Receives that failed. */
    long errors();
}
