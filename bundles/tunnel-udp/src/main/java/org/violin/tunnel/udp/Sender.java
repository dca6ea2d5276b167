// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramPacket;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.dataplane.FrameCipher;
import org.violin.frame.Encapsulation;

/** Seals batches and writes them, on the event loop: one task for each batch, one system call for each batch where segments are possible. */
final class Sender {
    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);
    /** Batches written to Netty before it is told to send, at most. */
    private static final int UNFLUSHED = 8;

    private static final int EIO = 5;
    private static final int EINVAL = 22;
    private static final int EMSGSIZE = 90;

    private final Transport transport;
    private final FrameCipher cipher;
    private final Channel channel;
    private final boolean required;
    private final BatchPool pool;
    private final AtomicInteger queued = new AtomicInteger();
    private int unflushed;
    private boolean segments;

    Sender(Transport transport, UdpOptions options, FrameCipher cipher, Channel channel, int queueBytes) {
        this.pool = new BatchPool(queueBytes);
        this.transport = transport;
        this.cipher = cipher;
        this.channel = channel;
        this.required = options.segmentation().equals("on");
        this.segments = !options.segmentation().equals("off") && transport.segments();
        if (required && !segments) throw new IllegalStateException("segmentation = on: not possible with " + transport.name());
    }

    int overhead() {
        return cipher.overhead();
    }

    BatchPool pool() {
        return pool;
    }

    /** Queues a batch for the event loop. Called under the owner's lock by any thread. */
    void hand(Batch batch) {
        queued.incrementAndGet();
        try {
            channel.eventLoop().execute(batch);
        } catch (RejectedExecutionException e) {
            queued.decrementAndGet();
            complete(batch, 0, e);
        }
    }

    /** On the event loop. */
    void write(Batch batch) {
        boolean last = queued.decrementAndGet() == 0;
        if (seal(batch)) put(batch);
        if (last || ++unflushed >= UNFLUSHED) {
            unflushed = 0;
            channel.flush();
        }
    }

    /** A batch is done; datagrams not written are counted by why. */
    void complete(Batch batch, int writes, Throwable failure) {
        Outbound owner = batch.owner;
        PathCounters counters = owner.counters();
        int whole = failure == null ? batch.datagrams : writes;
        PathCounters.add(counters.datagramsOut, whole);
        if (failure != null) {
            int errno = transport.errno(failure);
            (errno == EMSGSIZE ? counters.tooBig : counters.sendFailed).add(batch.datagrams - whole);
            if ((errno == EINVAL || errno == EIO) && segments && !required && batch.datagrams > 1) {
                segments = false;
                LOG.warn("The kernel refuses segmented sends to {} ({}); sending single datagrams from now on.", owner.address(),
                        failure.getMessage());
            }
        }
        owner.done(batch);
        pool.give(batch);
    }

    private void put(Batch batch) {
        Outbound owner = batch.owner;
        int size = owner.datagramBytes();
        ByteBuf content = batch.content;
        if (batch.datagrams == 1 || segments) {
            batch.expect(1);
            content.setIndex(0, batch.length).retain();
            DatagramPacket packet = batch.datagrams == 1
                    ? new DatagramPacket(content, owner.address())
                    : transport.segmented(content, size, owner.address());
            channel.write(packet).addListener(batch);
            return;
        }
        batch.expect(batch.datagrams);
        content.setIndex(0, batch.length);
        for (int at = 0; at < batch.length; at += size) {
            ByteBuf one = content.retainedSlice(at, Math.min(size, batch.length - at));
            channel.write(new DatagramPacket(one, owner.address())).addListener(batch);
        }
    }

    private boolean seal(Batch batch) {
        int size = batch.owner.datagramBytes();
        int front = Encapsulation.HEADER;
        try {
            for (int at = 0; at < batch.length; at += size) {
                int length = Math.min(size, batch.length - at) - front - cipher.overhead();
                long counter = Encapsulation.counter(batch.slab, at);
                if (cipher.seal(batch.slab, at + front, length, counter) != length + cipher.overhead())
                    throw new IllegalStateException("cipher sealed to another length than it announced");
            }
            return true;
        } catch (RuntimeException e) {
            complete(batch, 0, e);
            return false;
        }
    }
}
