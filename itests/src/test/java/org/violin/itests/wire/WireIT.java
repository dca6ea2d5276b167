// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.violin.testkit.cluster.Eventually.eventually;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.Frames;
import org.violin.testkit.dataplane.MemoryDevice;
import org.violin.testkit.dataplane.MemoryPollerProvider;

/** Frames of a guest over a real wire: two data planes, two kernels' UDP, and between them a cable that the test holds in its hand. */
class WireIT {
    private static final int QUEUE_BYTES = 4 << 20;
    private static final int SEND_BUFFER_BYTES = 1 << 20;
    private static final long WAIT_NANOS = 10_000_000_000L;

    private final long seed = System.nanoTime();
    private final MemoryPollerProvider machine = new MemoryPollerProvider();
    private final MemoryDevice a = machine.device(64, Frames.MAX_RECORD);
    private final MemoryDevice b = machine.device(64, Frames.MAX_RECORD);
    private final ByteBuffer record = ByteBuffer.allocate(Frames.MAX_RECORD);
    private TwoHosts hosts;

    @BeforeEach
    void open() throws Exception {
        boolean root = "root".equals(System.getProperty("user.name"));
        Assumptions.assumeTrue(root && Files.exists(Path.of("/dev/net/tun")), "needs root and /dev/net/tun");
        System.out.println("seed " + seed);
        hosts = new TwoHosts(seed);
    }

    @AfterEach
    void close() {
        if (hosts != null) hosts.close();
    }

    private void start(FrameDevice far) throws Exception {
        hosts.start(machine, a, far, SEND_BUFFER_BYTES, QUEUE_BYTES);
    }

    private void send(byte[] bytes) {
        long end = System.nanoTime() + WAIT_NANOS;
        while (!a.guestSends(ByteBuffer.wrap(bytes), bytes.length)) {
            assertTrue(System.nanoTime() < end, "the guest's queue is not read");
            LockSupport.parkNanos(50_000);
        }
    }

    /** The next record at B; null when none comes in that time. */
    private byte[] receive(long nanos) {
        long end = System.nanoTime() + nanos;
        int length;
        while ((length = b.guestReceives(record)) <= 0) {
            if (System.nanoTime() > end) return null;
            LockSupport.parkNanos(20_000);
        }
        return Arrays.copyOf(record.array(), length);
    }

    private int number(byte[] got, int payloadBytes) {
        int number = ByteBuffer.wrap(got).getInt(Frames.OFFLOAD_HEADER + 14);
        assertArrayEquals(Samples.numbered(number, payloadBytes, seed), got, "frame " + number + " is not what was sent");
        return number;
    }

    @Test
    void frames_of_every_kind_arrive_byte_by_byte_over_a_wire_of_1500() throws Exception {
        start(b);
        eventually("the path MTU is found", () -> hosts.tunnel("a").pathMtuBytes() == 1500);
        for (int round = 0; round < 3; round++) {
            for (Map.Entry<String, byte[]> sample : Samples.all(seed + round).entrySet()) {
                send(sample.getValue());
                byte[] got = receive(WAIT_NANOS);
                assertTrue(got != null, sample.getKey() + " did not arrive");
                assertArrayEquals(sample.getValue(), got, sample.getKey());
            }
        }
        assertEquals(1500, hosts.wire.longestData.get());
        assertEquals(0, hosts.wire.cut.get(), "packets without DF or fragments");
    }

    @Test
    void a_device_that_takes_nothing_unfinished_gets_whole_and_right_frames() throws Exception {
        start(new PlainDevice(b));
        for (Map.Entry<String, byte[]> sample : Samples.all(seed).entrySet()) {
            byte[] sent = sample.getValue();
            if (sent[0] == 0) continue;
            send(sent);
            byte[] wanted = Samples.payload(Arrays.copyOfRange(sent, Frames.OFFLOAD_HEADER, sent.length));
            ByteArrayOutputStream payload = new ByteArrayOutputStream();
            while (payload.size() < wanted.length) {
                byte[] got = receive(WAIT_NANOS);
                assertTrue(got != null, sample.getKey() + " ends after " + payload.size() + " of " + wanted.length);
                assertArrayEquals(new byte[Frames.OFFLOAD_HEADER], Arrays.copyOf(got, Frames.OFFLOAD_HEADER), sample.getKey());
                byte[] frame = Arrays.copyOfRange(got, Frames.OFFLOAD_HEADER, got.length);
                assertTrue(frame.length <= 1514, sample.getKey() + ": " + frame.length);
                assertTrue(Samples.right(frame), sample.getKey() + ": wrong checksum");
                payload.writeBytes(Samples.payload(frame));
            }
            assertArrayEquals(wanted, payload.toByteArray(), sample.getKey());
        }
    }

    @Test
    void a_bit_that_changes_on_the_wire_never_reaches_a_guest() throws Exception {
        start(b);
        int flips = 2000;
        hosts.wire.flips.set(flips);
        int bytes = 1000;
        int sent = 0;
        int arrived = 0;
        while (hosts.wire.flips.get() > 0) {
            send(Samples.numbered(sent++, bytes, seed));
            for (byte[] got; (got = receive(0)) != null; arrived++) number(got, bytes);
            assertTrue(sent < 100 * flips, "only " + (flips - hosts.wire.flips.get()) + " packets were changed");
        }
        for (byte[] got; (got = receive(300_000_000)) != null; arrived++) number(got, bytes);
        long refused = refused();
        System.out.println(flips + " bits changed: " + sent + " frames sent, " + arrived + " right ones arrived, none wrong; the kernel refused " + refused);
        assertTrue(refused > flips * 8 / 10, "checksum errors counted by the kernel: " + refused);
        assertTrue(arrived > 0 && arrived < sent, arrived + " of " + sent);
        send(Samples.numbered(sent, bytes, seed));
        byte[] after = receive(WAIT_NANOS);
        assertTrue(after != null && number(after, bytes) == sent, "the path works afterwards");
    }

    /** UDP and IP checksum errors of host B's kernel. */
    private long refused() throws Exception {
        String[] lines = hosts.spaceB.call(() -> Files.readString(Path.of("/proc/thread-self/net/snmp"))).split("\n");
        long sum = 0;
        for (int i = 0; i < lines.length; i += 2) {
            String[] names = lines[i].split(" ");
            String[] values = lines[i + 1].split(" ");
            for (int n = 1; n < names.length; n++) {
                if (names[0].equals("Udp:") && names[n].equals("InCsumErrors") || names[0].equals("Ip:") && names[n].equals("InHdrErrors")) {
                    sum += Long.parseLong(values[n]);
                }
            }
        }
        return sum;
    }

    @Test
    void traffic_goes_on_when_the_wire_becomes_narrower_and_says_nothing() throws Exception {
        start(b);
        eventually("the path MTU is found", () -> hosts.tunnel("a").pathMtuBytes() == 1500);
        hosts.wire.mtuBytes = 1300;
        int bytes = 1486;
        int sent = 0;
        int arrived = 0;
        long end = System.nanoTime() + 3 * WAIT_NANOS;
        while (arrived < 200) {
            assertTrue(System.nanoTime() < end, "no traffic again; " + hosts.tunnel("a"));
            send(Samples.numbered(sent++, bytes, seed));
            byte[] got = receive(2_000_000);
            if (got != null) {
                if (arrived++ == 0) hosts.wire.longestData.set(0);
                number(got, bytes);
            }
        }
        assertEquals(1L, hosts.tunnel("a").counters().get("black-holes"));
        eventually("the narrow path's MTU is found", () -> hosts.tunnel("a").pathMtuBytes() > 1290);
        int first = sent;
        for (int i = 0; i < 500; i++) {
            send(Samples.numbered(sent++, bytes, seed));
            byte[] got = receive(WAIT_NANOS);
            while (got != null && number(got, bytes) < first) got = receive(WAIT_NANOS);
            assertTrue(got != null, "frame " + i + " after that is lost");
        }
        int longest = hosts.wire.longestData.get();
        assertTrue(longest > 1280 && longest <= 1300, "longest packet with data: " + longest);
        System.out.println("wire 1500 -> 1300: " + first + " frames until 200 had arrived; then packets of at most " + longest);
    }

    @Test
    void frames_of_1500_cross_a_wire_of_1280_from_the_first_on() throws Exception {
        hosts.wire.mtuBytes = 1280;
        start(b);
        for (int i = 0; i < 500; i++) {
            send(Samples.numbered(i, 1500, seed));
            byte[] got = receive(WAIT_NANOS);
            assertTrue(got != null && number(got, 1500) == i, "frame " + i);
        }
        assertTrue(hosts.wire.longestData.get() <= 1280, "longest packet with data: " + hosts.wire.longestData);
    }

    @Test
    void neighbours_that_change_places_on_the_wire_are_not_lost() throws Exception {
        start(b);
        eventually("the path MTU is found", () -> hosts.tunnel("a").pathMtuBytes() == 1500);
        hosts.wire.swaps = true;
        int bytes = 3000;
        int count = 2000;
        int arrived = 0;
        int last = -1;
        for (int sent = 0; sent < count; ) {
            send(Samples.numbered(sent++, bytes, seed));
            long patience = sent < count ? 0 : 500_000_000;
            for (byte[] got; (got = receive(patience)) != null; arrived++) {
                int number = number(got, bytes);
                assertTrue(number > last, "frame " + number + " behind " + last);
                last = number;
            }
            for (int i = 0; i < 200 && b.waiting() == 0 && hosts.port("b").framesOut() + 40 < sent; i++) LockSupport.parkNanos(50_000);
        }
        int lost = count - arrived;
        System.out.println(hosts.wire.swapped.get() + " times two packets changed places; of " + count + " frames " + lost + " were lost");
        assertTrue(hosts.wire.swapped.get() > count / 2, "swapped only " + hosts.wire.swapped.get());
        // A wire's thread that the machine does not run for some milliseconds looks like a loss: those few are not the order's.
        assertTrue(lost <= count / 100, lost + " of " + count + " lost; " + hosts.tunnel("b"));
    }

    /** A device for which all must be finished. */
    private record PlainDevice(MemoryDevice device) implements FrameDevice {
        @Override
        public int takes() {
            return 0;
        }

        @Override
        public int fd() {
            return device.fd();
        }

        @Override
        public int read(ByteBuffer slab, int offset, int capacity) {
            return device.read(slab, offset, capacity);
        }

        @Override
        public int write(ByteBuffer slab, int offset, int length) {
            return device.write(slab, offset, length);
        }

        @Override
        public void carrier(boolean up) {
            device.carrier(up);
        }

        @Override
        public void close() {
            device.close();
        }
    }
}
