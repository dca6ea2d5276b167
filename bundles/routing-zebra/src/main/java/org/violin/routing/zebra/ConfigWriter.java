// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.violin.api.model.Cidr;
import org.violin.api.model.RouteSpec;
import org.violin.api.routing.Neighbour;
import org.violin.api.routing.RouterNic;
import org.violin.api.routing.RouterSpec;

/** FRR configuration of a router, from its spec alone. Pure. */
final class ConfigWriter {
    static final String FAST = "fast";

    private final RouterSpec spec;
    private final Settings settings;
    private final Config config = new Config();
    private final Set<Daemon> daemons = EnumSet.of(Daemon.ZEBRA);

    private ConfigWriter(RouterSpec spec) {
        this.spec = spec;
        this.settings = Settings.of(spec);
    }

    /** @param daemons that the configuration needs, and no others */
    record Wanted(Config config, Set<Daemon> daemons) {}

    /** What is generated, then the spec's own text. */
    static Wanted write(RouterSpec spec) {
        ConfigWriter writer = new ConfigWriter(spec);
        writer.all();
        Config own = Config.parse(spec.startupConfig());
        writer.daemons.addAll(daemonsOf(own));
        return new Wanted(writer.config.add(own), writer.daemons);
    }

    /** Only what is generated. */
    static Config generated(RouterSpec spec) {
        ConfigWriter writer = new ConfigWriter(spec);
        writer.all();
        return writer.config;
    }

    private void all() {
        config.add("", "frr defaults datacenter", "hostname " + spec.id().node());
        for (String loopback : spec.loopbacks()) {
            Cidr cidr = Cidr.parse(loopback);
            config.add("interface lo", (cidr.isIpv6() ? "ipv6" : "ip") + " address " + cidr);
        }
        if (settings.bfd()) bfd();
        if (wayOut(spec) && (spec.speaks("bgp") || spec.speaks("rip"))) defaultOnly(config);
        if (spec.speaks("ospf")) daemons.addAll(new OspfLines(spec, settings, config).write());
        if (spec.speaks("bgp")) {
            new BgpLines(spec, settings, config).write();
            daemons.add(Daemon.BGPD);
        }
        OtherLines others = new OtherLines(spec, settings, config);
        if (spec.speaks("rip")) daemons.addAll(others.rip());
        if (spec.speaks("isis")) daemons.addAll(others.isis());
        if (spec.speaks("pim")) daemons.addAll(others.pim());
        for (RouteSpec route : spec.routes()) {
            String family = route.destination().isIpv6() ? "ipv6" : "ip";
            config.add("", family + " route " + route.destination() + " " + route.via() + (route.nic().isEmpty() ? "" : " " + route.nic()));
            daemons.add(Daemon.STATICD);
        }
    }

    private void bfd() {
        daemons.add(Daemon.BFDD);
        config.add("bfd");
        config.add(List.of("bfd", "profile " + FAST), "transmit-interval " + settings.bfdMillis(), "receive-interval " + settings.bfdMillis(),
                "detect-multiplier 3");
    }

    /** The daemons that somebody's own text speaks to. */
    static Set<Daemon> daemonsOf(Config own) {
        Set<Daemon> daemons = EnumSet.noneOf(Daemon.class);
        for (List<String> context : own.contexts()) {
            for (Daemon d : Daemon.values()) {
                if (d.neededFor(context, "") || own.lines(context).stream().anyMatch(line -> d.neededFor(context, line))) daemons.add(d);
            }
        }
        return daemons;
    }

    /** A vNIC's addresses of one family that other routers may know: not the link's own. */
    static List<Cidr> addresses(List<Cidr> all, boolean ipv6) {
        return all.stream().filter(c -> c.isIpv6() == ipv6 && !c.address().startsWith("fe8")).toList();
    }

    static boolean has(RouterNic nic, boolean ipv6) {
        return !addresses(nic.spec().addresses(), ipv6).isEmpty();
    }

    /** Whether to speak on a vNIC: not told to be silent, and somebody of the same autonomous system listens. */
    static boolean speaksOn(RouterSpec spec, RouterNic nic, String protocol) {
        if (nic.options().getOrDefault("passive", "false").equals("true")) return false;
        for (Neighbour n : nic.neighbours()) if (n.protocols().contains(protocol) && n.as() == spec.as()) return true;
        return false;
    }

    /** Route-map of the default route alone, for {@code redistribute kernel}: a way out is the kernel's, told while it is there. */
    static final String DEFAULT_ONLY = "violin-default";

    /** Whether the router has or may get a way out, a default route of IPv4. */
    static boolean wayOut(RouterSpec spec) {
        return spec.services().containsKey("uplink");
    }

    /** Adds the route-map that lets only the default route of IPv4 pass. */
    static void defaultOnly(Config config) {
        config.add("", "ip prefix-list " + DEFAULT_ONLY + " seq 5 permit 0.0.0.0/0");
        config.add("route-map " + DEFAULT_ONLY + " permit 10", "match ip address prefix-list " + DEFAULT_ONLY);
    }

    /** Whether a route of the file is a default one. */
    static boolean givenDefault(RouterSpec spec, boolean ipv6) {
        return spec.routes().stream().anyMatch(r -> r.destination().prefix() == 0 && r.destination().isIpv6() == ipv6);
    }

    /** Whether the loopback interface has addresses to tell others, now or at times (the service anycast puts them there). */
    static boolean announcesLo(RouterSpec spec, boolean ipv6) {
        String anycast = spec.services().getOrDefault("anycast", Map.of()).getOrDefault("addresses", "");
        boolean served = Stream.of(anycast.split("[, ]+")).anyMatch(a -> !a.isEmpty() && a.contains(":") == ipv6);
        return served || !loopbacks(spec, ipv6).isEmpty();
    }

    static List<Cidr> loopbacks(RouterSpec spec, boolean ipv6) {
        return spec.loopbacks().stream().map(Cidr::parse).filter(c -> c.isIpv6() == ipv6).toList();
    }
}
