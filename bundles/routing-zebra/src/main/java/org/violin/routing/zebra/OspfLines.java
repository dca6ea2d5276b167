// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.util.EnumSet;
import java.util.Set;
import org.violin.api.routing.RouterNic;
import org.violin.api.routing.RouterSpec;

/** OSPF for IPv4 (RFC 2328) and IPv6 (RFC 5340), each where the router has such addresses. Pure. */
final class OspfLines {
    private final RouterSpec spec;
    private final Settings settings;
    private final Config config;

    OspfLines(RouterSpec spec, Settings settings, Config config) {
        this.spec = spec;
        this.settings = settings;
        this.config = config;
    }

    /** Returns the daemons needed. */
    Set<Daemon> write() {
        Set<Daemon> daemons = EnumSet.noneOf(Daemon.class);
        boolean v6 = spec.nics().stream().anyMatch(n -> ConfigWriter.has(n, true));
        boolean v4 = !v6 || spec.nics().stream().anyMatch(n -> ConfigWriter.has(n, false));
        if (v4) {
            daemons.add(Daemon.OSPFD);
            v4();
        }
        if (v6) {
            daemons.add(Daemon.OSPF6D);
            v6();
        }
        return daemons;
    }

    private void v4() {
        String router = "router ospf";
        config.add(router, "ospf router-id " + spec.routerId(), "capability opaque", "graceful-restart grace-period 40",
                "graceful-restart helper enable", "timers throttle spf 10 50 500", "timers throttle lsa all 50", "timers lsa min-arrival 50");
        if (hasRoutes(false)) config.add(router, "redistribute static");
        // A way out is a default route of the kernel, told while it is there.
        if (ConfigWriter.wayOut(spec) || ConfigWriter.givenDefault(spec, false)) {
            config.add(router, "default-information originate");
        }
        for (RouterNic nic : spec.nics()) {
            if (!ConfigWriter.has(nic, false)) continue;
            String context = "interface " + nic.spec().name();
            config.add(context, "ip ospf network " + (nic.pointToPoint() ? "point-to-point" : "broadcast"));
            if (settings.helloMillis() < 1000) {
                int perSecond = Math.min(20, Math.max(2, 1000 / settings.helloMillis()));
                config.add(context, "ip ospf dead-interval minimal hello-multiplier " + perSecond);
            } else {
                config.add(context, "ip ospf hello-interval " + settings.helloSeconds(), "ip ospf dead-interval " + settings.deadSeconds());
            }
            config.add(context, "ip ospf retransmit-interval 1", "ip ospf cost " + nic.cost());
            boolean speaks = ConfigWriter.speaksOn(spec, nic, "ospf");
            if (!speaks) config.add(context, "ip ospf passive");
            if (speaks && settings.bfd()) config.add(context, "ip ospf bfd", "ip ospf bfd profile " + ConfigWriter.FAST);
            config.add(context, "ip ospf area " + settings.area(nic));
        }
        if (ConfigWriter.announcesLo(spec, false)) config.add("interface lo", "ip ospf area " + settings.area());
    }

    private void v6() {
        String router = "router ospf6";
        config.add(router, "ospf6 router-id " + spec.routerId(), "graceful-restart helper enable", "timers throttle spf 10 50 500",
                "timers lsa min-arrival 50");
        if (hasRoutes(true)) config.add(router, "redistribute static");
        if (ConfigWriter.givenDefault(spec, true)) {
            config.add(router, "default-information originate");
        }
        for (RouterNic nic : spec.nics()) {
            if (!ConfigWriter.has(nic, true)) continue;
            String context = "interface " + nic.spec().name();
            config.add(context, "ipv6 ospf6 network " + (nic.pointToPoint() ? "point-to-point" : "broadcast"),
                    "ipv6 ospf6 hello-interval " + settings.helloSeconds(), "ipv6 ospf6 dead-interval " + settings.deadSeconds(),
                    "ipv6 ospf6 retransmit-interval 1", "ipv6 ospf6 cost " + nic.cost());
            boolean speaks = ConfigWriter.speaksOn(spec, nic, "ospf");
            if (!speaks) config.add(context, "ipv6 ospf6 passive");
            if (speaks && settings.bfd()) config.add(context, "ipv6 ospf6 bfd", "ipv6 ospf6 bfd profile " + ConfigWriter.FAST);
            config.add(context, "ipv6 ospf6 area " + settings.area(nic));
        }
        if (ConfigWriter.announcesLo(spec, true)) config.add("interface lo", "ipv6 ospf6 area " + settings.area());
    }

    private boolean hasRoutes(boolean ipv6) {
        return spec.routes().stream().anyMatch(r -> r.destination().isIpv6() == ipv6);
    }
}
