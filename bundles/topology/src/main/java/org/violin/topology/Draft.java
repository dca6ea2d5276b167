// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.violin.api.model.Cidr;
import org.violin.api.model.Conditions;
import org.violin.api.model.Limits;
import org.violin.api.model.NodeKind;

/**
 * What a format found in its file, with lines, before names, addresses and MACs are completed. Every format fills one of these;
 * {@link Completion} turns it into a spec. Mutable and used by one thread for one reading.
 */
final class Draft {
    static final String DEFAULT_IPV4 = "10.0.0.0/8";
    static final String DEFAULT_IPV6 = "fd00::/48";
    static final int DEFAULT_MTU = 1500;

    String name = "";
    int mtu = DEFAULT_MTU;
    /** Where automatic subnets come from; empty means none are given. */
    Optional<Cidr> poolIpv4 = Optional.of(Cidr.parse(DEFAULT_IPV4));
    Optional<Cidr> poolIpv6 = Optional.of(Cidr.parse(DEFAULT_IPV6));
    final Map<String, String> attributes = new TreeMap<>(Map.of("routing", "kernel"));
    final Map<String, Node> nodes = new LinkedHashMap<>();
    final List<Link> links = new ArrayList<>();

    /** Nodes that placement puts together, apart or in several places. */
    final List<Group> groups = new ArrayList<>();

    /** The file's {@code timeline}; null: none. */
    Tree timeline;

    /** Whether conditions of links are imposed, which is the default. */
    void emulate(boolean wanted) {
        if (wanted) attributes.remove(Conditions.EMULATE);
        else attributes.put(Conditions.EMULATE, "false");
    }

    Optional<Cidr> pool(boolean ipv6) {
        return ipv6 ? poolIpv6 : poolIpv4;
    }

    /** An address or subnet as given; {@code bare} when without prefix length. */
    record Given(Cidr cidr, boolean bare, int line) {}

    /** Addresses or subnets given for one thing, and whether automatic ones are unwanted. */
    static final class Addressing {
        final List<Given> given = new ArrayList<>();
        boolean noIpv4;
        boolean noIpv6;

        boolean none(boolean ipv6) {
            return ipv6 ? noIpv6 : noIpv4;
        }

        void add(Addressing other) {
            given.addAll(other.given);
            noIpv4 |= other.noIpv4;
            noIpv6 |= other.noIpv6;
        }
    }

    /** One route; {@code to} is null for the default route of the next hop's family. */
    record Route(int line, Cidr to, String via, int metric) {}

    /** One node that a group names. */
    record Member(String node, int line) {}

    /**
     * Nodes with a rule for where they go together; see {@link GroupKeys}.
     *
     * @param over a label of overlay hosts, or {@link GroupKeys#EACH_HOST}
     * @param places of a spread: how many at least; 0: as many as nodes; of others 0
     */
    record Group(int line, String name, String rule, String over, int places, List<Member> members) {}

    static final class Node {
        final String name;
        final int line;
        final NodeKind kind;
        Optional<String> host = Optional.empty();
        String provider;
        Limits limits = Limits.NONE;
        /** Of a vSwitch: for the vNICs of its segment; 0 when not given. */
        int mtu;
        final List<String> exec = new ArrayList<>();
        final List<Route> routes = new ArrayList<>();
        final Map<String, String> attributes = new TreeMap<>();
        /** Of a guest: what is given for its interfaces, by name. */
        final Map<String, Nic> nics = new LinkedHashMap<>();
        /** Of a vSwitch: the subnets of its segment. */
        final Addressing subnets = new Addressing();
        /** Of a vRouter: its own addresses, with full prefix length. */
        final List<Given> loopbacks = new ArrayList<>();
        /** Of a vRouter: the interfaces that its services name, by service. */
        final Map<String, List<ServiceKeys.Nic>> serviceNics = new TreeMap<>();
        /** Of a vRouter whose file gives a router-id. */
        int routerIdLine;

        Node(String name, int line, NodeKind kind) {
            this.name = name;
            this.line = line;
            this.kind = kind;
            this.provider = kind.isGuest() ? "netns" : "learning";
        }
    }

    /** What is given for one vNIC. */
    static final class Nic {
        final int line;
        final Addressing addresses = new Addressing();
        String mac = "";
        int mtu;

        Nic(int line) {
            this.line = line;
        }

        /** Adds what the end of a link says. */
        void add(Nic other) {
            addresses.add(other.addresses);
            if (!other.mac.isEmpty()) mac = other.mac;
            if (other.mtu != 0) mtu = other.mtu;
        }
    }

    /**
     * One end of a link; {@code port} is empty when it is to be chosen; {@code nic} is what the link says of the vNIC there; {@code conditions}
     * are of the direction that begins there.
     */
    record End(String node, String port, int line, Nic nic, Map<String, ConditionKeys.Setting> conditions) {
        End(String node, String port, int line, Nic nic) {
            this(node, port, line, nic, Map.of());
        }
    }

    static final class Link {
        final int line;
        final End a;
        final End b;
        final Addressing subnets = new Addressing();
        int mtu;
        double cost = 1;
        /** When {@code conditions} have no delay. */
        double delayMillis;
        /** Of both directions, in canonical texts. */
        final Map<String, ConditionKeys.Setting> conditions = new LinkedHashMap<>();
        final Map<String, String> attributes = new TreeMap<>();

        Link(int line, End a, End b) {
            this.line = line;
            this.a = a;
            this.b = b;
        }
    }
}
