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
 * Click's language for one vRouter: an IPv4 router after RFC 1812 and an IPv6 router ({@link Ip6Text}), with all that is not plain forwarding handed to the guest's kernel.
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

    /** Of a shaped vNIC: bytes that may go at once, packets that may wait. */
    private static final long LEAST_BURST = 32_768;
    private static final long LEAST_QUEUE = 20;

    private final RouterSpec spec;
    private final Layout layout;
    private final BaseRoutes base;
    private final ServiceSettings services;
    private final ServedText served;
    private final Ip6Text six;
    private final Graph.Lines out = new Graph.Lines();

    private GraphText(RouterSpec spec, Layout layout, BaseRoutes base) {
        this.spec = spec;
        this.layout = layout;
        this.base = base;
        services = new ServiceSettings(spec, layout);
        served = services.served() ? new ServedText(out, spec, layout, services) : null;
        six = Ip6Text.wanted(spec, layout, services) ? new Ip6Text(out, spec, layout, paths(spec)) : null;
    }

    static Graph of(RouterSpec spec, Layout layout, BaseRoutes base) {
        return new GraphText(spec, layout, base).graph();
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

    private Graph graph() {
        line("// Made by VIOLIN for " + spec.id() + ".");
        line("ControlSocket(unix, " + CONTROL + ", RETRIES 3);");
        for (Layout.Nic nic : layout.nics) sockets(nic);
        String whole = spec.options().get(GRAPH);
        if (whole != null) whole(whole);
        else router();
        return out.graph();
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
        line("icmp :: RatedSplitter(" + ICMP_RATE + "); icmp -> path; icmp[1] -> Discard;");
        line("loc :: PaintSwitch; local :: Unstrip(14) -> loc; loc[0] -> Discard; // to the kernel as it came");
        line("hole :: Discard;");
        line(v4.isEmpty() ? "nowhere :: Discard;" : "nowhere :: ICMPError(" + v4.get(0).ipv4().get(0).address() + ", unreachable, net) -> icmp;");
        if (served != null) served.text();
        line("ip :: Strip(14) -> chk :: CheckIPHeader(BADSRC " + String.join(" ", martians(v4)) + ") -> " + (served == null ? "path" : served.first()) + ";");
        if (v4.isEmpty()) line("Idle -> ip; Idle -> icmp;"); // nothing unused is allowed
        for (int i = 0; i < paths; i++) {
            line(table(i) + "[0] -> local; " + table(i) + "[" + layout.blackhole() + "] -> hole; " + table(i) + "[" + layout.unreachable() + "] -> nowhere;");
        }
        if (six != null) six.common();
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
        Long rate = services.shape.get(nic.label());
        put(rate == null ? "q_% :: Queue(1000) -> tx_% :: Counter -> ov_%;" : shaped(nic, rate), nic);
        put("krx_% :: Counter -> kq_% :: Queue(500) -> sp_%;", nic);
        put("sp_% -> ktx_% :: Counter -> q_%;", nic);
        line("loc[" + nic.output() + "] -> krx_" + nic.label() + ";");
        put("ov_% -> rx_% :: Counter -> hf_% :: HostEtherFilter(" + nic.spec().mac() + ") -> c_% :: Classifier(", nic);
    }

    /** A bucket of 4 ms, at least 32 KiB, and a queue of 50 ms, as service {@code shape} has them where the kernel forwards. */
    private String shaped(Layout.Nic nic, long bitsPerSecond) {
        long bytes = bitsPerSecond / 8;
        long burst = Math.max(LEAST_BURST, bytes * 4 / 1000);
        String config = out.live("sh_" + nic.label() + ".config", bytes + "Bps, BURST_BYTES " + burst);
        String capacity = out.live("q_" + nic.label() + ".capacity", "" + Math.max(LEAST_QUEUE, (bytes / 20 + burst) / nic.spec().mtuBytes()));
        return "q_% :: Queue(" + capacity + ") -> sh_% :: BandwidthRatedUnqueue(" + config + ") -> sq_% :: Queue(64) -> tx_% :: Counter -> ov_%;";
    }

    private void unnumbered(Layout.Nic nic, int paths) {
        if (six == null) {
            line("    -); // no IPv4 address: the kernel's alone");
            put("c_% -> krx_%;", nic);
        } else {
            line("    " + Ip6Text.patterns() + ", -);");
            put("c_%[3] -> krx_%;", nic);
            six.nic(nic, 0);
        }
        for (int i = 0; i < paths; i++) line(table(i) + "[" + nic.output() + "] -> hole;");
    }

    private void numbered(Layout.Nic nic, int paths) {
        String ip = nic.ipv4().get(0).address();
        String mac = nic.spec().mac();
        line("    12/0806 20/0001, 12/0806 20/0002, // ARP: request, reply");
        line("    12/0800 30/ffffffff, 12/0800 30/e0%f0, // IPv4: to all, to groups");
        line("    12/0800, " + (six == null ? "-);" : Ip6Text.patterns() + ", -);"));
        String mine = nic.ipv4().stream().map(a -> a.address() + " " + mac).collect(Collectors.joining(", "));
        put("c_%[0] -> ARPResponder(" + mine + ") -> q_%;", nic);
        put("arpq_% :: ARPQuerier(" + ip + ", " + mac + ARP_BOUNDS + ") -> q_%;", nic);
        put("c_%[1] -> arps_% :: Tee(2) -> [1]arpq_%; arps_%[1] -> krx_%;", nic);
        put("c_%[2] -> krx_%; c_%[3] -> krx_%; c_%[" + (six == null ? 5 : 8) + "] -> krx_%;", nic);
        if (six != null) six.nic(nic, 5);
        // Services see whole packets, as after a kernel's own reassembly; the frame gets its head back for the kernel.
        String whole = served == null ? "" : "Strip(14) -> rc_% :: CheckIPHeader -> IPReassembler -> EtherEncap(0x0800, 00:00:00:00:00:00, " + mac + ") -> ";
        put("c_%[4] -> " + whole + "Paint(" + nic.output() + ") -> ip;", nic);
        boolean spliced = splice(nic);
        put("out_% :: DropBroadcasts -> cp_% :: PaintTee(" + nic.output() + ") -> gio_% :: IPGWOptions(" + ip + ") -> FixIPSrc(" + ip + ")", nic);
        String fragments = "fr_% :: IPFragmenter(" + nic.spec().mtuBytes() + ")" + (spliced ? " -> svc_%" : "") + " -> [0]arpq_%;";
        put("    -> dt_% :: DecIPTTL -> " + (served == null ? fragments : "big_% :: CheckLength(" + nic.spec().mtuBytes() + ") -> sv_% :: Paint("
                + nic.output() + ", ANNO " + ServedText.OUT + ") -> serve;"), nic);
        if (served != null) { // who sent it is told the length before its address is translated
            put("done[" + nic.output() + "] -> " + fragments, nic);
            put("big_%[1] -> df_% :: Classifier(6/40%40, -); df_%[1] -> sv_%;", nic);
            put("df_%[0] -> ICMPError(" + ip + ", unreachable, needfrag, PMTU " + nic.spec().mtuBytes() + ") -> icmp;", nic);
        }
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
        out.raw(text);
        line("#line " + (out.count() + 2) + " \"" + ClickProgram.FILE + "\"");
    }

    private void put(String text, Layout.Nic nic) {
        out.put(text, nic);
    }

    private void line(String text) {
        out.line(text);
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
