// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.RouterSink;
import org.violin.linux.Netns;
import org.violin.linux.Rtnetlink;

/**
 * Listens on the loopback of a guest's network namespace, at a port the kernel chooses, for its zebra, which tells its FIB there. One
 * thread. Whoever else connects from inside the guest is a new zebra to us: it can only spoil the guest's own FIB.
 */
final class FpmFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FpmFeed.class);
    private static final int MOST_ROUTES = 500_000;
    private static final int MOST_NICS = 4096;

    private final ServerSocketChannel listener;
    private final Rtnetlink links;
    private final Selector selector;
    private final RouterSink sink;
    private final Runnable changed;
    private final FibTable table = new FibTable(MOST_ROUTES, TimeUnit.SECONDS.toMillis(GuestDaemons.KEEP_SECONDS));
    private final Map<Integer, String> nics = new HashMap<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(65536);
    private SocketChannel zebra;
    private FpmDecoder decoder;
    private volatile boolean closed;
    private volatile boolean told;
    private volatile long lastMillis = millis();

    /**
     * @param guestPid whose namespace it is
     * @param changed called after each batch, soon done
     */
    FpmFeed(long guestPid, String name, RouterSink sink, Runnable changed) throws IOException {
        this.sink = sink;
        this.changed = changed;
        String namespace = "/proc/" + guestPid + "/ns/net";
        links = Netns.call(namespace, Rtnetlink::open);
        ServerSocketChannel opened = null;
        try {
            opened = Netns.call(namespace, () -> ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 2));
            opened.configureBlocking(false);
            selector = Selector.open();
            opened.register(selector, SelectionKey.OP_ACCEPT);
        } catch (IOException e) {
            links.close();
            if (opened != null) opened.close();
            throw e;
        }
        listener = opened;
        Thread thread = new Thread(this::run, "fpm " + name);
        thread.setDaemon(true);
        thread.start();
    }

    int port() throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    /** Since the last batch. */
    long quietMillis() {
        return millis() - lastMillis;
    }

    /** Whether the first batch was told. */
    boolean told() {
        return told;
    }

    private void run() {
        try {
            while (!closed) {
                long due = table.due();
                long wait = due == Long.MAX_VALUE ? 0 : due - millis();
                if (due == Long.MAX_VALUE) selector.select();
                else if (wait > 0) selector.select(wait);
                else selector.selectNow();
                if (closed) break;
                selector.selectedKeys().clear();
                accept();
                if (zebra != null) read();
                if (millis() >= table.due()) table.take(millis()).ifPresent(this::tell);
            }
        } catch (IOException e) {
            LOG.warn("the routes of a router are no longer heard: {}", e.getMessage());
        } finally {
            shut();
        }
    }

    private void tell(FibBatch batch) {
        try {
            if (closed) return;
            sink.fib(batch);
            lastMillis = millis();
            told = true;
            changed.run();
        } catch (RuntimeException e) {
            LOG.warn("a batch of {} routes was not taken", batch.routes().size(), e);
        }
    }

    private void accept() throws IOException {
        SocketChannel fresh = listener.accept();
        if (fresh == null) return;
        if (zebra != null) zebra.close();
        zebra = fresh;
        zebra.configureBlocking(false);
        zebra.register(selector, SelectionKey.OP_READ);
        decoder = new FpmDecoder(this::nic);
        table.connected(millis());
    }

    private void read() throws IOException {
        try {
            for (int rounds = 0; rounds < 16; rounds++) {
                in.clear();
                int n = zebra.read(in);
                if (n == 0) return;
                if (n < 0) throw new IOException("zebra closed the connection");
                long now = millis();
                decoder.feed(in.flip(), change -> table.change(change, now));
            }
        } catch (IOException e) {
            zebra.close();
            zebra = null;
        }
    }

    /** An interface's name; the list is read again for one that is not known. */
    private String nic(int index) {
        String known = nics.get(index);
        if (known != null || index == 0) return known == null ? "" : known;
        try {
            nics.clear();
            for (Rtnetlink.Link link : links.links()) if (nics.size() < MOST_NICS) nics.put(link.index(), link.name());
        } catch (IOException e) {
            LOG.warn("interfaces of a router: {}", e.getMessage());
        }
        return nics.getOrDefault(index, "");
    }

    private static long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    private void shut() {
        try {
            if (zebra != null) zebra.close();
            listener.close();
            selector.close();
            links.close();
        } catch (IOException e) {
            LOG.debug("closing: {}", e.getMessage());
        }
    }

    /** Nothing is told after this but for a call that is under way. Idempotent. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
    }
}
