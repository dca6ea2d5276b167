// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes batches, on the event loop: one task for each batch, one system call for each batch where segments are possible. */
final class NettyWire implements Wire {
    private static final Logger LOG = LoggerFactory.getLogger(NettyWire.class);
    /** Batches written to Netty before it is told to send, at most. */
    private static final int UNFLUSHED = 8;

    /** Messages of key exchanges under way at most. */
    private static final int MOST_POSTS = 64;

    private static final int EIO = 5;
    private static final int EINVAL = 22;
    private static final int EMSGSIZE = 90;

    private final NettyTransport transport;
    private final Channel channel;
    private final boolean required;
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicInteger posts = new AtomicInteger();
    private int unflushed;
    private boolean segments;

    NettyWire(NettyTransport transport, UdpOptions options, Channel channel) {
        this.transport = transport;
        this.channel = channel;
        this.required = options.segmentation().equals("on");
        this.segments = !options.segmentation().equals("off") && transport.segments();
        if (required && !segments) throw new IllegalStateException("segmentation = on: not possible with " + transport.name());
    }

    @Override
    public void hand(Batch batch) {
        queued.incrementAndGet();
        try {
            channel.eventLoop().execute(() -> write(batch));
        } catch (RejectedExecutionException e) {
            queued.decrementAndGet();
            fail(batch, e);
        }
    }

    /** Sends one datagram, unless many wait already. */
    boolean post(InetSocketAddress to, ByteBuf datagram) {
        if (posts.incrementAndGet() > MOST_POSTS) {
            posts.decrementAndGet();
            datagram.release();
            return false;
        }
        channel.writeAndFlush(new DatagramPacket(datagram, to)).addListener(future -> posts.decrementAndGet());
        return true;
    }

    private void write(Batch batch) {
        boolean last = queued.decrementAndGet() == 0;
        put(batch);
        if (last || ++unflushed >= UNFLUSHED) {
            unflushed = 0;
            channel.flush();
        }
    }

    private void put(Batch batch) {
        Outbound owner = batch.owner;
        ByteBuf content = Unpooled.wrappedBuffer(batch.slab);
        content.setIndex(0, batch.length);
        int size = batch.datagramBytes;
        if (batch.datagrams == 1 || segments) {
            DatagramPacket packet = batch.datagrams == 1
                    ? new DatagramPacket(content, owner.address())
                    : transport.segmented(content, size, owner.address());
            channel.write(packet).addListener(new Written(batch, 1));
            return;
        }
        Written written = new Written(batch, batch.datagrams);
        for (int at = 0; at < batch.length; at += size) {
            ByteBuf one = content.retainedSlice(at, Math.min(size, batch.length - at));
            channel.write(new DatagramPacket(one, owner.address())).addListener(written);
        }
    }

    /** Waits for all writes of a batch. */
    private final class Written implements ChannelFutureListener {
        private final Batch batch;
        private int open;
        private int whole;
        private Throwable failure;

        Written(Batch batch, int writes) {
            this.batch = batch;
            this.open = writes;
        }

        @Override
        public void operationComplete(ChannelFuture future) {
            if (future.isSuccess()) whole++;
            else failure = future.cause();
            if (--open > 0) return;
            batch.written = failure == null ? batch.datagrams : whole;
            if (failure == null) batch.owner.done(batch);
            else fail(batch, failure);
        }
    }

    private void fail(Batch batch, Throwable failure) {
        int errno = failure == null ? 0 : transport.errno(failure);
        batch.fate = errno == EMSGSIZE ? Batch.Fate.TOO_BIG : Batch.Fate.FAILED;
        if ((errno == EINVAL || errno == EIO) && segments && !required && batch.datagrams > 1) {
            segments = false;
            LOG.warn("The kernel refuses segmented sends to {} ({}); sending single datagrams from now on.", batch.owner.address(),
                    failure.getMessage());
        }
        batch.owner.done(batch);
    }
}
