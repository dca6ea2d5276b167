// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.violin.linux.Netns;

/** What a program inside does by the kernel's own sockets: ping, TCP, UDP. Each call works in the namespace of a thread of its own. */
final class Knocks {
    private static final int MOST_ADDRESSES = 16;
    private static final int PING_MILLIS = 300;
    private static final int CONNECT_MILLIS = 300;

    private final Scene scene;
    private final Canaries canaries;
    private final Marker marker;

    /** @param opened a way out leads to that address */
    record Answer(String text, boolean opened) {}

    Knocks(Scene scene, Canaries canaries, Marker marker) {
        this.scene = scene;
        this.canaries = canaries;
        this.marker = marker;
    }

    /** Addresses that must not answer: of this host and of the others, but those that the violin has itself. */
    List<InetAddress> targets() {
        List<InetAddress> all = new ArrayList<>(scene.hostAddresses());
        all.addAll(scene.members());
        return all.stream().distinct().filter(a -> !scene.inside().contains(a)).limit(MOST_ADDRESSES).toList();
    }

    /** Whether an address answers a ping, asked from that namespace. */
    static boolean answers(String namespace, InetAddress address) throws IOException {
        return Netns.call(namespace, () -> {
            try {
                return address.isReachable(PING_MILLIS);
            } catch (IOException e) {
                return false; // no route to it
            }
        });
    }

    /** Knocks from one guest; the tasks may run at the same time. Each gives what answered, by name; none is good. */
    List<Callable<List<Answer>>> from(Cell cell) {
        List<Callable<List<Answer>>> tasks = new ArrayList<>();
        for (InetAddress to : targets()) {
            Canary canary = canaries.add(Case.ADDRESSES, cell.id().node(), "UDP to " + to.getHostAddress(), Craft.payload(to));
            tasks.add(() -> {
                List<String> answers = Netns.call(cell.networkNamespace(), () -> knock(to, canary));
                if (answers(cell.networkNamespace(), to)) answers.add(0, "ping");
                return answers.stream().map(a -> new Answer(cell.id().node() + ": " + a + " of " + to.getHostAddress() + " answers", scene.opens(to))).toList();
            });
        }
        return tasks;
    }

    private List<String> knock(InetAddress to, Canary canary) {
        datagrams(to, canary);
        return connections(to);
    }

    private void datagrams(InetAddress to, Canary canary) {
        ByteBuffer bytes = ByteBuffer.allocate(Marker.BYTES);
        marker.put(bytes, 0, canary.number());
        try (DatagramSocket socket = new DatagramSocket()) {
            for (int port : new int[] {scene.tunnel().getPort(), 53, 40_001}) {
                socket.send(new DatagramPacket(bytes.array(), Marker.BYTES, to, port));
            }
        } catch (IOException e) {
            return; // no route to it: as it should be
        }
    }

    private List<String> connections(InetAddress to) {
        Map<Integer, SocketChannel> open = new LinkedHashMap<>();
        List<String> answers = new ArrayList<>();
        try {
            for (int port : scene.controlPorts()) open.put(port, SocketChannel.open());
            open.forEach((port, channel) -> attempt(answers, port, () -> {
                channel.configureBlocking(false);
                return channel.connect(new InetSocketAddress(to, port));
            }));
            long deadline = System.nanoTime() + CONNECT_MILLIS * 1_000_000L;
            while (System.nanoTime() < deadline && open.values().stream().anyMatch(SocketChannel::isConnectionPending)) {
                open.forEach((port, channel) -> {
                    if (channel.isConnectionPending()) attempt(answers, port, channel::finishConnect);
                });
                LockSupport.parkNanos(5_000_000);
            }
        } catch (IOException e) {
            answers.add("(no socket: " + e.getMessage() + ")");
        } finally {
            open.values().forEach(Knocks::close);
        }
        return answers;
    }

    private static void attempt(List<String> answers, int port, Callable<Boolean> connect) {
        try {
            if (connect.call()) answers.add("TCP port " + port);
        } catch (ConnectException e) {
            if (String.valueOf(e.getMessage()).contains("refused")) answers.add("TCP port " + port + " (refused)");
        } catch (Exception e) {
            return; // no route to it: as it should be. The channel is closed now
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            return; // it is closed as well as can be
        }
    }
}
