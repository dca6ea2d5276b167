// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.model.Cidr;
import org.violin.api.model.NicSpec;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.Forwarding;
import org.violin.api.routing.RouterSpec;

/** Whatever a vRouter looks like a real Click takes its graph, and whatever a guest sends does not end it. */
class ClickGraphsTest {
    private Bed bed;

    @BeforeEach
    void open() throws Exception {
        bed = new Bed();
    }

    @AfterEach
    void close() throws Exception {
        if (bed != null) bed.close();
    }

    private void assertTaken(RouterSpec spec) {
        assertEquals(List.of(), bed.provider.check(spec));
    }

    @Test
    void routersOfAllKindsHaveAGraph() {
        NicSpec four = Bed.nic("eth0", 1, "10.0.1.1/24");
        assertTaken(Bed.router(Map.of()));
        assertTaken(Bed.router(Map.of(), four));
        assertTaken(Bed.router(Map.of("click.paths", "1"), Bed.nic("eth0", 1)));
        assertTaken(Bed.router(Map.of(), Bed.nic("v6", 2, "2001:db8::1/64")));
        assertTaken(Bed.router(Map.of(), four, Bed.nic("v6", 2, "2001:db8::1/64"), Bed.nic("host", 3, "10.0.3.1/32"), Bed.nic("pair", 4, "10.0.4.0/31")));
        assertTaken(Bed.router(Map.of(), Bed.nic("a.b", 1, "10.0.1.1/24", "10.0.9.1/24", "10.1.0.1/16"), Bed.nic("a-b", 2, "10.0.2.1/24")));
        assertTaken(Bed.router(Map.of(), new NicSpec("jumbo", "02:00:5e:10:00:09", 9000, List.of(Cidr.parse("10.0.1.1/24")))));
        RouterSpec loop = Bed.router(Map.of(), four);
        assertTaken(new RouterSpec(loop.id(), "1.1.1.1", 0, Set.of(), "", "click", loop.nics(), List.of(), List.of("10.255.0.1", "2001:db8::ff/128"), Map.of(),
                ""));
        NicSpec[] many = new NicSpec[40];
        for (int i = 0; i < many.length; i++) many[i] = Bed.nic("eth" + i, i, "10.0." + i + ".1/24", "2001:db8:" + i + "::1/64");
        assertTaken(Bed.router(Map.of("click.paths", "16", "click.splice", "Null"), many));
        assertTaken(Bed.serving(Bed.router(Map.of(), many), Map.of("shape", Map.of("eth3", "1000000000"),
                "firewall", Map.of("policy", "drop", "rules", "iifname { eth1, eth2 } oifname != eth3 ct status dnat accept\nudp dport 53 reject"),
                "nat", Map.of("out", "eth1,eth2", "inside", "10.0.0.0/9,10.200.0.0/16", "forward", "tcp/80=10.0.5.5:8080,udp/5000-6000=10.0.6.6"))));
        RouterSpec few = Bed.router(Map.of(), four, Bed.nic("v6", 2, "2001:db8::1/64"), Bed.nic("bare", 3));
        for (Map<String, Map<String, String>> services : List.of(Map.of("nat", Map.of("out", "eth0")), Map.of("firewall", Map.<String, String>of()),
                Map.of("nat", Map.of("out", "eth0", "inside", "2001:db8::/32")), Map.of("shape", Map.of("bare", "8000", "eth0", "34000000000")),
                Map.of("firewall", Map.of("rules", "oifname bare drop"), "nat", Map.of("out", "eth0", "forward", "tcp/1-65535=10.0.1.9")))) {
            assertTaken(Bed.serving(few, services));
        }
        assertTaken(Bed.serving(Bed.router(Map.of(), Bed.nic("v6", 2, "2001:db8::1/64")), Map.of("firewall", Map.of("policy", "drop"))));
        assertTaken(Bed.serving(Bed.router(Map.of()), Map.of("firewall", Map.of("policy", "drop"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nat", "nat firewall shape"})
    void framesOfAnyFormDoNotEndIt(String services) throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        NicSpec eth0 = Bed.nic("eth0", 1, "10.0.1.1/24", "2001:db8:1::1/64");
        NicSpec eth1 = Bed.nic("eth1", 2, "10.0.2.1/24", "2001:db8:2::1/64");
        Map<String, Map<String, String>> settings = new TreeMap<>(Map.of("nat", Map.of("out", "eth0,eth1", "forward", "tcp/1-30000=10.0.2.2,udp/1-65535=10.0.2.3"),
                "firewall", Map.of("rules", "tcp dport 1-20000 reject\nct status dnat icmp type 8 drop"), "shape", Map.of("eth1", "100000000")));
        settings.keySet().retainAll(List.of(services.split(" ")));
        Forwarding forwarding = bed.keep(bed.provider.open(Bed.serving(Bed.router(Map.of(), eth0, eth1), settings), null, Map.of(), FibBatch.all(List.of()), null));
        FrameDevice in = forwarding.device("eth0").orElseThrow();
        FrameDevice out = forwarding.device("eth1").orElseThrow();
        ByteBuffer slab = ByteBuffer.allocateDirect(4096);
        ByteBuffer trash = ByteBuffer.allocateDirect(4096);
        int sent = 0;
        for (int i = 0; i < 20_000; i++) {
            int length = frame(slab, random);
            if (in.write(slab, 0, length) > 0) sent++;
            while (in.read(trash, 0, 4096) > 0 || out.read(trash, 0, 4096) > 0) {
                // Click's answers are not looked at
            }
            if (i % 200 == 0) forwarding.command("read", "rx_eth0.count", ""); // lets it catch up
        }
        Map<String, Long> counters = forwarding.counters();
        assertEquals(0L, counters.get("restarts"), "seed " + seed + ", " + sent + " sent, " + counters + bed.events);
        in.write(slab, 0, 5); // no frame: it must not reach Click, which would close its socket
        assertEquals(0, in.write(slab, 0, 10));
    }

    /** Something like IPv4 or ARP for the router, with random faults. */
    private static int frame(ByteBuffer slab, Random random) {
        int length = 24 + (random.nextInt(4) == 0 ? random.nextInt(1600) : random.nextInt(90));
        for (int i = 10; i < length; i++) slab.put(i, (byte) (random.nextBoolean() ? random.nextInt() : 0));
        byte[] mac = {2, 0, 0x5e, 0x10, 0, 1};
        if (random.nextInt(10) > 0) slab.put(10, mac);
        if (random.nextInt(20) == 0) slab.put(10, (byte) 0xff);
        if (random.nextInt(3) == 0) return six(slab, random, length);
        slab.putShort(22, (short) (random.nextInt(5) == 0 ? 0x0806 : 0x0800));
        if (length < 44 || slab.getShort(22) == 0x0806) return length;
        int words = random.nextInt(3) == 0 ? 5 + random.nextInt(11) : 5;
        slab.put(24, (byte) (0x40 | words)).putShort(26, (short) (random.nextInt(4) == 0 ? random.nextInt() : length - 24));
        if (random.nextBoolean()) slab.putShort(30, (short) 0);
        slab.put(32, (byte) random.nextInt(4)).put(33, (byte) (random.nextBoolean() ? 1 : random.nextInt(256)));
        slab.putInt(36, 0x0a000102).putInt(40, 0x0a000002 | random.nextInt(4) << 8);
        slab.putShort(34, (short) 0);
        int sum = 0;
        for (int i = 24; i < 24 + words * 4 && i + 1 < length; i += 2) sum += slab.getShort(i) & 0xffff;
        sum = (sum & 0xffff) + (sum >>> 16);
        if (random.nextInt(20) > 0) slab.putShort(34, (short) ~((sum & 0xffff) + (sum >>> 16)));
        return length;
    }

    /** IPv6 in which something may be wrong: the router's and its neighbours' addresses, or others, and neighbour discovery. */
    private static int six(ByteBuffer slab, Random random, int most) {
        int length = Math.max(most, 64);
        slab.putShort(22, (short) 0x86dd).put(24, (byte) (random.nextInt(20) == 0 ? random.nextInt() : 0x60));
        slab.putShort(28, (short) (random.nextInt(6) == 0 ? random.nextInt() : length - 64));
        slab.put(30, (byte) new int[] {58, 6, 17, 0, 44, 59}[random.nextInt(6)]).put(31, (byte) new int[] {255, 64, 1, 0}[random.nextInt(4)]);
        for (int at : new int[] {32, 48}) {
            if (random.nextInt(5) == 0) continue;
            slab.putLong(at, random.nextInt(6) == 0 ? 0xfe80L << 48 : 0x20010db800000000L | 1 + random.nextInt(3) << 16).putLong(at + 8, random.nextInt(300));
        }
        if (random.nextInt(10) == 0) slab.put(48, (byte) 0xff);
        if (slab.get(30) == 58 && length >= 96) {
            slab.put(64, (byte) (random.nextBoolean() ? 128 + random.nextInt(10) : random.nextInt(5)));
            slab.putLong(72, 0x20010db800000000L | 2 << 16).putLong(80, random.nextInt(300)).put(88, (byte) random.nextInt(4));
        }
        return length;
    }
}
