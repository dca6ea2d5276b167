// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.violin.api.model.Cidr;
import org.violin.api.model.LinkSpec;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.RouteSpec;
import org.violin.api.model.ViolinSpec;
import org.violin.testkit.control.ForwardingModel;
import org.violin.testkit.control.SpecBuilder;

/** Random violins against slow and plain answers: packets forwarded by hand, distances by relaxing until nothing changes. */
class KernelRoutingModelTest {
    /** A random violin: LANs of one switch, each in a random choice of families, routers and vHosts on random LANs with random costs. */
    private static final class World {
        final SpecBuilder spec = SpecBuilder.violin("w");
        final List<List<String>> guestsOfLan = new ArrayList<>();
        final Map<String, Integer> cost = new HashMap<>();
        final Map<String, Integer> nics = new HashMap<>();
        final Set<String> routers = new java.util.TreeSet<>();
        final List<Integer> families = new ArrayList<>();

        World(long seed) {
            Random random = new Random(seed);
            int lans = 2 + random.nextInt(8);
            for (int l = 0; l < lans; l++) {
                spec.vswitches("s" + l);
                guestsOfLan.add(new ArrayList<>());
                families.add(random.nextInt(4) == 0 ? 1 + random.nextInt(2) : 3);
            }
            int count = 1 + random.nextInt(9);
            for (int r = 0; r < count; r++) {
                spec.vrouter("r" + r);
                routers.add("r" + r);
                for (int n = 1 + random.nextInt(3); n > 0; n--) attach("r" + r, random.nextInt(lans), 1 + random.nextInt(4));
            }
            for (int h = 0; h < 6; h++) {
                spec.vhost("h" + h);
                for (int n = random.nextInt(5) == 0 ? 2 : 1; n > 0; n--) attach("h" + h, random.nextInt(lans), 1 + random.nextInt(4));
            }
        }

        private void attach(String guest, int lan, int weight) {
            if (guestsOfLan.get(lan).contains(guest)) return;
            guestsOfLan.get(lan).add(guest);
            int host = guestsOfLan.get(lan).size();
            int nic = nics.merge(guest, 1, Integer::sum);
            List<String> addresses = new ArrayList<>();
            if ((families.get(lan) & 1) != 0) addresses.add("10.0." + lan + "." + host + "/24");
            if ((families.get(lan) & 2) != 0) addresses.add("fd00:" + lan + "::" + host + "/64");
            spec.nic(guest, "eth" + nic, addresses.toArray(new String[0]));
            spec.link(guest + ":eth" + nic, "s" + lan + ":p" + host, weight);
            cost.put(guest + "@" + lan, weight);
        }

        /** Distance of every guest to one LAN for one family, by the rule in the README. */
        Map<String, Integer> distances(int lan, int family) {
            Map<String, Integer> d = new HashMap<>();
            if ((families.get(lan) & family) == 0) return d;
            Set<String> inside = Set.copyOf(guestsOfLan.get(lan));
            for (String guest : inside) if (routers.contains(guest)) d.put(guest, cost.get(guest + "@" + lan));
            for (boolean changed = true; changed; ) {
                changed = false;
                for (int via = 0; via < guestsOfLan.size(); via++) {
                    if ((families.get(via) & family) == 0) continue;
                    for (String a : guestsOfLan.get(via)) {
                        for (String b : guestsOfLan.get(via)) {
                            if (a.equals(b) || inside.contains(a) || !routers.contains(b) || !d.containsKey(b)) continue;
                            int sum = d.get(b) + cost.get(a + "@" + via) + cost.get(b + "@" + via);
                            if (sum < d.getOrDefault(a, Integer.MAX_VALUE)) {
                                d.put(a, sum);
                                changed = true;
                            }
                        }
                    }
                }
            }
            return d;
        }

        int length(List<String> nodes, int lan, int family) {
            int sum = 0;
            for (int i = 0; i + 1 < nodes.size(); i++) {
                if (guestsOfLan.get(lan).contains(nodes.get(i))) return sum + cost.get(nodes.get(i) + "@" + lan);
                int best = Integer.MAX_VALUE;
                for (int l = 0; l < guestsOfLan.size(); l++) {
                    if ((families.get(l) & family) == 0 || !guestsOfLan.get(l).containsAll(nodes.subList(i, i + 2))) continue;
                    best = Math.min(best, cost.get(nodes.get(i) + "@" + l) + cost.get(nodes.get(i + 1) + "@" + l));
                }
                sum += best;
            }
            return sum;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1000, 2000, 3000})
    void everyPairIsReachedLoopFreeAlongAShortestPath(long base) {
        for (long seed = base; seed < base + 100; seed++) check(seed);
    }

    private static void check(long seed) {
        World w = new World(seed);
        ViolinSpec spec = w.spec.build();
        Set<String> guests = spec.nodes().stream().filter(n -> n.kind().isGuest()).map(NodeSpec::name).collect(Collectors.toSet());
        Map<String, List<RouteSpec>> routes = new KernelRouting().routes(spec, guests);
        ForwardingModel model = new ForwardingModel(spec, routes);
        for (int lan = 0; lan < w.guestsOfLan.size(); lan++) {
            for (int family = 1; family <= 2; family++) {
                Map<String, Integer> distance = w.distances(lan, family);
                for (String from : guests) {
                    if (w.guestsOfLan.get(lan).contains(from) || (w.families.get(lan) & family) == 0) continue;
                    for (int host = 1; host <= w.guestsOfLan.get(lan).size(); host++) {
                        String address = family == 1 ? "10.0." + lan + "." + host : "fd00:" + lan + "::" + host;
                        String to = w.guestsOfLan.get(lan).get(host - 1);
                        ForwardingModel.Walk walk = model.walk(from, address);
                        String where = "seed " + seed + ": " + from + " to " + to + " (" + address + "): " + walk;
                        assertEquals(distance.containsKey(from), walk.arrived(), where);
                        // A walk that ends early, at another address of the same router, was not measured to the end.
                        List<String> last = walk.nodes().subList(0, walk.nodes().size() - 1);
                        if (walk.arrived() && last.stream().anyMatch(w.guestsOfLan.get(lan)::contains)) {
                            assertEquals(distance.get(from), w.length(walk.nodes(), lan, family), where);
                        }
                    }
                }
            }
        }
        checkOrderIndependence(seed, spec, guests, routes);
    }

    private static void checkOrderIndependence(long seed, ViolinSpec spec, Set<String> guests, Map<String, List<RouteSpec>> routes) {
        List<NodeSpec> nodes = new ArrayList<>(spec.nodes());
        List<LinkSpec> links = new ArrayList<>(spec.links());
        java.util.Collections.shuffle(nodes, new Random(seed));
        java.util.Collections.shuffle(links, new Random(seed));
        assertEquals(routes, new KernelRouting().routes(new ViolinSpec("w", nodes, links, Map.of()), guests), "seed " + seed);
        String one = guests.iterator().next();
        assertEquals(routes.get(one), new KernelRouting().routes(spec, Set.of(one)).get(one), "seed " + seed);
        for (List<RouteSpec> list : routes.values()) {
            assertTrue(list.stream().map(RouteSpec::destination).distinct().count() == list.size(), "seed " + seed);
        }
    }

    /** Big enough that a quadratic step would be felt; prints what it took, asserts only the result. */
    @ParameterizedTest
    @ValueSource(ints = {754})
    void aLargeNetworkIsRouted(int routers) {
        SpecBuilder b = SpecBuilder.violin("big");
        Random random = new Random(1);
        int[] nics = new int[routers];
        for (int r = 0; r < routers; r++) {
            String net = "10." + (r >> 8) + "." + (r & 255);
            b.vrouter("r" + r).vhost("h" + r).nic("r" + r, "lan", net + ".1/24", "fd00:" + Integer.toHexString(r) + "::1/64");
            b.nic("h" + r, "eth1", net + ".2/24", "fd00:" + Integer.toHexString(r) + "::2/64").link("r" + r + ":lan", "h" + r + ":eth1", 1);
        }
        for (int l = 0; l < 900; l++) {
            int x = l + 1 < routers ? l + 1 : random.nextInt(routers);
            int y = l + 1 < routers ? random.nextInt(x) : (x + 1 + random.nextInt(routers - 1)) % routers;
            Cidr v4 = Cidr.parse("172.16.0.0/12").host(4L * l);
            String v6 = "fd01:" + Integer.toHexString(l) + "::";
            String a = "e" + ++nics[x];
            String c = "e" + ++nics[y];
            b.nic("r" + x, a, new Cidr(v4.address(), 30).host(1).toString(), v6 + "1/64");
            b.nic("r" + y, c, new Cidr(v4.address(), 30).host(2).toString(), v6 + "2/64");
            b.link("r" + x + ":" + a, "r" + y + ":" + c, 1 + random.nextInt(10));
        }
        ViolinSpec spec = b.build();
        Set<String> asked = spec.nodes().stream().map(NodeSpec::name).filter(n -> n.startsWith("r") && n.compareTo("r3") < 0)
                .collect(Collectors.toSet());
        long t = System.nanoTime();
        Map<String, List<RouteSpec>> routes = new KernelRouting().routes(spec, asked);
        long millis = (System.nanoTime() - t) / 1_000_000;
        int count = routes.values().stream().mapToInt(List::size).sum();
        System.out.println("routes of " + asked.size() + " of " + routers + " routers: " + count + " in " + millis + " ms");
        assertEquals(2 * (routers + 900), routes.get("r1").size() + 2 * (nics[1] + 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1000})
    void aThousandVHostsOnOneLanGetOneDefaultEach(int hosts) {
        SpecBuilder b = SpecBuilder.violin("lan").vswitches("s").vrouter("r").nic("r", "eth1", "10.0.0.1/16", "fd00::1/64");
        b.link("s:p0", "r:eth1", 1);
        for (int h = 0; h < hosts; h++) {
            b.vhost("h" + h).nic("h" + h, "eth1", "10.0." + (1 + h / 200) + "." + (1 + h % 200) + "/16",
                    "fd00::1:" + Integer.toHexString(h) + "/64");
            b.link("s:p" + (h + 1), "h" + h + ":eth1", 1);
        }
        ViolinSpec spec = b.build();
        Set<String> all = spec.nodes().stream().filter(n -> n.name().startsWith("h")).map(NodeSpec::name).collect(Collectors.toSet());
        long t = System.nanoTime();
        Map<String, List<RouteSpec>> routes = new KernelRouting().routes(spec, all);
        System.out.println("routes of " + hosts + " vHosts on a LAN in " + (System.nanoTime() - t) / 1_000_000 + " ms");
        routes.forEach((node, list) -> assertEquals(2, list.size(), node));
    }
}
