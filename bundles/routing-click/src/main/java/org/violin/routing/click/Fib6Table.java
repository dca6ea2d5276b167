// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.violin.api.model.Cidr;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.FibRoute;

/**
 * The IPv6 routes of one router in Click's two sides of tables: a change is made in the side that does not forward, then the switch is turned
 * and the change repeated in the other, so that packets meet all of it or nothing. Table k of a side holds the k-th next hop of each route.
 * Not thread-safe.
 */
final class Fib6Table {
    /** Routes at most: Click looks at each of them for each packet. More are counted and left out. */
    static final int MOST = 5000;

    private static final int LOOKS = 1000;
    private static final long PAUSE_NANOS = 200_000;

    /** The control socket: many writes in order, and what a handler says. */
    interface Port {
        /** Throws ClickError with the first complaint, when all were tried. */
        void write(List<String[]> handlersAndValues) throws IOException, ClickError;

        String read(String handler) throws IOException, ClickError;
    }

    private final Layout layout;
    private final BaseRoutes6 base;
    private final int paths;
    private Map<Cidr, FibRoute> routes = new LinkedHashMap<>();
    private Map<Cidr, FibRoute> coming;
    private Set<Cidr> touched = Set.of();
    private int side;
    private long ignored;

    Fib6Table(Layout layout, BaseRoutes6 base, int paths) {
        this.layout = layout;
        this.base = base;
        this.paths = paths;
    }

    int size() {
        return routes.size();
    }

    /** The side that forwards. */
    int side() {
        return side;
    }

    int paths() {
        return paths;
    }

    /** Hops over vNICs that the router has not, routes to its own addresses, and those above {@link #MOST}, so far. */
    long ignored() {
        return ignored;
    }

    /** Makes the change where nothing is forwarded. Throws ClickError when Click refuses a line; then it is as before. */
    void prepare(FibBatch batch, Port port) throws IOException, ClickError {
        Map<Cidr, FibRoute> next = new LinkedHashMap<>(batch.resync() ? Map.of() : routes);
        batch.removed().forEach(next::remove);
        for (FibRoute route : batch.routes()) {
            if (!route.destination().isIpv6()) continue;
            if (base.isOwn(route.destination()) || next.size() >= MOST && !next.containsKey(route.destination())) ignored++;
            else next.put(route.destination(), route);
        }
        Set<Cidr> changed = new LinkedHashSet<>();
        if (batch.resync()) changed.addAll(routes.keySet());
        changed.addAll(batch.removed());
        batch.routes().forEach(r -> changed.add(r.destination()));
        changed.removeIf(c -> !c.isIpv6());
        coming = next;
        touched = changed;
        List<String[]> lines = lines(1 - side, changed, routes, next);
        if (lines.isEmpty()) return;
        try {
            port.write(lines);
        } catch (ClickError e) {
            rollback(port);
            throw e;
        }
    }

    /** Takes back what was prepared. */
    void rollback(Port port) throws IOException {
        if (coming == null) return;
        try {
            List<String[]> lines = new ArrayList<>();
            for (Cidr to : touched) {
                for (int path = 0; path < paths; path++) lines.add(line(1 - side, to, entry(to, routes.get(to), path, false), path));
            }
            port.write(lines);
        } catch (ClickError e) {
            // to take away what is not there is no error of Click's; anything else it had taken before
        }
        coming = null;
    }

    /** What was prepared forwards from now on. Without a Click it is kept for {@link #replay}. */
    void commit(Port port) throws IOException, ClickError {
        if (coming == null) return;
        Map<Cidr, FibRoute> before = routes;
        routes = coming;
        coming = null;
        List<String[]> lines = lines(side, touched, before, routes);
        if (lines.isEmpty()) return;
        turn(1 - side, port);
        port.write(lines);
    }

    private void turn(int to, Port port) throws IOException, ClickError {
        String poke = Ip6Text.poke(to);
        port.write(List.<String[]>of(new String[] {poke + ".reset", ""}));
        for (int i = 0; i < LOOKS && !port.read(poke + ".count").trim().equals("2"); i++) LockSupport.parkNanos(PAUSE_NANOS);
        port.write(List.<String[]>of(new String[] {Ip6Text.SWITCH, "" + to}));
        side = to;
    }

    /** Brings a Click that has just started, and forwards by side 0, to where it should be. */
    void replay(Port port) throws IOException, ClickError {
        if (coming != null) routes = coming; // it died on the way
        coming = null;
        side = 0;
        for (int one = Ip6Text.SIDES - 1; one >= 0; one--) {
            List<String[]> lines = lines(one, routes.keySet(), Map.of(), routes);
            if (!lines.isEmpty()) port.write(lines);
        }
    }

    private List<String[]> lines(int at, Set<Cidr> changed, Map<Cidr, FibRoute> old, Map<Cidr, FibRoute> next) {
        List<String[]> lines = new ArrayList<>();
        for (int path = 0; path < paths; path++) {
            for (Cidr to : changed) {
                String from = entry(to, old.get(to), path, false);
                String entry = entry(to, next.get(to), path, at != side);
                if (!Objects.equals(from, entry)) lines.add(line(at, to, entry, path));
            }
        }
        return lines;
    }

    /** Click's {@code add} replaces what is there. */
    private static String[] line(int at, Cidr to, String entry, int path) {
        return new String[] {Ip6Text.table(at, path) + ".ctrl", entry == null ? "remove " + to : "add " + to + " " + entry};
    }

    private String entry(Cidr destination, FibRoute route, int path, boolean count) {
        if (route == null) return base.entries.get(destination);
        if (route.hops().isEmpty()) return "" + layout.blackhole();
        List<String> hops = new ArrayList<>();
        for (FibRoute.Hop hop : route.hops()) {
            if (hop.nic().equals(Layout.LOOPBACK_NIC)) return "" + Layout.KERNEL;
            Layout.Nic nic = layout.nic(hop.nic());
            boolean known = nic != null && (hop.via().isEmpty() || hop.via().indexOf(':') >= 0);
            if (!known && count && path == 0) ignored++;
            if (!known) continue;
            String text = (hop.via().isEmpty() ? "" : hop.via() + " ") + nic.output();
            for (int i = 0; i < Math.min(Math.max(hop.weight(), 1), paths); i++) hops.add(text);
        }
        return hops.isEmpty() ? "" + layout.unreachable() : hops.get(path * hops.size() / paths);
    }
}
