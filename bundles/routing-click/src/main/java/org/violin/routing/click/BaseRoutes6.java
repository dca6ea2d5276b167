// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.violin.api.model.Cidr;
import org.violin.api.routing.RouterSpec;

/** What an IPv6 table holds before it is told anything: own addresses, connected subnets, what is never forwarded (RFC 4291). Immutable. */
final class BaseRoutes6 {
    /** By destination: {@code [GATEWAY ]OUTPUT}. */
    final Map<Cidr, String> entries;
    private final Set<Cidr> own;

    BaseRoutes6(RouterSpec spec, Layout layout) {
        Map<Cidr, String> base = new TreeMap<>();
        Map<Cidr, String> mine = new TreeMap<>();
        base.put(Cidr.parse("::/0"), "" + layout.unreachable());
        base.put(Cidr.parse("::1/128"), "" + layout.blackhole());
        mine.put(Cidr.parse("::/128"), "" + layout.poked());
        mine.put(Cidr.parse("fe80::/10"), "" + Layout.KERNEL);
        mine.put(Cidr.parse("ff00::/8"), "" + Layout.KERNEL);
        for (Layout.Nic nic : layout.nics) {
            for (Cidr address : nic.ipv6()) {
                base.putIfAbsent(address.network(), "" + nic.output());
                mine.put(new Cidr(address.address(), 128), "" + Layout.KERNEL);
                if (address.prefix() < 127) mine.put(new Cidr(address.network().address(), 128), "" + Layout.KERNEL); // its routers' anycast
            }
        }
        for (String text : spec.loopbacks()) {
            Cidr loopback = Cidr.parse(text);
            if (loopback.isIpv6()) mine.put(new Cidr(loopback.address(), 128), "" + Layout.KERNEL);
        }
        base.putAll(mine);
        entries = Map.copyOf(base);
        own = Set.copyOf(mine.keySet());
    }

    /** The router itself is there, whatever a control plane says. */
    boolean isOwn(Cidr destination) {
        return own.contains(destination);
    }
}
