// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.violin.api.model.Cidr;
import org.violin.api.routing.RouterSpec;

/**
 * Click's language for one vRouter: an IPv4 router after RFC 1812, with all that is not plain forwarding handed to the guest's kernel.
 * Pure: the same spec gives the same text, and routes that change later are not in it.
 */
final class GraphText {
    /** Name of the control socket, in the folder Click runs in. */
    static final String CONTROL = "control";
    /** Option of the router or of a vNIC: text between {@code input ->} and {@code -> output}, or a body with those words. */
    static final String SPLICE = "click.splice";
    /** Option of the router: a whole graph. */
    static final String GRAPH = "click.graph";
    /** Option of the router: how many next hops of equal cost are used, 1 to 16. */
    static final String PATHS = "click.paths";

    private static final int DEFAULT_PATHS = 4;
    private static final int MOST_PATHS = 16;
    /** ICMP errors a second at most (RFC 1812, 4.3.2.8); redirects have their own limit. */
    private static final int ICMP_RATE = 1000;
    /** Of one vNIC: packets that wait for an answer, neighbours, packets that wait for one neighbour. The oldest go. */
    private static final String ARP_BOUNDS = ", CAPACITY 2048, ENTRY_CAPACITY 16384, ENTRY_PACKET_CAPACITY 512";

    private final RouterSpec spec;
    private final Layout layout;
    private final BaseRoutes base;
    private final StringBuilder out = new StringBuilder();

    private GraphText(RouterSpec spec, Layout layout, BaseRoutes base) {
        this.spec = spec;
        this.layout = layout;
        this.base = base;
    }

    static String of(RouterSpec spec, Layout layout, BaseRoutes base) {
        return new GraphText(spec, layout, base).text();
    }

    /** Routing tables side by side, one for each of so many next hops; a graph of the user has one. Throws IllegalArgumentException. */
    static int paths(RouterSpec spec) {
        if (spec.options().containsKey(GRAPH)) return 1;
        String text = spec.options().getOrDefault(PATHS, "" + DEFAULT_PATHS);
        if (!text.matches("[0-9]{1,2}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MOST_PATHS) {
            throw new IllegalArgumentException("expected 1 to " + MOST_PATHS);
        }
        return Integer.parseInt(text);
    }

    /** The name of a routing table, from 0. */
    static String table(int path) {
        return path == 0 ? "rt" : "rt" + path;
    }

    private String text() {
        line("// Made by VIOLIN for " + spec.id() + ".");
        line("ControlSocket(unix, " + CONTROL + ", RETRIES 3);");
        for (Layout.Nic nic : layout.nics) sockets(nic);
        String whole = spec.options().get(GRAPH);
        if (whole != null) whole(whole);
        else router();
        return out.toString();
    }

    private void sockets(Layout.Nic nic) {
        socket("ov_", nic, nic.overlayPort());
        socket("sp_", nic, nic.slowPort());
    }

    /** CLIENT true: otherwise the element binds the remote address, contrary to its text; with it the kernel takes datagrams only from us. */
    private void socket(String prefix, Layout.Nic nic, int ours) {
        line(prefix + nic.label() + " :: Socket(UDP, " + Layout.LOOPBACK + ", " + ours + ", " + Layout.LOOPBACK + ", " + Layout.Nic.clickPort(ours)
                + ", CLIENT true, SNAPLEN " + Math.max(2048, nic.spec().mtuBytes() + 64) + ", HEADROOM 64, SNDBUF 1048576, RCVBUF 1048576, TIMESTAMP false);");
    }

    private void whole(String text) {
        for (Layout.Nic nic : layout.nics) {
            String label = nic.label();
            line("define($MAC_" + label + " " + nic.spec().mac() + ", $MTU_" + label + " " + nic.spec().mtuBytes() + ");");
            if (nic.ipv4().isEmpty()) continue;
            Cidr first = nic.ipv4().get(0);
            line("define($IP_" + label + " " + first.address() + ", $NET_" + label + " " + first + ");");
        }
        user(GRAPH, text);
    }

    private void router() {
        List<Layout.Nic> v4 = layout.nics.stream().filter(n -> !n.ipv4().isEmpty()).toList();
        int paths = paths(spec);
        String routes = new TreeMap<>(base.entries).entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).collect(Collectors.joining(", "));
        for (int i = 0; i < paths; i++) line(table(i) + " :: RadixIPLookup(" + routes + ");");
        if (paths == 1) line("path :: Null;");
        else line("path :: HashSwitch(12, 8); // by source and destination, so that a flow keeps its order");
        for (int i = 0; i < paths; i++) line("path[" + i + "] -> " + table(i) + ";");
        line("ip :: Strip(14) -> chk :: CheckIPHeader(BADSRC " + String.join(" ", martians(v4)) + ") -> path;");
        line("icmp :: RatedSplitter(" + ICMP_RATE + "); icmp -> path; icmp[1] -> Discard;");
        line("loc :: PaintSwitch; local :: Unstrip(14) -> loc; loc[0] -> Discard; // to the kernel as it came");
        line("hole :: Discard;");
        line(v4.isEmpty() ? "nowhere :: Discard;" : "nowhere :: ICMPError(" + v4.get(0).ipv4().get(0).address() + ", unreachable, net) -> icmp;");
        if (v4.isEmpty()) line("Idle -> ip; Idle -> icmp;"); // nothing unused is allowed
        for (int i = 0; i < paths; i++) {
            line(table(i) + "[0] -> local; " + table(i) + "[" + layout.blackhole() + "] -> hole; " + table(i) + "[" + layout.unreachable() + "] -> nowhere;");
        }
        for (Layout.Nic nic : layout.nics) {
            line("// vNIC " + nic.spec().name());
            kernel(nic);
            if (nic.ipv4().isEmpty()) unnumbered(nic, paths);
            else numbered(nic, paths);
        }
    }

    /** Sources that nothing on the wire has (RFC 1812, 5.3.7): broadcasts, and the router's own addresses. */
    private Set<String> martians(List<Layout.Nic> nics) {
        Set<String> bad = new TreeSet<>(List.of("0.0.0.0", "255.255.255.255"));
        for (Layout.Nic nic : nics) {
            for (Cidr address : nic.ipv4()) {
                bad.add(address.address());
                if (address.prefix() < 31) bad.add(BaseRoutes.broadcast(address).address());
            }
        }
        spec.loopbacks().stream().map(Cidr::parse).filter(a -> !a.isIpv6()).forEach(a -> bad.add(a.address()));
        return bad;
    }

    /** What the guest's kernel hears and says. */
    private void kernel(Layout.Nic nic) {
        put("q_% :: Queue(1000) -> tx_% :: Counter -> ov_%;", nic);
        put("krx_% :: Counter -> kq_% :: Queue(500) -> sp_%;", nic);
        put("sp_% -> ktx_% :: Counter -> q_%;", nic);
        line("loc[" + nic.output() + "] -> krx_" + nic.label() + ";");
        put("ov_% -> rx_% :: Counter -> hf_% :: HostEtherFilter(" + nic.spec().mac() + ") -> c_% :: Classifier(", nic);
    }

    private void unnumbered(Layout.Nic nic, int paths) {
        line("    -); // no IPv4 address: the kernel's alone");
        put("c_% -> krx_%;", nic);
        for (int i = 0; i < paths; i++) line(table(i) + "[" + nic.output() + "] -> hole;");
    }

    private void numbered(Layout.Nic nic, int paths) {
        String ip = nic.ipv4().get(0).address();
        String mac = nic.spec().mac();
        line("    12/0806 20/0001, 12/0806 20/0002, // ARP: request, reply");
        line("    12/0800 30/ffffffff, 12/0800 30/e0%f0, // IPv4: to all, to groups");
        line("    12/0800, -);");
        String mine = nic.ipv4().stream().map(a -> a.address() + " " + mac).collect(Collectors.joining(", "));
        put("c_%[0] -> ARPResponder(" + mine + ") -> q_%;", nic);
        put("arpq_% :: ARPQuerier(" + ip + ", " + mac + ARP_BOUNDS + ") -> q_%;", nic);
        put("c_%[1] -> arps_% :: Tee(2) -> [1]arpq_%; arps_%[1] -> krx_%;", nic);
        put("c_%[2] -> krx_%; c_%[3] -> krx_%; c_%[5] -> krx_%;", nic);
        put("c_%[4] -> Paint(" + nic.output() + ") -> ip;", nic);
        boolean spliced = splice(nic);
        put("out_% :: DropBroadcasts -> cp_% :: PaintTee(" + nic.output() + ") -> gio_% :: IPGWOptions(" + ip + ") -> FixIPSrc(" + ip + ")", nic);
        put("    -> dt_% :: DecIPTTL -> fr_% :: IPFragmenter(" + nic.spec().mtuBytes() + ")" + (spliced ? " -> svc_%" : "") + " -> [0]arpq_%;", nic);
        put("dt_%[1] -> ICMPError(" + ip + ", timeexceeded) -> icmp;", nic);
        put("fr_%[1] -> ICMPError(" + ip + ", unreachable, needfrag, PMTU " + nic.spec().mtuBytes() + ") -> icmp;", nic);
        put("gio_%[1] -> ICMPError(" + ip + ", parameterproblem) -> icmp;", nic);
        put("cp_%[1] -> red_% :: RatedSplitter(2) -> ICMPError(" + ip + ", redirect, host) -> icmp; red_%[1] -> Discard;", nic);
        for (int i = 0; i < paths; i++) line(table(i) + "[" + nic.output() + "] -> out_" + nic.label() + ";");
    }

    /** The user's text is an element {@code svc_NIC}; its parts are read as {@code svc_NIC/PART.HANDLER}. */
    private boolean splice(Layout.Nic nic) {
        String text = nic.options().getOrDefault(SPLICE, spec.options().get(SPLICE));
        if (text == null || text.isBlank()) return false;
        boolean body = text.matches("(?s).*\\b(input|output)\\b.*");
        String from = nic.options().containsKey(SPLICE) ? SPLICE + " of " + nic.spec().name() : SPLICE;
        line("svc_" + nic.label() + " :: {");
        if (!body) line("input ->");
        user(from, body ? text : text.strip().replaceAll("(^->|->$)", "").strip());
        if (!body) line("-> output;");
        line("};");
        return true;
    }

    /** Text of the user, with lines counted from its beginning. */
    private void user(String name, String text) {
        line("#line 1 \"" + name + "\"");
        line(text);
        line("#line " + (out.chars().filter(c -> c == '\n').count() + 2) + " \"" + ClickProgram.FILE + "\"");
    }

    private void put(String text, Layout.Nic nic) {
        line(text.replaceAll("_%", "_" + nic.label()));
    }

    private void line(String text) {
        out.append(text).append('\n');
    }

    /** What is wrong with the options, by option. */
    static Map<String, String> mistakes(RouterSpec spec) {
        Map<String, String> wrong = new TreeMap<>();
        try {
            paths(spec);
        } catch (IllegalArgumentException e) {
            wrong.put(PATHS, e.getMessage());
        }
        if (spec.options().containsKey(GRAPH) && spec.options().containsKey(SPLICE)) wrong.put(SPLICE, "not together with " + GRAPH);
        return wrong;
    }
}
