// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.violin.api.model.Cidr;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.FibRoute;

/**
 * The routes of one router, and how they get into Click's routing tables: as lines for the handler {@code ctrl}, which takes a write whole
 * or not at all. Table k holds the k-th next hop of each route, so that a hash before the tables spreads flows over all. Not thread-safe.
 */
final class FibTable {
    /** Where lines go. */
    interface Writer {
        void write(String handler, String lines) throws IOException, ClickError;
    }

    /**
     * Different next hops that one table of Click's keeps, RadixIPLookup: 255 ever seen since its start, then it ends by an assertion. The
     * rest is for what the graph begins with.
     */
    static final int MOST_HOPS = 240;

    private record Chunk(String handler, String lines, String back) {}

    private final Layout layout;
    private final BaseRoutes base;
    private final int paths;
    private Map<Cidr, FibRoute> routes = new LinkedHashMap<>(); // by hash: to compare addresses takes long
    private Set<String> used = new HashSet<>();
    private long ignored;

    FibTable(Layout layout, BaseRoutes base, int paths) {
        this.layout = layout;
        this.base = base;
        this.paths = paths;
    }

    /** Routes known. */
    int size() {
        return routes.size();
    }

    /** Hops over vNICs that the router has not, and routes to its own addresses, so far. */
    long ignored() {
        return ignored;
    }

    /**
     * Changes the tables. When Click refuses a line, all of the change is taken back and the message thrown; when Click is gone, the change
     * is kept for {@link #replay}, as when Click must be started anew because it has seen too many next hops.
     */
    void apply(FibBatch batch, Writer writer) throws IOException, ClickError {
        Map<Cidr, FibRoute> next = new LinkedHashMap<>(batch.resync() ? Map.of() : routes);
        if (!batch.resync()) batch.removed().forEach(next::remove);
        for (FibRoute route : batch.routes()) {
            if (route.destination().isIpv6()) continue; // of Fib6Table, or the guest's kernel
            if (base.isOwn(route.destination())) ignored++;
            else next.put(route.destination(), route);
        }
        Set<Cidr> touched = new LinkedHashSet<>();
        if (batch.resync()) touched.addAll(routes.keySet());
        touched.addAll(batch.removed());
        batch.routes().forEach(r -> touched.add(r.destination()));
        touched.removeIf(Cidr::isIpv6);
        Set<String> hops = hops(next);
        if (hops.size() > MOST_HOPS) throw new ClickError(0, hops.size() + " different next hops: at most " + MOST_HOPS);
        List<Chunk> chunks = chunks(touched, routes, next);
        Map<Cidr, FibRoute> before = routes;
        routes = next;
        used.addAll(hops);
        if (used.size() > MOST_HOPS) throw new IOException("more than " + MOST_HOPS + " next hops since the start of Click");
        List<Chunk> done = new ArrayList<>();
        try {
            for (Chunk chunk : chunks) {
                writer.write(chunk.handler, chunk.lines);
                done.add(chunk);
            }
        } catch (ClickError e) {
            routes = before;
            for (int i = done.size() - 1; i >= 0; i--) writer.write(done.get(i).handler, done.get(i).back);
            throw e;
        }
    }

    /** Brings a Click that has just started to where it should be. */
    void replay(Writer writer) throws IOException, ClickError {
        used = hops(routes);
        for (Chunk chunk : chunks(routes.keySet(), Map.of(), routes)) writer.write(chunk.handler, chunk.lines);
    }

    private static Set<String> hops(Map<Cidr, FibRoute> routes) {
        Set<String> hops = new HashSet<>();
        routes.values().forEach(r -> r.hops().forEach(h -> hops.add(h.via() + " " + h.nic())));
        return hops;
    }

    private List<Chunk> chunks(Set<Cidr> touched, Map<Cidr, FibRoute> old, Map<Cidr, FibRoute> next) {
        List<Chunk> chunks = new ArrayList<>();
        for (int path = 0; path < paths; path++) {
            String handler = GraphText.table(path) + ".ctrl";
            StringBuilder lines = new StringBuilder();
            List<String> back = new ArrayList<>();
            int backBytes = 0;
            for (Cidr destination : touched) {
                String from = entry(destination, old.get(destination), path, false);
                String to = entry(destination, next.get(destination), path, true);
                if (Objects.equals(from, to)) continue;
                String line = line(destination, to);
                String undo = line(destination, from);
                if (Math.max(lines.length() + line.length(), backBytes + undo.length()) > ControlClient.MOST_BYTES) {
                    chunks.add(chunk(handler, lines, back));
                    lines.setLength(0);
                    back.clear();
                    backBytes = 0;
                }
                lines.append(line);
                back.add(undo);
                backBytes += undo.length();
            }
            if (lines.length() > 0) chunks.add(chunk(handler, lines, back));
        }
        return chunks;
    }

    private static Chunk chunk(String handler, StringBuilder lines, List<String> back) {
        List<String> reversed = new ArrayList<>(back);
        Collections.reverse(reversed);
        return new Chunk(handler, lines.toString(), String.join("", reversed));
    }

    private static String line(Cidr destination, String entry) {
        return entry == null ? "remove " + destination + "\n" : "set " + destination + " " + entry + "\n";
    }

    /** What a table holds for a destination; null: nothing. */
    private String entry(Cidr destination, FibRoute route, int path, boolean count) {
        if (route == null) return base.entries.get(destination);
        if (route.hops().isEmpty()) return "" + layout.blackhole();
        List<String> hops = new ArrayList<>();
        for (FibRoute.Hop hop : route.hops()) {
            if (hop.nic().equals(Layout.LOOPBACK_NIC)) return "" + Layout.KERNEL; // anycast addresses that are there now
            Layout.Nic nic = layout.nic(hop.nic());
            boolean known = nic != null && !nic.ipv4().isEmpty() && (hop.via().isEmpty() || hop.via().indexOf(':') < 0);
            if (!known && count && path == 0) ignored++;
            if (!known) continue;
            String text = (hop.via().isEmpty() ? "" : hop.via() + " ") + nic.output();
            hops.addAll(Collections.nCopies(Math.min(Math.max(hop.weight(), 1), paths), text));
        }
        return hops.isEmpty() ? "" + layout.unreachable() : hops.get(path * hops.size() / paths);
    }
}
