// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.violin.api.dataplane.FrameSink;

/** Hands what Netty read to {@link Inbound} where it lies, and tells the sink after each read. */
final class Receiver extends ChannelInboundHandlerAdapter {
    /** Reads that failed, and exceptions of the sink outside {@code received}. */
    final LongAdder errors = new LongAdder();
    private final Inbound inbound;
    private final ReceiveSlab memory;
    private final FrameSink sink;
    private final Source source = new Source();
    private long nowNanos;
    private boolean reading;
    private boolean timer;
    private volatile boolean closed;

    Receiver(Inbound inbound, ReceiveSlab memory, FrameSink sink) {
        this.inbound = inbound;
        this.memory = memory;
        this.sink = sink;
    }

    /** The sink is not called any more, once the event loop is past its present task. */
    void close() {
        closed = true;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (closed || !(message instanceof DatagramPacket packet)) return;
            if (!reading) {
                reading = true;
                nowNanos = System.nanoTime();
            }
            ByteBuf content = packet.content();
            int length = content.readableBytes();
            int offset = memory.offset(content);
            ByteBuffer slab = memory.view(content);
            source.set(packet.sender());
            inbound.datagram(source, slab, offset < 0 ? slab.position() : offset, length, nowNanos);
            if (inbound.waiting() && !timer) startTimer(context);
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        reading = false;
        if (!closed) sink.drained();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        errors.increment();
    }

    private void startTimer(ChannelHandlerContext context) {
        timer = true;
        context.executor().schedule(() -> expire(context), Math.max(0, inbound.waitNanos(System.nanoTime())), TimeUnit.NANOSECONDS);
    }

    private void expire(ChannelHandlerContext context) {
        timer = false;
        if (closed) return;
        inbound.expire(System.nanoTime());
        if (inbound.waiting()) startTimer(context);
        sink.drained();
    }
}
