// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.violin.api.model.Cidr;
import org.violin.api.model.NicSpec;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.FibRoute;
import org.violin.api.routing.Forwarding;
import org.violin.api.routing.RouterSpec;

/** The tables inside a real Click against longest-prefix matching done here. */
class ClickTablesTest {
    private final NicSpec eth0 = Bed.nic("eth0", 1, "10.0.1.1/24");
    private final NicSpec eth1 = Bed.nic("eth1", 2, "10.0.2.1/24");
    private Bed bed;

    @AfterEach
    void close() throws Exception {
        if (bed != null) bed.close();
    }

    private Forwarding open(int paths) throws Exception {
        bed = new Bed();
        RouterSpec spec = Bed.router(Map.of("click.paths", "" + paths), eth0, eth1);
        return bed.keep(bed.provider.open(spec, null, Map.of(), FibBatch.all(List.of()), null));
    }

    @Test
    void randomChangesGiveTheSameLookups() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Forwarding forwarding = open(2);
        RouterSpec spec = Bed.router(Map.of(), eth0, eth1);
        Map<Cidr, String> base = new BaseRoutes(spec, new Layout(spec)).entries;
        TreeMap<Cidr, FibRoute> fib = new TreeMap<>();
        for (int round = 0; round < 60; round++) {
            List<FibRoute> routes = new ArrayList<>();
            List<Cidr> removed = new ArrayList<>();
            boolean resync = random.nextInt(10) == 0;
            if (resync) fib.clear();
            for (int i = random.nextInt(20); i >= 0; i--) {
                Cidr to = prefix(random);
                if (!resync && random.nextInt(3) == 0) removed.add(to);
                else routes.add(random.nextInt(8) == 0 ? FibTableTest.route(to.toString()) : FibTableTest.route(to.toString(), hop(random), hop(random)));
            }
            removed.forEach(fib::remove);
            routes.forEach(r -> fib.put(r.destination(), r));
            forwarding.fib(new FibBatch(resync, routes, removed));
            for (int i = 0; i < 20; i++) {
                String address = "10." + random.nextInt(4) + "." + random.nextInt(4) + "." + random.nextInt(256);
                for (int path = 0; path < 2; path++) {
                    assertEquals(expected(address, base, fib, path), forwarding.command("read", GraphText.table(path) + ".lookup", address).trim(),
                            "round " + round + ", " + address + ", table " + path + ", seed " + seed);
                }
            }
        }
        assertEquals(0L, forwarding.counters().get("restarts"));
    }

    private static Cidr prefix(Random random) {
        int[] lengths = {0, 8, 9, 14, 15, 16, 20, 22, 23, 24, 25, 28, 30, 32};
        String address = "10." + random.nextInt(4) + "." + random.nextInt(4) + "." + random.nextInt(256);
        return new Cidr(address, lengths[random.nextInt(lengths.length)]).network();
    }

    private static String hop(Random random) {
        int nic = random.nextInt(2);
        return "10.0." + (nic + 1) + "." + (2 + random.nextInt(3)) + " eth" + nic;
    }

    private static String expected(String address, Map<Cidr, String> base, Map<Cidr, FibRoute> fib, int path) {
        for (int length = 32; length >= 0; length--) {
            Cidr to = new Cidr(address, length).network();
            boolean own = "0".equals(base.get(to));
            FibRoute route = own ? null : fib.get(to);
            if (route == null && base.containsKey(to)) return base.get(to);
            if (route == null) continue;
            if (route.hops().isEmpty()) return "3";
            FibRoute.Hop hop = route.hops().get(path);
            return (hop.nic().equals("eth0") ? 1 : 2) + " " + hop.via();
        }
        throw new AssertionError("there is a default route");
    }

    @Test
    void manyRoutesFitAndComeBackAfterTooManyNextHops() throws Exception {
        Forwarding forwarding = open(1);
        List<FibRoute> routes = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) routes.add(FibTableTest.route("172." + (16 + i / 4096) + "." + i / 16 % 256 + "." + i % 16 * 16 + "/28", "10.0.1.2 eth0"));
        long start = System.nanoTime();
        forwarding.fib(FibBatch.all(routes));
        System.out.println("10,000 routes in " + (System.nanoTime() - start) / 1_000_000 + " ms");
        assertTrue(forwarding.command("read", "rt.table", "").lines().count() > 10_000);
        for (int round = 0; round < 2; round++) {
            List<FibRoute> different = new ArrayList<>();
            for (int i = 2; i < 202; i++) different.add(FibTableTest.route("172.16." + i + ".0/24", "10.0." + (round + 1) + "." + i + " eth" + round));
            forwarding.fib(FibBatch.all(different));
        }
        Bed.await("the new start with the new routes", () -> {
            try {
                return forwarding.command("read", "rt.lookup", "172.16.7.1").trim().equals("2 10.0.2.7");
            } catch (org.violin.api.guest.GuestException e) {
                return false;
            }
        });
        assertEquals(1L, forwarding.counters().get("restarts"));
    }

    @Test
    void manyRoutesOfIpv6Fit() throws Exception {
        bed = new Bed();
        RouterSpec spec = Bed.router(Map.of(), Bed.nic("eth0", 1, "fd00:1::1/64"), Bed.nic("eth1", 2, "fd00:2::1/64"));
        Forwarding forwarding = bed.keep(bed.provider.open(spec, null, Map.of(), FibBatch.all(List.of()), null));
        List<FibRoute> routes = new ArrayList<>();
        for (int i = 0; i < Fib6Table.MOST; i++) routes.add(FibTableTest.route("fd01:" + Integer.toHexString(i) + "::/64", "fe80::" + (2 + i % 7) + " eth" + i % 2));
        long start = System.nanoTime();
        forwarding.fib(FibBatch.all(routes));
        System.out.println(Fib6Table.MOST + " routes of IPv6 in " + (System.nanoTime() - start) / 1_000_000 + " ms");
        for (String table : List.of("rt6a", "rt6b", "rt6a3", "rt6b3")) {
            assertTrue(forwarding.command("read", table + ".table", "").lines().count() > Fib6Table.MOST, table);
        }
        assertEquals("1", forwarding.command("read", "sw6.switch", "").trim());
        start = System.nanoTime();
        forwarding.fib(new FibBatch(false, List.of(), List.of(routes.get(17).destination())));
        System.out.println("one route less in " + (System.nanoTime() - start) / 1_000 + " us");
        assertEquals("0", forwarding.command("read", "sw6.switch", "").trim());
        assertEquals(0L, forwarding.counters().get("restarts"));
    }
}
