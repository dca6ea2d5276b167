// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A way to a TCP port of the loopback that can fall silent, as a host does that is cut off (no answer, no reset), and that remembers what passed. */
final class Freezer implements AutoCloseable {
    private final int target;
    private final ServerSocket listener;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final ByteArrayOutputStream passed = new ByteArrayOutputStream();
    private boolean frozen;

    Freezer(int target) throws IOException {
        this.target = target;
        listener = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
        run(() -> {
            while (true) {
                Socket near = listener.accept();
                Socket far = new Socket(InetAddress.getByName("127.0.0.1"), target);
                sockets.add(near);
                sockets.add(far);
                run(() -> copy(near, far));
                run(() -> copy(far, near));
            }
        });
    }

    int port() {
        return listener.getLocalPort();
    }

    synchronized void freeze(boolean now) {
        frozen = now;
        notifyAll();
    }

    /** All bytes of both directions, one character each. */
    synchronized String passed() {
        return passed.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) socket.close();
        freeze(false);
    }

    private void copy(Socket from, Socket to) throws IOException, InterruptedException {
        byte[] buffer = new byte[65_536];
        try (from; to; InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                synchronized (this) {
                    while (frozen) wait();
                    passed.write(buffer, 0, n);
                }
                out.write(buffer, 0, n);
            }
        }
    }

    private static void run(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                return; // one side is gone
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }
}
