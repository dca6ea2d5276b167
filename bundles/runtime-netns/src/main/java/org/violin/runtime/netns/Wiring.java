// SPDX-License-Identifier: Apache-2.0
package org.violin.runtime.netns;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.violin.api.model.Cidr;
import org.violin.api.model.NicSpec;
import org.violin.api.model.RouteSpec;
import org.violin.linux.Netns;
import org.violin.linux.Rtnetlink;
import org.violin.linux.Rtnetlink.Address;
import org.violin.linux.Rtnetlink.Hop;
import org.violin.linux.Rtnetlink.Link;
import org.violin.linux.Rtnetlink.Route;
import org.violin.linux.Tap;

/** The vNICs, addresses and routes of one guest. Each call enters the guest's network namespace once. */
final class Wiring {
    /** Marks our routes among those of routing programs (rtm_protocol; rtnetlink(7) leaves the numbers above 4 to users). */
    static final int PROTOCOL = 118;
    private static final int SCOPE_GLOBAL = 0;
    private static final int DEFAULT_METRIC_IPV6 = 1024;

    private final String namespace;

    Wiring(String namespace) {
        this.namespace = namespace;
    }

    /**
     * Makes or re-attaches the vNICs and gives them their MAC, MTU and exactly these global addresses. All or none are returned open. Those
     * that this container holds open already are returned as they are, whoever opened them.
     */
    List<Tap> plug(List<NicSpec> nics) throws IOException {
        Map<String, Tap> held = Tap.held(Path.of(namespace));
        return Netns.call(namespace, () -> {
            List<Tap> taps = new ArrayList<>();
            List<Tap> fresh = new ArrayList<>();
            try (Rtnetlink kernel = Rtnetlink.open()) {
                for (NicSpec nic : nics) {
                    Tap tap = held.get(nic.name());
                    if (tap == null) {
                        tap = Tap.open(nic.name());
                        fresh.add(tap);
                    }
                    taps.add(tap);
                }
                configure(kernel, nics);
                return taps;
            } catch (IOException | RuntimeException e) {
                fresh.forEach(Tap::close);
                throw e;
            }
        });
    }

    /**
     * With it the longest TCP super-frame (44 segments at an MTU of 1500) and its headers fit one UDP_SEGMENT send of a tunnel on an
     * Ethernet path; with the kernel's 65,536 each would need a second send for a few bytes.
     */
    private static final int SUPER_FRAME_BYTES = 64_100;

    /** Enough for a pause of the container of 0.4 s at 10,000 frames a second; the kernel's own 1,000 is short when a plugin is swapped. */
    private static final int QUEUE_FRAMES = 4096;

    private static void configure(Rtnetlink kernel, List<NicSpec> nics) throws IOException {
        Map<String, Link> links = links(kernel);
        List<Address> addresses = kernel.addresses();
        for (NicSpec nic : nics) {
            Link link = links.get(nic.name());
            if (link == null) throw new IOException("interface " + nic.name() + " vanished");
            boolean sameMac = link.mac().equalsIgnoreCase(nic.mac());
            boolean sameMtu = link.mtuBytes() == nic.mtuBytes();
            if (!sameMac || !sameMtu || !link.up()) kernel.setLink(link, sameMac ? null : nic.mac(), sameMtu ? 0 : nic.mtuBytes());
            if (!link.up()) {
                kernel.limitSuperFrames(link, SUPER_FRAME_BYTES);
                kernel.queueFrames(link, QUEUE_FRAMES);
            }
            boolean removed = false;
            for (Address had : addresses) {
                if (had.link() != link.index() || had.scope() != SCOPE_GLOBAL || nic.addresses().contains(had.cidr())) continue;
                kernel.deleteAddress(link, had.cidr());
                removed = true; // with a primary IPv4 address the kernel takes its secondaries away
            }
            for (Cidr cidr : nic.addresses()) {
                boolean there = addresses.stream().anyMatch(a -> a.link() == link.index() && a.cidr().equals(cidr));
                if (!there || removed) kernel.addAddress(link, cidr);
            }
        }
    }

    /** Deletes the vNICs that this container holds open; whoever holds them reads CLOSED. */
    void unplugAll() throws IOException {
        Set<String> open = Tap.held(Path.of(namespace)).keySet();
        if (!open.isEmpty()) unplug(open);
    }

    /** Deletes the named interfaces; whoever still holds one of them reads CLOSED. */
    void unplug(Set<String> names) throws IOException {
        Netns.call(namespace, () -> {
            try (Rtnetlink kernel = Rtnetlink.open()) {
                for (Link link : kernel.links()) {
                    if (names.contains(link.name())) kernel.deleteLink(link);
                }
            }
            return null;
        });
    }

    /** Makes our routes exactly these. */
    void routes(Collection<RouteSpec> wanted) throws IOException {
        Netns.call(namespace, () -> {
            try (Rtnetlink kernel = Rtnetlink.open()) {
                Map<String, Route> target = routes(wanted, links(kernel));
                Map<String, Route> present = new HashMap<>();
                for (Route route : kernel.routes(PROTOCOL)) present.put(key(route), route);
                for (Map.Entry<String, Route> old : present.entrySet()) {
                    if (!target.containsKey(old.getKey())) kernel.deleteRoute(old.getValue(), PROTOCOL);
                }
                for (Map.Entry<String, Route> fresh : target.entrySet()) {
                    Route old = present.get(fresh.getKey());
                    if (old == null || !old.hops().equals(fresh.getValue().hops())) kernel.setRoute(fresh.getValue(), PROTOCOL);
                }
            }
            return null;
        });
    }

    private static Map<String, Link> links(Rtnetlink kernel) throws IOException {
        return kernel.links().stream().collect(Collectors.toMap(Link::name, Function.identity()));
    }

    /** Several next hops to one destination with one metric are one route of several paths. */
    private static Map<String, Route> routes(Collection<RouteSpec> wanted, Map<String, Link> links) throws IOException {
        Map<String, Route> routes = new LinkedHashMap<>();
        for (RouteSpec spec : wanted) {
            Link link = links.get(spec.nic());
            if (link == null) throw new IOException("route to " + spec.destination() + ": the guest has no interface " + spec.nic());
            Route one = new Route(spec.destination(), spec.metric(), List.of(new Hop(Cidr.parse(spec.via()).address(), link.index())));
            routes.merge(key(one), one, (a, b) -> {
                List<Hop> hops = new ArrayList<>(a.hops());
                for (Hop hop : b.hops()) {
                    if (!hops.contains(hop)) hops.add(hop);
                }
                return new Route(a.destination(), a.metric(), hops);
            });
        }
        return routes;
    }

    private static String key(Route route) {
        boolean kernelsChoice = route.destination().isIpv6() && route.metric() == DEFAULT_METRIC_IPV6;
        return route.destination() + " " + (kernelsChoice ? 0 : route.metric());
    }
}
