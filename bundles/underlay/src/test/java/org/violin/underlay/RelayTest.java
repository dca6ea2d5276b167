// SPDX-License-Identifier: Apache-2.0
package org.violin.underlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.violin.linux.EpollPollerProvider;
import org.violin.linux.Netns;
import org.violin.linux.PacketSocket;
import org.violin.linux.Rtnetlink;
import org.violin.linux.Timer;

/** Three hosts' cables in one network namespace, which goes with a sleeping process: what enters farI reaches the relay at hostI. */
class RelayTest {
    private static final String SETUP = """
            for i in 1 2 3; do
                ip link add far$i mtu 9000 type veth peer name host$i mtu 9000 && ip link set far$i addrgenmode none up && ip link set host$i addrgenmode none up || exit
            done
            echo up; exec sleep 600""";
    private static final int HEADER = 10;
    private static final int MARKER = 0x5eed_4321;
    private static final int MARK = HEADER + 14;

    private final ByteBuffer frame = ByteBuffer.allocateDirect(80_000);
    private final List<PacketSocket> far = new ArrayList<>();
    private final List<PacketSocket> near = new ArrayList<>();
    private Process sleeper;
    private Timer timer;
    private Relay relay;
    private Thread thread;

    @TempDir
    private Path folder;

    @BeforeEach
    void open() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        sleeper = new ProcessBuilder("unshare", "-n", "sh", "-c", SETUP).start();
        assertEquals('u', sleeper.getInputStream().read());
        for (int i = 1; i <= 3; i++) {
            far.add(socket("far" + i));
            near.add(socket("host" + i));
        }
        timer = Timer.open();
        relay = new Relay(near, new EpollPollerProvider().open(), timer, Matrix.parse(List.of("0 20000000 60000000", "20000000 0 0", "60000000 0 0")));
        thread = new Thread(relay::run);
        thread.start();
    }

    @AfterEach
    void close() throws Exception {
        if (relay != null) relay.end();
        if (thread != null) thread.join();
        if (timer != null) timer.close();
        far.forEach(PacketSocket::close);
        near.forEach(PacketSocket::close);
        if (sleeper != null) sleeper.destroyForcibly().waitFor();
    }

    private PacketSocket socket(String name) throws Exception {
        return Netns.call("/proc/" + sleeper.pid() + "/ns/net", () -> {
            try (Rtnetlink kernel = Rtnetlink.open()) {
                int index = kernel.links().stream().filter(l -> l.name().equals(name)).findFirst().orElseThrow().index();
                return PacketSocket.open(index, true, 4 << 20);
            }
        });
    }

    private static long station(int host) {
        return 0x0200_0000_0000L + host;
    }

    private static final long ALL = 0xFFFF_FFFF_FFFFL;

    private void send(int from, long to, int number, int bytes) {
        for (int i = 0; i < HEADER; i++) frame.put(i, (byte) 0);
        frame.putShort(HEADER, (short) (to >>> 32)).putInt(HEADER + 2, (int) to);
        frame.putShort(HEADER + 6, (short) (station(from) >>> 32)).putInt(HEADER + 8, (int) station(from));
        frame.putShort(HEADER + 12, (short) 0x88b5).putInt(MARK, MARKER).putInt(MARK + 4, number);
        frame.put(bytes - 1, (byte) number);
        assertEquals(bytes, far.get(from - 1).send(frame, 0, bytes));
    }

    /** The number of the next frame with the marker that comes in there; waits for it. */
    private int next(int host) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (System.nanoTime() - deadline < 0) {
            int n = far.get(host - 1).receive(frame, 0, frame.capacity());
            boolean ours = n > MARK + 8 && frame.getInt(MARK) == MARKER && !far.get(host - 1).outgoing();
            if (!ours) {
                if (n == 0) Thread.onSpinWait();
                continue;
            }
            assertEquals((byte) frame.getInt(MARK + 4), frame.get(n - 1), "whole");
            return frame.getInt(MARK + 4);
        }
        throw new AssertionError("nothing came at host " + host + " within 20 s");
    }

    @Test
    void aFrameComesNoEarlierThanItsPairsDelay() {
        long start = System.nanoTime();
        send(1, ALL, 1, 100);
        assertEquals(1, next(2));
        long second = System.nanoTime() - start;
        assertEquals(1, next(3));
        long third = System.nanoTime() - start;
        assertTrue(second >= 20_000_000 && third >= 60_000_000, second + " and " + third + " ns");
        assertTrue(relay.counts().lateNanos >= 0 && relay.counts().frames == 2, "both were counted");
    }

    @Test
    void learntStationsGetTheirFramesAlone() {
        send(2, ALL, 1, 100);
        assertEquals(1, next(1));
        assertEquals(1, next(3));
        send(3, station(2), 2, 9000);
        send(3, ALL, 3, 100);
        assertEquals(2, next(2));
        assertEquals(3, next(2));
        assertEquals(3, next(1), "not 2, which was for host 2");
    }

    @Test
    void orderIsKeptUnderLoadAndWhenTheWayBecomesShorter() {
        send(2, ALL, 1, 100);
        assertEquals(1, next(1));
        for (int i = 0; i < 2000; i++) {
            if (i == 1000) relay.use(Matrix.even(3, 0));
            send(1, station(2), i, 100 + i % 1400);
        }
        for (int i = 0; i < 2000; i++) assertEquals(i, next(2));
        assertEquals(0, relay.counts().overflow + relay.counts().refused);
    }

    @Test
    void aFullLineRefusesNewFramesAndCountsThem() {
        relay.use(Matrix.even(3, 5_000_000_000L));
        int sent = 0;
        while (relay.counts().overflow == 0 && sent < 2 * Relay.MOST_FRAMES) send(1, ALL, ++sent, 60);
        assertTrue(relay.counts().overflow > 0, sent + " frames sent");
        assertEquals(1, next(2), "the oldest came through");
    }

    @Test
    void theLauncherChangesDelaysThroughTheFolder() throws Exception {
        Files.writeString(folder.resolve("delays"), "# one\n" + Matrix.even(3, 1000).text());
        Desk desk = new Desk(folder);
        assertEquals(500, desk.read().nanos(0, 1));
        Thread server = new Thread(() -> desk.serve(relay, near));
        server.start();
        try {
            await("id=one");
            put("# two\n" + Matrix.even(3, 2000).text());
            await("id=two");
            put("# three\n" + Matrix.even(2, 2000).text());
            put("# four\n0 1");
            put("# five\n" + Matrix.even(3, 0).text());
            await("id=five");
            send(1, ALL, 9, 100);
            assertEquals(9, next(2));
            await("frames=2");
        } finally {
            server.interrupt();
            server.join();
        }
        assertThrows(IllegalArgumentException.class, () -> relay.use(Matrix.even(2, 0)));
        assertFalse(Files.readString(folder.resolve("state")).contains("id=three"));
    }

    private void put(String delays) throws Exception {
        Files.writeString(folder.resolve("new"), delays);
        Files.move(folder.resolve("new"), folder.resolve("delays"), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    private void await(String line) throws Exception {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!Files.exists(folder.resolve("state")) || !Files.readAllLines(folder.resolve("state")).contains(line)) {
            if (System.nanoTime() - deadline > 0) throw new AssertionError("no " + line + " within 20 s");
            Thread.sleep(20);
        }
    }
}
