// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.placement;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.violin.api.placement.Answer;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Demand.Entity;
import org.violin.api.placement.Demand.Group;
import org.violin.api.placement.Demand.Rule;
import org.violin.api.placement.Demand.Traffic;
import org.violin.api.placement.Demand.Weights;
import org.violin.api.placement.Distances;
import org.violin.api.placement.PlacementStrategy;
import org.violin.api.placement.Substrate;
import org.violin.api.placement.Substrate.Host;
import org.violin.api.placement.Terms;

/** A placement question that is put together piece by piece. */
public final class Ask {
    public static final long GIB = 1L << 30;
    /** Time does not matter: nothing is cut. */
    public static final Terms CALM = new Terms(1, Duration.ofSeconds(60), true);

    public final List<Entity> entities = new ArrayList<>();
    public final List<Traffic> traffic = new ArrayList<>();
    public final List<Group> groups = new ArrayList<>();
    public final List<Host> hosts = new ArrayList<>();
    public final Map<String, String> current = new HashMap<>();
    public Weights weights = new Weights(100, 1, 1, 1);
    public boolean colocation = true;
    /** Between hosts, row by row; null: 10 ms everywhere. */
    public double[] millis;

    /** Hosts {@code host1} and on, with 2 cores, 4 GiB and sites {@code s1} and on, two hosts each. */
    public static Ask hosts(int n) {
        Ask ask = new Ask();
        for (int h = 1; h <= n; h++) ask.host("host" + h, 2, Integer.MAX_VALUE, "s" + (h + 1) / 2);
        return ask;
    }

    public Ask host(String name, double cpus, int slots, String site) {
        hosts.add(new Host(name, cpus, 4 * GIB, Math.max(cpus, 1), 0, slots, 1000, 1000, Map.of("site", site)));
        return this;
    }

    /** Entities that may go anywhere; moving one costs 1,000. */
    public Ask free(String... names) {
        for (String name : names) entities.add(new Entity(name, 0, 0, 0.1, List.of(), "", 1000));
        return this;
    }

    public Ask pinned(String name, String host) {
        entities.add(new Entity(name, 0, 0, 0.1, List.of(host), "pinned to " + host, 1000));
        return this;
    }

    public Ask big(String name, double cpus, long memoryBytes) {
        entities.add(new Entity(name, cpus, memoryBytes, cpus, List.of(), "", 1000));
        return this;
    }

    public Ask link(String a, String b, double megabits, double maxMillis) {
        traffic.add(new Traffic(a, b, megabits, 0, maxMillis));
        return this;
    }

    public Ask group(String name, Rule rule, String label, int places, String... names) {
        groups.add(new Group(name, rule, label, List.of(names), places));
        return this;
    }

    public Demand demand() {
        return new Demand(entities, traffic, groups, weights, colocation);
    }

    public Substrate substrate() {
        Distances d = millis == null ? Distances.even(hosts.size(), 10) : new Distances(hosts.size(), millis, null);
        return new Substrate(hosts, d, List.of());
    }

    public PlacementModel model() {
        return new PlacementModel(demand(), substrate(), current);
    }

    public Answer to(PlacementStrategy strategy) {
        return strategy.place(demand(), substrate(), current, CALM);
    }

    /** A small question with rules of every kind; tight ones are often impossible. */
    public static Ask random(Random r, int entities, int hosts, boolean tight) {
        Ask ask = new Ask();
        ask.weights = new Weights(100, r.nextInt(2) * 10, r.nextInt(2), 1);
        ask.colocation = r.nextInt(6) > 0;
        for (int h = 0; h < hosts; h++) {
            double access = r.nextInt(2) == 0 ? Double.POSITIVE_INFINITY : tight ? 40 : 100;
            Map<String, String> labels = r.nextInt(5) == 0 ? Map.of() : Map.of("site", "s" + r.nextInt(3));
            ask.hosts.add(new Host("host" + h, tight ? 2 : 5, 4 * GIB, 4, r.nextDouble(), 1 + r.nextInt(entities), access, access, labels));
        }
        ask.millis = new double[hosts * hosts];
        for (int h = 0; h < hosts; h++) {
            for (int q = 0; q < h; q++) ask.millis[h * hosts + q] = ask.millis[q * hosts + h] = 1 + r.nextInt(100);
        }
        for (int i = 0; i < entities; i++) {
            List<String> to = r.nextInt(4) > 0 ? List.of() : List.of("host" + r.nextInt(hosts), "host" + r.nextInt(hosts));
            ask.entities.add(new Entity("e" + i, r.nextInt(3) == 0 ? 0.5 + r.nextInt(4) * 0.5 : 0, r.nextInt(3) * GIB / 2, r.nextDouble(), to,
                    to.isEmpty() ? "" : "one of " + to, r.nextInt(200)));
            if (r.nextInt(4) == 0) ask.current.put("e" + i, r.nextInt(6) == 0 ? "gone" : "host" + r.nextInt(hosts));
        }
        for (int k = 0; k < entities * 3 / 2; k++) {
            double limit = r.nextInt(4) == 0 ? (tight ? 25 : 60) + r.nextInt(40) : Double.POSITIVE_INFINITY;
            ask.traffic.add(new Traffic("e" + r.nextInt(entities), "e" + r.nextInt(entities), r.nextInt(20), r.nextInt(3) * 5, limit));
        }
        for (int g = 0; g < 2; g++) {
            List<String> members = new ArrayList<>();
            for (int i = 0; i < entities; i++) if (r.nextInt(entities) < 3) members.add("e" + i);
            Rule rule = Rule.values()[r.nextInt(3)];
            if (members.size() > 1) ask.groups.add(new Group("g" + g, rule, r.nextBoolean() ? "" : "site", members, rule == Rule.SPREAD ? 2 : 0));
        }
        return ask;
    }
}
