// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.violin.api.model.Cidr;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.FibRoute;
import org.violin.api.routing.RouterSpec;

class FibTableTest {
    private static final RouterSpec SPEC = Bed.router(Map.of(), Bed.nic("eth0", 1, "10.0.1.1/24"), Bed.nic("eth1", 2, "10.0.2.1/24"));

    private final List<String> written = new ArrayList<>();

    private static FibTable table(int paths) {
        Layout layout = new Layout(SPEC);
        return new FibTable(layout, new BaseRoutes(SPEC, layout), paths);
    }

    static FibRoute route(String to, String... hops) {
        List<FibRoute.Hop> all = new ArrayList<>();
        for (String hop : hops) {
            String[] words = hop.split(" ");
            all.add(new FibRoute.Hop(words[0].equals("-") ? "" : words[0], words[1], words.length > 2 ? Integer.parseInt(words[2]) : 1));
        }
        return new FibRoute(Cidr.parse(to), "static", all);
    }

    private List<String> apply(FibTable table, FibBatch batch) throws Exception {
        written.clear();
        table.apply(batch, (handler, lines) -> written.add(handler + ":" + lines.replace("\n", ";")));
        return List.copyOf(written);
    }

    private static FibBatch more(FibRoute... routes) {
        return new FibBatch(false, List.of(routes), List.of());
    }

    private static FibBatch less(String... gone) {
        return new FibBatch(false, List.of(), java.util.Arrays.stream(gone).map(Cidr::parse).toList());
    }

    @Test
    void writesOnlyWhatChanges() throws Exception {
        FibTable table = table(1);
        assertEquals(List.of("rt.ctrl:set 10.3.0.0/16 10.0.2.9 2;set 10.4.0.0/16 3;"),
                apply(table, FibBatch.all(List.of(route("10.3.0.0/16", "10.0.2.9 eth1"), route("10.4.0.0/16")))));
        assertEquals(List.of(), apply(table, more(route("10.3.0.0/16", "10.0.2.9 eth1"))));
        assertEquals(List.of("rt.ctrl:set 10.3.0.0/16 10.0.1.9 1;"), apply(table, more(route("10.3.0.0/16", "10.0.1.9 eth0"))));
        assertEquals(List.of("rt.ctrl:remove 10.4.0.0/16;"), apply(table, FibBatch.all(List.of(route("10.3.0.0/16", "10.0.1.9 eth0")))));
        assertEquals(List.of("rt.ctrl:remove 10.3.0.0/16;"), apply(table, less("10.3.0.0/16", "10.77.0.0/16")));
        assertEquals(0, table.size());
    }

    @Test
    void whatTheRouterItselfKnowsComesBackOrStays() throws Exception {
        FibTable table = table(1);
        assertEquals(List.of("rt.ctrl:set 0.0.0.0/0 10.0.1.9 1;"), apply(table, more(route("0.0.0.0/0", "10.0.1.9 eth0"))));
        assertEquals(List.of("rt.ctrl:set 0.0.0.0/0 4;"), apply(table, less("0.0.0.0/0"))); // unreachable again
        assertEquals(List.of(), apply(table, more(route("10.0.1.0/24", "- eth0")))); // connected: known already
        assertEquals(List.of(), apply(table, less("10.0.1.0/24")));
        assertEquals(List.of(), apply(table, more(route("10.0.1.1/32", "10.0.2.9 eth1")))); // its own address
        assertEquals(1, table.ignored());
        assertEquals(List.of(), apply(table, more(route("2001:db8::/32", "2001:db8::1 eth1"))));
        assertEquals(List.of("rt.ctrl:set 10.9.0.0/16 4;"), apply(table, more(route("10.9.0.0/16", "10.0.2.9 eth7"))));
        assertEquals(2, table.ignored());
    }

    @Test
    void eachTableHasItsShareOfNextHops() throws Exception {
        FibTable table = table(4);
        assertEquals(List.of("rt.ctrl:set 10.3.0.0/16 10.0.1.9 1;", "rt1.ctrl:set 10.3.0.0/16 10.0.1.9 1;", "rt2.ctrl:set 10.3.0.0/16 10.0.2.9 2;",
                "rt3.ctrl:set 10.3.0.0/16 10.0.2.9 2;"), apply(table, more(route("10.3.0.0/16", "10.0.1.9 eth0", "10.0.2.9 eth1"))));
        assertEquals(List.of("rt1.ctrl:set 10.3.0.0/16 10.0.2.9 2;"), apply(table, more(route("10.3.0.0/16", "10.0.1.9 eth0 1", "10.0.2.9 eth1 3"))));
        assertEquals(4, apply(table, less("10.3.0.0/16")).size());
    }

    @Test
    void longChangesAreCutBelowClicksLimit() throws Exception {
        List<FibRoute> many = new ArrayList<>();
        for (int i = 0; i < 5000; i++) many.add(route("172." + (16 + i / 2560) + "." + i / 10 % 256 + "." + i % 10 * 16 + "/28", "10.0.1.9 eth0"));
        FibTable table = table(1);
        apply(table, FibBatch.all(many));
        assertTrue(written.size() > 2 && written.stream().allMatch(w -> w.length() <= 65_000), written.size() + " writes");
        assertEquals(5000, written.stream().mapToInt(w -> w.split("set ", -1).length - 1).sum());
        List<String> again = new ArrayList<>();
        table.replay((handler, lines) -> again.add(lines));
        assertEquals(written.stream().map(w -> w.substring(w.indexOf(':') + 1)).toList(), again.stream().map(a -> a.replace("\n", ";")).toList());
    }

    @Test
    void whatClickRefusesIsTakenBackEverywhere() throws Exception {
        FibTable table = table(2);
        Map<String, String> asked = new TreeMap<>();
        apply(table, more(route("10.3.0.0/16", "10.0.1.9 eth0")));
        written.clear();
        assertThrows(ClickError.class, () -> table.apply(new FibBatch(false, List.of(route("10.3.0.0/16", "10.0.2.9 eth1"), route("10.5.0.0/16")),
                List.of()), (handler, lines) -> {
            written.add(handler + ":" + lines.replace("\n", ";"));
            if (handler.equals("rt1.ctrl")) throw new ClickError(520, "no");
        }));
        assertEquals("rt.ctrl:remove 10.5.0.0/16;set 10.3.0.0/16 10.0.1.9 1;", written.get(2));
        assertEquals(1, table.size());
        table.replay((handler, lines) -> asked.put(handler, lines));
        assertEquals(Map.of("rt.ctrl", "set 10.3.0.0/16 10.0.1.9 1\n", "rt1.ctrl", "set 10.3.0.0/16 10.0.1.9 1\n"), asked);
    }

    @Test
    void whatADeadClickMissedIsKept() throws Exception {
        FibTable table = table(1);
        assertThrows(IOException.class, () -> table.apply(more(route("10.3.0.0/16", "10.0.1.9 eth0")), (handler, lines) -> {
            throw new IOException("gone");
        }));
        List<String> again = new ArrayList<>();
        table.replay((handler, lines) -> again.add(lines));
        assertEquals(List.of("set 10.3.0.0/16 10.0.1.9 1\n"), again);
    }

    @Test
    void clickIsStartedAnewBeforeItHasSeenTooManyNextHops() throws Exception {
        FibTable table = table(1);
        List<FibRoute> first = new ArrayList<>();
        List<FibRoute> second = new ArrayList<>();
        for (int i = 0; i < FibTable.MOST_HOPS; i++) {
            first.add(route("172.16." + i + ".0/24", "10.0.1." + (i + 2) + " eth0"));
            second.add(route("172.16." + i + ".0/24", "10.0.2." + (i + 2) + " eth1"));
        }
        apply(table, FibBatch.all(first));
        assertThrows(IOException.class, () -> apply(table, FibBatch.all(second)));
        table.replay((handler, lines) -> written.add(lines));
        assertTrue(written.get(0).contains("10.0.2.7 2") && !written.get(0).contains("10.0.1.7"), written.get(0).substring(0, 80));
        second.add(route("172.17.0.0/24", "10.0.1.250 eth0"));
        assertThrows(ClickError.class, () -> apply(table, FibBatch.all(second)));
        assertEquals(FibTable.MOST_HOPS, table.size());
    }
}
