// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds one idle connection to each daemon of all routers: the kernel closes it when the daemon dies. One thread for all. */
final class DaemonWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DaemonWatch.class);

    private record Wish(SocketChannel channel, Runnable gone) {}

    private final Selector selector;
    private final Queue<Wish> wishes = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    DaemonWatch() throws IOException {
        selector = Selector.open();
        Thread thread = new Thread(this::run, "frr watch");
        thread.setDaemon(true);
        thread.start();
    }

    /** Tells, from the watch's thread, when the other end closes the connection; not when this end does. */
    void add(SocketChannel channel, Runnable gone) {
        wishes.add(new Wish(channel, gone));
        selector.wakeup();
    }

    private void run() {
        ByteBuffer ignored = ByteBuffer.allocate(256);
        while (!closed) {
            try {
                selector.select();
                for (Wish w = wishes.poll(); w != null; w = wishes.poll()) register(w);
                for (SelectionKey key : selector.selectedKeys()) look(key, ignored);
                selector.selectedKeys().clear();
            } catch (IOException | RuntimeException e) {
                LOG.warn("watching daemons: {}", e.toString());
            }
        }
        for (SelectionKey key : selector.keys()) shut((SocketChannel) key.channel());
        try {
            selector.close();
        } catch (IOException e) {
            LOG.debug("closing: {}", e.getMessage());
        }
    }

    private void register(Wish wish) throws IOException {
        if (!wish.channel.isOpen()) return;
        wish.channel.configureBlocking(false);
        wish.channel.register(selector, SelectionKey.OP_READ, wish.gone);
    }

    private void look(SelectionKey key, ByteBuffer ignored) {
        SocketChannel channel = (SocketChannel) key.channel();
        int n;
        try {
            n = channel.read(ignored.clear());
        } catch (IOException | CancelledKeyException e) {
            n = -1;
        }
        if (n >= 0 || !channel.isOpen()) return;
        shut(channel);
        ((Runnable) key.attachment()).run();
    }

    private static void shut(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("closing: {}", e.getMessage());
        }
    }

    /** Closes all connections; nobody is told. Idempotent. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
    }
}
