// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.violin.api.model.Cidr;
import org.violin.api.model.NicSpec;
import org.violin.api.routing.RouterNic;
import org.violin.api.routing.RouterSpec;

/** Numbers and names that graph, sockets and routes of one router agree on. Immutable. */
final class Layout {
    /** Output of the routing tables: to the guest's kernel. Output i + 1 is vNIC i; the next two follow the last vNIC. */
    static final int KERNEL = 0;
    /** The address both ends use, in a network namespace of their own. */
    static final String LOOPBACK = "127.0.0.1";

    /** The guest's loopback interface, as routes name it. */
    static final String LOOPBACK_NIC = "lo";

    private static final int OVERLAY = 10_000;
    private static final int SLOW = 20_000;
    private static final int TO_CLICK = 20_000;

    /**
     * One vNIC.
     *
     * @param index from 0
     * @param label its name as part of names of elements
     * @param ipv4 its IPv4 addresses, possibly none
     * @param ipv6 its IPv6 addresses, possibly none
     */
    record Nic(int index, String label, NicSpec spec, List<Cidr> ipv4, List<Cidr> ipv6, Map<String, String> options) {
        int output() {
            return index + 1;
        }

        /** Where our socket for the vNIC's port is. */
        int overlayPort() {
            return OVERLAY + index;
        }

        /** Where our socket for the guest's kernel is. */
        int slowPort() {
            return SLOW + index;
        }

        /** The port of Click's socket that talks with one of ours. */
        static int clickPort(int ours) {
            return ours + TO_CLICK;
        }
    }

    final List<Nic> nics;
    private final Map<String, Nic> byName = new TreeMap<>();

    Layout(RouterSpec spec) {
        List<Nic> all = new ArrayList<>();
        Set<String> labels = new HashSet<>();
        for (RouterNic nic : spec.nics()) {
            String label = nic.spec().name().replaceAll("[^A-Za-z0-9_]", "_");
            if (!labels.add(label)) labels.add(label += "_" + all.size());
            List<Cidr> ipv4 = nic.spec().addresses().stream().filter(a -> !a.isIpv6()).toList();
            List<Cidr> ipv6 = nic.spec().addresses().stream().filter(Cidr::isIpv6).toList();
            Nic one = new Nic(all.size(), label, nic.spec(), ipv4, ipv6, nic.options());
            all.add(one);
            byName.put(nic.spec().name(), one);
        }
        nics = List.copyOf(all);
    }

    /** Null: no such vNIC. */
    Nic nic(String name) {
        return byName.get(name);
    }

    /** Output where packets end silently. */
    int blackhole() {
        return nics.size() + 1;
    }

    /** Output where packets are answered with an ICMP error. */
    int unreachable() {
        return nics.size() + 2;
    }

    /** Output of IPv6 tables for what only makes them forget the last address. */
    int poked() {
        return nics.size() + 3;
    }
}
