// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * One TCP connection for each vNIC of an overlay, full of data all the time: one thread writes to all, one reads from all. The kernel's
 * TCP shares the vNIC's way; what arrives is counted for each vNIC.
 */
final class Bulk implements AutoCloseable {
    /** Whether the hub's vNICs send, the others, or every second one of each tunnel. */
    enum Direction {
        OUT, IN, BOTH
    }

    private static final int PORT = 5201;
    private static final int WRITE_BYTES = 128 * 1024;
    private static final int READ_BYTES = 512 * 1024;

    private final AtomicLongArray received;
    private final List<SocketChannel> channels = new ArrayList<>();
    private final Selector writing = Selector.open();
    private final Selector reading = Selector.open();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;
    private volatile IOException failure;

    Bulk(Overlay overlay, Direction direction) throws IOException {
        received = new AtomicLongArray(overlay.nics());
        try {
            for (int nic = 0; nic < overlay.nics(); nic++) connect(overlay, nic, direction);
        } catch (IOException e) {
            close();
            throw e;
        }
        ByteBuffer output = ByteBuffer.allocateDirect(WRITE_BYTES);
        ByteBuffer input = ByteBuffer.allocateDirect(READ_BYTES);
        start("bulk-write", () -> write(output));
        start("bulk-read", () -> read(input));
    }

    private interface Step {
        void run() throws IOException;
    }

    private void start(String name, Step step) {
        Thread thread = new Thread(() -> {
            try {
                while (!closed) step.run();
            } catch (IOException e) {
                if (!closed) failure = e;
            }
        }, name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void connect(Overlay overlay, int nic, Direction direction) throws IOException {
        InetSocketAddress server = new InetSocketAddress(Overlay.address(nic, 2), PORT);
        InetSocketAddress client = new InetSocketAddress(Overlay.address(nic, 1), 0);
        try (ServerSocketChannel listening = overlay.far.call(() -> ServerSocketChannel.open(StandardProtocolFamily.INET).bind(server))) {
            SocketChannel near = overlay.near.call(() -> SocketChannel.open(StandardProtocolFamily.INET).bind(client));
            channels.add(near);
            near.connect(server);
            SocketChannel far = listening.accept();
            channels.add(far);
            near.configureBlocking(false);
            far.configureBlocking(false);
            boolean out = direction == Direction.OUT || direction == Direction.BOTH && overlay.place(nic) % 2 == 0;
            (out ? near : far).register(writing, SelectionKey.OP_WRITE);
            (out ? far : near).register(reading, SelectionKey.OP_READ, nic);
        }
    }

    private void write(ByteBuffer data) throws IOException {
        writing.select(100);
        for (SelectionKey key : writing.selectedKeys()) {
            data.clear();
            ((SocketChannel) key.channel()).write(data);
        }
        writing.selectedKeys().clear();
    }

    private void read(ByteBuffer data) throws IOException {
        reading.select(100);
        for (SelectionKey key : reading.selectedKeys()) {
            data.clear();
            int bytes = ((SocketChannel) key.channel()).read(data);
            if (bytes > 0) received.addAndGet((Integer) key.attachment(), bytes);
        }
        reading.selectedKeys().clear();
    }

    /** Payload bytes received so far, for each vNIC. */
    long[] received() throws IOException {
        if (failure != null) throw failure;
        long[] bytes = new long[received.length()];
        for (int nic = 0; nic < bytes.length; nic++) bytes[nic] = received.get(nic);
        return bytes;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        writing.wakeup();
        reading.wakeup();
        try {
            for (Thread thread : threads) thread.join(3000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        writing.close();
        reading.close();
        for (SocketChannel channel : channels) channel.close();
    }
}
