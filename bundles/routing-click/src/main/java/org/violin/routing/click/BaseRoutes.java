// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.util.Map;
import java.util.TreeMap;
import org.violin.api.model.Cidr;
import org.violin.api.routing.RouterSpec;

/** What a routing table holds before it is told anything: own addresses, connected subnets, what is never forwarded. Immutable. */
final class BaseRoutes {
    /** By destination: {@code [GATEWAY ]OUTPUT}. */
    final Map<Cidr, String> entries;
    private final Map<Cidr, String> own;

    BaseRoutes(RouterSpec spec, Layout layout) {
        Map<Cidr, String> base = new TreeMap<>();
        Map<Cidr, String> mine = new TreeMap<>();
        base.put(Cidr.parse("0.0.0.0/0"), "" + layout.unreachable());
        base.put(Cidr.parse("0.0.0.0/8"), "" + layout.blackhole()); // RFC 1812, 5.3.7
        base.put(Cidr.parse("127.0.0.0/8"), "" + layout.blackhole());
        base.put(Cidr.parse("240.0.0.0/4"), "" + layout.blackhole());
        mine.put(Cidr.parse("224.0.0.0/4"), "" + Layout.KERNEL);
        mine.put(Cidr.parse("255.255.255.255/32"), "" + Layout.KERNEL);
        for (Layout.Nic nic : layout.nics) {
            for (Cidr address : nic.ipv4()) base.putIfAbsent(address.network(), "" + nic.output());
        }
        for (Layout.Nic nic : layout.nics) {
            for (Cidr address : nic.ipv4()) {
                mine.put(new Cidr(address.address(), 32), "" + Layout.KERNEL);
                if (address.prefix() > 30) continue;
                mine.put(new Cidr(address.network().address(), 32), "" + Layout.KERNEL);
                mine.put(broadcast(address), "" + Layout.KERNEL);
            }
        }
        for (String text : spec.loopbacks()) {
            Cidr loopback = Cidr.parse(text);
            if (!loopback.isIpv6()) mine.put(new Cidr(loopback.address(), 32), "" + Layout.KERNEL);
        }
        base.putAll(mine);
        entries = Map.copyOf(base);
        own = Map.copyOf(mine);
    }

    /** The router itself is there, whatever a control plane says. */
    boolean isOwn(Cidr destination) {
        return own.containsKey(destination);
    }

    static Cidr broadcast(Cidr address) {
        byte[] b = address.bytes();
        for (int bit = address.prefix(); bit < 32; bit++) b[bit / 8] |= (byte) (0x80 >> bit % 8);
        return new Cidr((b[0] & 255) + "." + (b[1] & 255) + "." + (b[2] & 255) + "." + (b[3] & 255), 32);
    }
}
