// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.HandOver;
import org.violin.api.model.NicSpec;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.Forwarding;
import org.violin.frame.Segmenter;

/** Forwardings in turn under a stream of numbered packets, with ports that are re-pointed as the engine does it. */
class SwapTest {
    private static final int SWAPS = 20;
    private static final long DRAIN_NANOS = 100_000_000;

    private final NicSpec eth0 = Bed.nic("eth0", 1, "10.0.1.1/24", "fd00:1::1/64");
    private final NicSpec eth1 = Bed.nic("eth1", 2, "10.0.2.1/24", "fd00:2::1/64");
    private Bed bed;
    private Bed.Box left;
    private Bed.Box right;
    private Bed.Box router;
    private Port port0;
    private Port port1;

    /** A link between a guest and whatever device its port is pointed at; what was replaced is still read for a moment. */
    private static final class Port implements AutoCloseable {
        private final FrameDevice guest;
        private final Set<FrameDevice> read = ConcurrentHashMap.newKeySet();
        private final Thread thread = new Thread(this::run, "port");
        private volatile FrameDevice target;
        private volatile boolean stopped;

        Port(FrameDevice guest, FrameDevice first) {
            this.guest = guest;
            guest.carrier(true);
            point(first);
            thread.start();
        }

        void point(FrameDevice next) {
            next.carrier(true);
            read.add(next);
            target = next;
        }

        void forget(FrameDevice old) {
            read.remove(old);
        }

        private void run() {
            ByteBuffer slab = ByteBuffer.allocateDirect(Frames.MAX_RECORD);
            Segmenter segmenter = new Segmenter();
            while (!stopped) {
                boolean idle = true;
                FrameDevice to = target;
                int n = guest.read(slab, 0, slab.capacity());
                if (n > 0 && to.takes() == FrameDevice.TAKES_ALL) to.write(slab, 0, n);
                else if (n > 0) segmenter.finish(slab, 0, n, true, to::write);
                if (n > 0) idle = false;
                for (FrameDevice from : read) {
                    n = from.read(slab, 0, slab.capacity());
                    if (n > 0) guest.write(slab, 0, n);
                    if (n > 0) idle = false;
                }
                if (idle) LockSupport.parkNanos(50_000);
            }
        }

        @Override
        public void close() throws Exception {
            stopped = true;
            thread.join();
        }
    }

    @BeforeEach
    void open() throws Exception {
        bed = new Bed();
        left = bed.box(Bed.nic("eth0", 11, "10.0.1.2/24", "fd00:1::2/64"));
        right = bed.box(Bed.nic("eth0", 12, "10.0.2.2/24", "fd00:2::2/64"));
        router = bed.box(eth0, eth1);
        router.sh("echo 1 > /proc/sys/net/ipv4/ip_forward");
        left.sh("ip route add default via 10.0.1.1; ip route add default via fd00:1::1");
        right.sh("ip route add default via 10.0.2.1; ip route add default via fd00:2::1");
        port0 = bed.keep(new Port(left.taps.get("eth0"), router.taps.get("eth0")));
        port1 = bed.keep(new Port(right.taps.get("eth0"), router.taps.get("eth1")));
    }

    @AfterEach
    void close() throws Exception {
        if (bed != null) bed.close();
    }

    /** Re-points both ports; null: at the guest's kernel. */
    private void exchange(Forwarding old, Forwarding next) {
        if (old != null) old.end();
        FrameDevice before0 = port0.target;
        FrameDevice before1 = port1.target;
        port0.point(next == null ? router.taps.get("eth0") : next.device("eth0").orElseThrow());
        port1.point(next == null ? router.taps.get("eth1") : next.device("eth1").orElseThrow());
        LockSupport.parkNanos(DRAIN_NANOS);
        port0.forget(before0);
        port1.forget(before1);
        if (old != null) old.close();
        if (next != null) next.begin();
    }

    private Forwarding click(Forwarding before) throws Exception {
        HandOver left = before == null ? null : before.release();
        return bed.keep(bed.provider.open(Bed.router(Map.of(), eth0, eth1), null, router.taps, FibBatch.all(List.of()), left));
    }

    /** Sends 2,000 numbered packets a second until it is told to stop, and says how many there were, of which how many arrived. */
    private int[] stream(String address, Steps steps) throws Exception {
        String family = address.indexOf(':') < 0 ? "2" : "10";
        String sink = "import socket,sys\ns=socket.socket(" + family + ",2);s.setsockopt(1,8,1<<22);s.bind(('" + address + "',7000));print('up',flush=True);got=set()\n"
                + "while True:\n d=s.recv(100)\n if d==b'end': break\n got.add(d)\nprint(len(got))";
        String source = "import socket,time,select,sys\ns=socket.socket(" + family + ",2);s.connect(('" + address + "',7000));n=0;t=time.time()\n"
                + "while not select.select([sys.stdin],[],[],0)[0]:\n for i in range(10):\n  s.send(b'%d'%n);n+=1\n t+=.005;d=t-time.time()\n if d>0: time.sleep(d)\n"
                + "time.sleep(1)\nfor i in range(3): s.send(b'end')\nprint(n)";
        Process to = new ProcessBuilder("nsenter", "--net=" + right.namespace.path(), "--", "python3", "-c", sink).redirectErrorStream(true).start();
        assertEquals('u', to.getInputStream().read());
        Process from = new ProcessBuilder("nsenter", "--net=" + left.namespace.path(), "--", "python3", "-c", source).redirectErrorStream(true).start();
        try {
            steps.run();
            from.getOutputStream().write('\n');
            from.getOutputStream().close();
            String sent = new String(from.getInputStream().readAllBytes()).trim();
            String got = new String(to.getInputStream().readAllBytes()).trim();
            return new int[] {Integer.parseInt(sent), Integer.parseInt(got.substring(got.indexOf('\n') + 1))};
        } finally {
            from.destroyForcibly();
            to.destroyForcibly();
        }
    }

    private interface Steps {
        void run() throws Exception;
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.2.2", "fd00:2::2"})
    void fromClickToClickNoPacketIsLost(String address) throws Exception {
        Forwarding[] now = {click(null)};
        exchange(null, now[0]);
        Bed.await("a way there and back", () -> { // IPv6 tries its addresses first
            try {
                return left.sh("ping -c 2 -i 0.05 -W 1 " + address).contains(" 0% packet loss");
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        int[] count = stream(address, () -> {
            for (int i = 0; i < SWAPS; i++) {
                LockSupport.parkNanos(100_000_000);
                Forwarding next = click(now[0]);
                exchange(now[0], next);
                now[0] = next;
            }
        });
        System.out.println("click to click, " + address + ": " + count[0] + " sent, " + (count[0] - count[1]) + " lost in " + SWAPS + " swaps");
        assertEquals(count[0], count[1]);
        assertEquals(0, router.forwarded() + router.forwarded6());
    }

    @Test
    void betweenClickAndTheKernelNoPacketIsLost() throws Exception {
        assertTrue(left.sh("ping -c 2 -i 0.05 10.0.2.2").contains(" 0% packet loss"));
        int[] count = stream("10.0.2.2", () -> {
            for (int i = 0; i < SWAPS / 2; i++) {
                LockSupport.parkNanos(100_000_000);
                Forwarding next = click(null);
                exchange(null, next);
                LockSupport.parkNanos(100_000_000);
                exchange(next, null);
            }
        });
        System.out.println("click and kernel: " + count[0] + " sent, " + (count[0] - count[1]) + " lost in " + SWAPS + " swaps");
        assertEquals(count[0], count[1]);
    }
}
