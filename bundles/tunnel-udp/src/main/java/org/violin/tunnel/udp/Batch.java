// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import java.nio.ByteBuffer;

/**
 * One buffer of datagrams on its way to the kernel: filled under its peer's lock, then the event loop's task that writes it, then the
 * listener of that write, then used again.
 */
final class Batch implements Runnable, ChannelFutureListener {
    /** Bytes that one segmented send may have: more is cut into single datagrams by the kernel (the limit includes lower headers). */
    static final int MAX_BYTES = 65_400;

    static final int MAX_DATAGRAMS = 64;

    final ByteBuffer slab = ByteBuffer.allocateDirect(65_536);
    final ByteBuf content = Unpooled.wrappedBuffer(slab);
    Outbound owner;
    int length;
    int datagrams;
    private int unwritten;
    private int written;
    private Throwable failure;

    @Override
    public void run() {
        owner.sender().write(this);
    }

    /** So many writes will tell {@link #operationComplete}. */
    void expect(int writes) {
        unwritten = writes;
        written = 0;
        failure = null;
    }

    @Override
    public void operationComplete(ChannelFuture future) {
        if (future.isSuccess()) written++;
        else failure = future.cause();
        if (--unwritten == 0) owner.sender().complete(this, written, failure);
    }
}
