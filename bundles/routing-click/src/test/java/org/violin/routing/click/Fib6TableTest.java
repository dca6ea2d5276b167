// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.violin.api.model.Cidr;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.FibRoute;
import org.violin.api.routing.RouterSpec;

/** Changes of two sides of tables, played by maps. */
class Fib6TableTest {
    private static final int PATHS = 2;
    private final RouterSpec spec = Bed.router(Map.of(), Bed.nic("eth0", 1, "fd00:1::1/64"), Bed.nic("eth1", 2, "fd00:2::1/64"));
    private final Layout layout = new Layout(spec);
    private final BaseRoutes6 base = new BaseRoutes6(spec, layout);
    private final Fib6Table table = new Fib6Table(layout, base, PATHS);
    private final Twin twin = new Twin();

    /** Click's tables; what forwards must not change under way. */
    private final class Twin implements Fib6Table.Port {
        final Map<String, Map<String, String>> tables = new HashMap<>();
        int side;
        int turns;
        Predicate<String> refuses = line -> false;
        boolean dead;

        Twin() {
            restart();
        }

        void restart() {
            side = 0;
            dead = false;
            for (int at = 0; at < 2; at++) {
                for (int path = 0; path < PATHS; path++) {
                    Map<String, String> fresh = new TreeMap<>();
                    base.entries.forEach((to, entry) -> fresh.put(to.toString(), entry));
                    tables.put(Ip6Text.table(at, path), fresh);
                }
            }
        }

        @Override
        public void write(List<String[]> lines) throws IOException, ClickError {
            if (dead) throw new IOException("gone");
            ClickError first = null;
            for (String[] line : lines) {
                if (line[0].equals(Ip6Text.SWITCH)) {
                    side = Integer.parseInt(line[1]);
                    turns++;
                }
                if (!line[0].endsWith(".ctrl")) continue;
                if (refuses.test(line[1])) {
                    first = first == null ? new ClickError(520, "bad line " + line[1]) : first;
                    continue;
                }
                String[] words = line[1].split(" ", 3);
                Map<String, String> one = tables.get(line[0].substring(0, line[0].indexOf('.')));
                if (words[0].equals("add")) one.put(words[1], words[2]);
                else one.remove(words[1]);
            }
            if (first != null) throw first;
        }

        @Override
        public String read(String handler) {
            return "2";
        }

        Map<String, String> forwards(int path) {
            return tables.get(Ip6Text.table(side, path));
        }
    }

    private void apply(FibBatch batch) throws Exception {
        table.prepare(batch, twin);
        table.commit(twin);
    }

    private static FibBatch batch(FibRoute... routes) {
        return new FibBatch(false, List.of(routes), List.of());
    }

    @Test
    void bothSidesHoldWhatWasLearnt() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Map<String, String> wanted = new TreeMap<>();
        for (int round = 0; round < 200; round++) {
            boolean resync = random.nextInt(8) == 0;
            if (resync) wanted.clear();
            List<FibRoute> routes = new ArrayList<>();
            List<Cidr> removed = new ArrayList<>();
            for (int i = random.nextInt(6); i >= 0; i--) {
                String to = "fd00:" + (1 + random.nextInt(12)) + "::/" + (random.nextBoolean() ? 64 : 48);
                if (!resync && random.nextInt(3) == 0) removed.add(Cidr.parse(to));
                else routes.add(FibTableTest.route(to, "fe80::" + (1 + random.nextInt(3)) + " eth" + random.nextInt(2)));
            }
            removed.forEach(r -> wanted.remove(r.toString()));
            routes.forEach(r -> wanted.put(r.destination().toString(), r.hops().get(0).via() + " " + (r.hops().get(0).nic().equals("eth0") ? 1 : 2)));
            apply(new FibBatch(resync, routes, removed));
            Map<String, String> all = new TreeMap<>();
            base.entries.forEach((to, entry) -> all.put(to.toString(), entry));
            all.putAll(wanted);
            twin.tables.forEach((name, one) -> assertEquals(all, one, name + ", seed " + seed));
            if (random.nextInt(20) == 0) {
                twin.restart();
                table.replay(twin);
            }
        }
    }

    @Test
    void whatClickRefusesIsNeverForwardedBy() throws Exception {
        apply(batch(FibTableTest.route("fd00:9::/64", "fe80::2 eth0")));
        Map<String, Map<String, String>> before = new HashMap<>();
        twin.tables.forEach((name, one) -> before.put(name, new TreeMap<>(one)));
        int turns = twin.turns;
        twin.refuses = line -> line.contains("fd00:bad::");
        assertThrows(ClickError.class, () -> table.prepare(batch(FibTableTest.route("fd00:9::/64", "fe80::3 eth1"), FibTableTest.route("fd00:bad::/64", "fe80::2 eth0")), twin));
        table.commit(twin);
        assertEquals(before, twin.tables);
        assertEquals(turns, twin.turns);
    }

    @Test
    void whatADeadClickMissedIsKept() throws Exception {
        twin.dead = true;
        assertThrows(IOException.class, () -> table.prepare(batch(FibTableTest.route("fd00:9::/64", "fe80::2 eth0")), twin));
        twin.restart();
        table.replay(twin);
        assertEquals("fe80::2 1", twin.forwards(0).get("fd00:9::/64"));
        assertEquals(0, twin.turns);
    }

    @Test
    void hopsAreSharedAndOwnAddressesStay() throws Exception {
        apply(batch(FibTableTest.route("fd00:9::/64", "fe80::2 eth0", "fe80::3 eth1"), FibTableTest.route("fd00:1::1/128", "fe80::2 eth0"),
                FibTableTest.route("fd00:7::/64"), FibTableTest.route("fd00:8::/64", "fe80::2 eth7"), FibTableTest.route("fd00:6::1/128", "- lo"),
                FibTableTest.route("10.0.0.0/8", "10.0.0.1 eth0")));
        assertEquals("fe80::2 1", twin.forwards(0).get("fd00:9::/64"));
        assertEquals("fe80::3 2", twin.forwards(1).get("fd00:9::/64"));
        assertEquals("0", twin.forwards(0).get("fd00:1::1/128"));
        assertEquals("3", twin.forwards(0).get("fd00:7::/64"));
        assertEquals("4", twin.forwards(0).get("fd00:8::/64"));
        assertEquals("0", twin.forwards(0).get("fd00:6::1/128"));
        assertFalse(twin.forwards(0).containsKey("10.0.0.0/8"));
        assertEquals(2, table.ignored());
    }

    @Test
    void routesAboveTheBoundAreCounted() throws Exception {
        List<FibRoute> many = new ArrayList<>();
        for (int i = 0; i < Fib6Table.MOST + 3; i++) many.add(FibTableTest.route("fd01:" + Integer.toHexString(i) + "::/64", "fe80::2 eth0"));
        apply(FibBatch.all(many));
        assertEquals(Fib6Table.MOST, table.size());
        assertEquals(3, table.ignored());
    }
}
