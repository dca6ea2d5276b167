// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.violin.api.model.Cidr;
import org.violin.api.routing.RouterSpec;

/**
 * IPv6 forwarding in Click's language (RFC 8200, RFC 4443, RFC 4861). Click's table changes route by route and remembers the last address
 * it looked up, so there are two sides of tables: one forwards while the other is changed, then a switch is turned ({@link Fib6Table}).
 * What the router itself hears, and all of neighbour discovery but the answers to Click's own questions, is the guest's kernel's.
 */
final class Ip6Text {
    /** Turned to the side that forwards. */
    static final String SWITCH = "sw6.switch";
    static final int SIDES = 2;

    private static final int ICMP_RATE = 1000;
    /** Questions for neighbours a second, of one vNIC. */
    private static final int ND_RATE = 1000;
    private static final String NOBODY = "00000000000000000000000000000000%fffffffffffffffffffffffffffffffe";

    private final Graph.Lines out;
    private final RouterSpec spec;
    private final Layout layout;
    private final int paths;

    Ip6Text(Graph.Lines out, RouterSpec spec, Layout layout, int paths) {
        this.out = out;
        this.spec = spec;
        this.layout = layout;
        this.paths = paths;
    }

    /** Whether Click forwards IPv6 for this router: it has addresses, and no service that Click cannot do for them. */
    static boolean wanted(RouterSpec spec, Layout layout, ServiceSettings services) {
        boolean some = layout.nics.stream().anyMatch(n -> !n.ipv6().isEmpty()) || spec.loopbacks().stream().anyMatch(l -> l.indexOf(':') >= 0);
        return some && !services.ipv6 && !spec.options().containsKey(GraphText.GRAPH);
    }

    /** The name of a table. @param side 0 or 1 */
    static String table(int side, int path) {
        return "rt6" + (side == 0 ? "a" : "b") + (path == 0 ? "" : path);
    }

    /** What makes the tables of a side forget the address they remember: it sends them one that nobody has. */
    static String poke(int side) {
        return "poke6" + (side == 0 ? "a" : "b");
    }

    /** After {@code local} and {@code hole}. */
    void common() {
        String routes = new TreeMap<>(new BaseRoutes6(spec, layout).entries).entrySet().stream().map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", "));
        out.line("hole6 :: Discard; mute6 :: Discard; icmp6 :: RatedSplitter(" + ICMP_RATE + "); sw6 :: Switch(0); icmp6 -> sw6; icmp6[1] -> Discard;");
        error("nowhere6", 1, 0, " -> icmp6", "");
        error("scope6", 1, 2, " -> icmp6", "");
        error("expired6", 3, 0, " -> icmp6", "");
        for (int mtu : mtus()) {
            // Click's element knows no length but a wrong one, and none for code 1. So code and length are put in afterwards, and paid for in the
            // flow label of the header that is quoted, which keeps the checksum right: 1 of the code - mtu + pay = 0 (RFC 1071).
            error("big6_" + mtu, 2, 1, String.format(" -> StoreData(41, \\<00>) -> StoreData(44, \\<%08x>) -> StoreData(50, \\<%04x>) -> icmp6", mtu, 0x10000 - mtu),
                    "StoreData(2, \\<0000>) -> ");
        }
        out.line("Idle -> scope6; Idle -> expired6;");
        for (int side = 0; side < SIDES; side++) {
            out.line(poke(side) + " :: InfiniteSource(LIMIT 2, BURST 2) -> poked" + side + " :: Tee(" + paths + ");");
            out.line("sw6[" + side + "] -> path6" + side + " :: " + (paths == 1 ? "Null" : "HashSwitch(8, 32)") + ";");
            for (int i = 0; i < paths; i++) {
                String table = table(side, i);
                out.line(table + " :: LookupIP6Route(" + routes + "); path6" + side + "[" + i + "] -> " + table + "; poked" + side + "[" + i + "] -> " + table + ";");
                out.line(table + "[0] -> local; " + table + "[" + layout.blackhole() + "] -> hole6; " + table + "[" + layout.unreachable() + "] -> nowhere6; "
                        + table + "[" + layout.poked() + "] -> Discard;");
            }
        }
        out.line("ip6 :: Strip(14) -> chk6 :: CheckIP6Header(\"" + String.join(" ", own()) + "\") -> GetIP6Address(24) -> sw6;");
    }

    /**
     * An element that answers with an error: never about errors, nor to groups or nobody (RFC 4443, 2.4), from the address of the vNIC that
     * the packet came by.
     */
    private void error(String name, int type, int code, String then, String before) {
        out.line(name + " :: Classifier(6/3a 40/00%80, 24/ff, 8/ff, 8/" + NOBODY + ", -);");
        out.line(name + "[0] -> mute6; " + name + "[1] -> mute6; " + name + "[2] -> mute6; " + name + "[3] -> mute6;");
        out.line(name + "_to :: Null" + then + ";");
        out.line(name + "[4] -> " + before + name + "_by :: PaintSwitch; " + name + "_by[0] -> mute6;");
        for (Layout.Nic nic : layout.nics) {
            out.line(name + "_by[" + nic.output() + "] -> ICMP6Error(" + source(nic) + ", " + type + ", " + code + ") -> " + name + "_to;");
        }
    }

    private Set<Integer> mtus() {
        return layout.nics.stream().map(n -> n.spec().mtuBytes()).collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<String> own() {
        Set<String> own = new TreeSet<>(List.of("::1"));
        for (Layout.Nic nic : layout.nics) nic.ipv6().forEach(a -> own.add(a.address()));
        spec.loopbacks().stream().map(Cidr::parse).filter(Cidr::isIpv6).forEach(a -> own.add(a.address()));
        return own;
    }

    /** Of errors about packets that came by a vNIC. */
    private String source(Layout.Nic nic) {
        if (!nic.ipv6().isEmpty()) return nic.ipv6().get(0).address();
        return own().stream().filter(a -> !a.equals("::1")).findFirst().orElseThrow();
    }

    /** Patterns of the vNIC's classifier: answers of neighbours with a link-layer address, to groups, others. */
    static String patterns() {
        return "12/86dd 20/3a 21/ff 54/88 78/02, 12/86dd 38/ff, 12/86dd";
    }

    /** @param first of the classifier's outputs for {@link #patterns} */
    void nic(Layout.Nic nic, int first) {
        String mac = nic.spec().mac();
        int mtu = nic.spec().mtuBytes();
        out.put("nd_% :: IP6NDSolicitor(" + linkLocal(mac) + ", " + mac + "); nd_%[0] -> q_%; nd_%[1] -> ndr_% :: RatedSplitter(" + ND_RATE
                + ") -> q_%; ndr_%[1] -> Discard;", nic);
        out.put("c_%[" + first + "] -> na_% :: Tee(2) -> [1]nd_%; na_%[1] -> krx_%; c_%[" + (first + 1) + "] -> krx_%;", nic);
        out.put("c_%[" + (first + 2) + "] -> Paint(" + nic.output() + ") -> ip6;", nic);
        out.put("out6_% :: Classifier(8/fe80%ffc0, 8/ff, 8/" + NOBODY + ", -);", nic);
        out.put("out6_%[0] -> scope6; out6_%[1] -> hole6; out6_%[2] -> hole6; // a link's own addresses stay there", nic);
        out.put("out6_%[3] -> dh_% :: DecIP6HLIM -> len6_% :: CheckLength(" + mtu + ") -> [0]nd_%; dh_%[1] -> expired6; len6_%[1] -> big6_" + mtu + ";", nic);
        for (int side = 0; side < SIDES; side++) {
            for (int i = 0; i < paths; i++) out.put(table(side, i) + "[" + nic.output() + "] -> out6_%;", nic);
        }
    }

    /** The address that the link layer's gives (RFC 4291, appendix A): neighbours can answer it wherever their routes lead. */
    static String linkLocal(String mac) {
        int[] b = java.util.Arrays.stream(mac.split(":")).mapToInt(h -> Integer.parseInt(h, 16)).toArray();
        return Cidr.parse(String.format("fe80::%x:%x:%x:%x", (b[0] ^ 2) << 8 | b[1], b[2] << 8 | 0xff, 0xfe00 | b[3], b[4] << 8 | b[5])).address();
    }
}
