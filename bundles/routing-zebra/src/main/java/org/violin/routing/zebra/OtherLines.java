// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.util.EnumSet;
import java.util.Set;
import org.violin.api.routing.RouterNic;
import org.violin.api.routing.RouterSpec;

/** RIP-2 and RIPng (RFC 2453, RFC 2080), IS-IS (RFC 1195, RFC 5308), PIM-SM and IGMP (RFC 7761, RFC 3376). Pure. */
final class OtherLines {
    private final RouterSpec spec;
    private final Settings settings;
    private final Config config;

    OtherLines(RouterSpec spec, Settings settings, Config config) {
        this.spec = spec;
        this.settings = settings;
        this.config = config;
    }

    Set<Daemon> rip() {
        Set<Daemon> daemons = EnumSet.noneOf(Daemon.class);
        for (boolean ipv6 : new boolean[] {false, true}) {
            if (ipv6 && spec.nics().stream().noneMatch(n -> ConfigWriter.has(n, true))) continue;
            String router = ipv6 ? "router ripng" : "router rip";
            daemons.add(ipv6 ? Daemon.RIPNGD : Daemon.RIPD);
            if (!ipv6) config.add(router, "version 2");
            config.add(router, "timers basic 5 15 10", "redistribute connected");
            if (spec.routes().stream().anyMatch(r -> r.destination().isIpv6() == ipv6)) config.add(router, "redistribute static");
            if (!ipv6 && ConfigWriter.wayOut(spec)) config.add(router, "redistribute kernel route-map " + ConfigWriter.DEFAULT_ONLY);
            for (RouterNic nic : spec.nics()) {
                if (ConfigWriter.has(nic, ipv6) && ConfigWriter.speaksOn(spec, nic, "rip")) config.add(router, "network " + nic.spec().name());
            }
        }
        return daemons;
    }

    Set<Daemon> isis() {
        String[] quad = spec.routerId().split("\\.");
        String digits = String.format("%03d%03d%03d%03d", Integer.parseInt(quad[0]), Integer.parseInt(quad[1]), Integer.parseInt(quad[2]),
                Integer.parseInt(quad[3]));
        String system = digits.substring(0, 4) + "." + digits.substring(4, 8) + "." + digits.substring(8);
        // The intervals first: the net makes the first LSP, and the next one waits as long as it was told by then.
        config.add("router isis violin", "is-type level-2-only", "metric-style wide", "lsp-gen-interval 1", "spf-interval 1",
                "net 49.0001." + system + ".00");
        for (boolean ipv6 : new boolean[] {false, true}) {
            String family = ipv6 ? "ipv6" : "ipv4";
            if (spec.routes().stream().anyMatch(r -> r.destination().isIpv6() == ipv6)) {
                config.add("router isis violin", "redistribute " + family + " static level-2");
            }
            if (!ipv6 && ConfigWriter.wayOut(spec) || ConfigWriter.givenDefault(spec, ipv6)) {
                config.add("router isis violin", "default-information originate " + family + " level-2");
            }
        }
        for (RouterNic nic : spec.nics()) {
            String context = "interface " + nic.spec().name();
            boolean v4 = ConfigWriter.has(nic, false);
            boolean v6 = ConfigWriter.has(nic, true);
            if (!v4 && !v6) continue;
            if (v4) config.add(context, "ip router isis violin");
            if (v6) config.add(context, "ipv6 router isis violin");
            config.add(context, "isis metric " + nic.cost());
            if (!ConfigWriter.speaksOn(spec, nic, "isis")) {
                config.add(context, "isis passive");
                continue;
            }
            if (nic.pointToPoint()) config.add(context, "isis network point-to-point");
            config.add(context, "isis hello-interval " + settings.helloSeconds(), "isis hello-multiplier " + settings.multiplier(),
                    "isis csnp-interval 2");
            if (settings.bfd()) config.add(context, "isis bfd", "isis bfd profile " + ConfigWriter.FAST);
        }
        if (ConfigWriter.announcesLo(spec, false)) config.add("interface lo", "ip router isis violin", "isis passive");
        if (ConfigWriter.announcesLo(spec, true)) config.add("interface lo", "ipv6 router isis violin", "isis passive");
        return EnumSet.of(Daemon.ISISD);
    }

    /** PIM where other routers speak it, IGMP for hosts elsewhere. */
    Set<Daemon> pim() {
        for (RouterNic nic : spec.nics()) {
            if (!ConfigWriter.has(nic, false)) continue;
            String context = "interface " + nic.spec().name();
            config.add(context, "ip pim");
            if (nic.neighbours().stream().noneMatch(n -> n.protocols().contains("pim"))) config.add(context, "ip igmp");
        }
        if (!ConfigWriter.loopbacks(spec, false).isEmpty()) config.add("interface lo", "ip pim");
        if (!settings.rp().isEmpty()) config.add("", "ip pim rp " + settings.rp() + " 224.0.0.0/4");
        return EnumSet.of(Daemon.PIMD);
    }
}
