// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.violin.api.model.Cidr;
import org.violin.api.routing.PortForward;
import org.violin.api.routing.RouterSpec;

/**
 * What forwarded IPv4 packets pass besides routing, in Click's language, in the order of a Linux kernel: {@code pre} before the route is
 * looked up (translations undone, ports led inside), {@code serve} after it (firewall, then translation of what leaves).
 */
final class ServedText {
    /** Annotation: the output, that is the vNIC it leaves by. Free between those that Click's own elements use for IPv4. */
    static final int OUT = 18;
    /** Annotation: 1 when the destination was translated. */
    static final int TRANSLATED = 27;
    /** Below the ports that a Linux kernel takes for its own connections. */
    private static final String PORTS = "1024-32767";
    private static final String BOUND = ", DST_ANNO false, MAPPING_CAPACITY 65536)";

    private final Graph.Lines out;
    private final Layout layout;
    private final ServiceSettings services;
    private final List<String> own;

    ServedText(Graph.Lines out, RouterSpec spec, Layout layout, ServiceSettings services) {
        this.out = out;
        this.layout = layout;
        this.services = services;
        Set<String> mine = new TreeSet<>();
        for (Layout.Nic nic : layout.nics) nic.ipv4().forEach(a -> mine.add(a.address()));
        spec.loopbacks().stream().map(Cidr::parse).filter(a -> !a.isIpv6()).forEach(a -> mine.add(a.address()));
        own = List.copyOf(mine);
    }

    /** Where packets go that have a good header. */
    String first() {
        return services.nat == null || own.isEmpty() ? "path" : "pre";
    }

    void text() {
        out.line("// services");
        out.line("serve :: Null; Idle -> serve; done :: PaintSwitch(ANNO " + OUT + "); done[0] -> hole;");
        for (Layout.Nic nic : layout.nics) {
            if (nic.ipv4().isEmpty()) out.line("done[" + nic.output() + "] -> hole;");
        }
        if (services.nat != null) nat(services.nat);
        String after = services.nat == null ? "done" : "natout";
        if (services.firewall == null) out.line("serve -> " + after + ";");
        else new FirewallText(out, layout, services.firewall).text(after, "ICMPError(" + (own.isEmpty() ? "127.0.0.1" : own.get(0)) + ", unreachable, port) -> icmp");
    }

    private void nat(ServiceSettings.Nat nat) {
        out.line("// nat: input 0 before routing, 1 after it, then one for each way out, then one for each forward; output 0 leaves, 1 is routed");
        List<String> flows = new ArrayList<>(List.of("pass 1", "pass 0"));
        List<String> pairs = new ArrayList<>(flows);
        for (Layout.Nic nic : nat.out()) {
            flows.add("pattern " + nic.ipv4().get(0).address() + " " + PORTS + " - - 0 1");
            pairs.add("pattern " + nic.ipv4().get(0).address() + " - 0 1");
        }
        List<String> pings = new ArrayList<>(flows);
        for (PortForward f : nat.forwards()) flows.add("pattern - - " + f.to() + " " + (f.toPort().isEmpty() ? "-" : f.toPort()) + " 1 0");
        out.line("nat :: IPRewriter(" + String.join(", ", flows) + BOUND + ";");
        out.line("natp :: ICMPPingRewriter(" + String.join(", ", pings) + BOUND + ";");
        out.line("nata :: IPAddrPairRewriter(" + String.join(", ", pairs) + ", MAPPING_CAPACITY 65536);");
        out.line("natr :: ICMPRewriter(nat:0 natp:0 nata:0, DST_ANNO false);");
        out.line("natin :: GetIPAddress(16) -> path;");
        for (String one : List.of("nat", "natp", "nata", "natr")) out.line(one + "[0] -> done; " + one + "[1] -> natin;");
        before(nat);
        after(nat);
    }

    private void before(ServiceSettings.Nat nat) {
        out.line("pre :: IPClassifier(" + hosts("dst host ", own) + ", -); pre[1] -> path;");
        boolean forwards = !nat.forwards().isEmpty();
        if (forwards) forwards(nat);
        out.line("pre[0] -> prek :: " + FirewallText.kinds() + "; prek[1] -> [0]natp; prek[3] -> [0]nata;");
        out.line("prek[2] -> pree :: Tee(2); pree[0] -> path; pree[1] -> natr; // the router's own connections have errors, too");
        out.line("prek[0] -> prei :: PaintSwitch; prei[0] -> [0]nat;");
        for (Layout.Nic nic : layout.nics) out.line("prei[" + nic.output() + "] -> " + (forwards && nat.out().contains(nic) ? "pref" : "[0]nat") + ";");
    }

    private void forwards(ServiceSettings.Nat nat) {
        List<String> patterns = new ArrayList<>();
        for (PortForward f : nat.forwards()) {
            String[] ends = f.ports().split("-");
            patterns.add(f.protocol() + " && " + (ends.length == 1 ? "dst port " + ends[0] : "dst port >= " + ends[0] + " && dst port <= " + ends[1]));
        }
        out.line("pref :: IPClassifier(" + String.join(", ", patterns) + ", -); pref[" + patterns.size() + "] -> [0]nat; Idle -> pref;");
        for (int i = 0; i < patterns.size(); i++) {
            out.line("pref[" + i + "] -> Paint(1, ANNO " + TRANSLATED + ") -> [" + (2 + nat.out().size() + i) + "]nat;");
        }
    }

    private void after(ServiceSettings.Nat nat) {
        out.line("natpass :: " + FirewallText.kinds() + "; Idle -> natpass; natpass[0] -> [1]nat; natpass[1] -> [1]natp; natpass[3] -> [1]nata;");
        String targets = nat.forwards().isEmpty() ? "false"
                : nat.forwards().stream().map(PortForward::to).distinct().map(ServedText::about).collect(Collectors.joining(" || ", "(", ")"));
        out.line("natout :: PaintSwitch(ANNO " + OUT + "); natout[0] -> hole;");
        out.line("natpass[2] -> natpe :: IPClassifier(" + targets + ", -); natpe[0] -> natr; natpe[1] -> done;");
        for (Layout.Nic nic : layout.nics) {
            int way = nat.out().indexOf(nic);
            if (way < 0) {
                out.line("natout[" + nic.output() + "] -> natpass;");
                continue;
            }
            String inside = nat.inside().isEmpty() ? "true" : nat.inside().stream().map(c -> "src net " + c.network()).collect(Collectors.joining(" || "));
            String config = out.live("natm_" + nic.label() + ".config", inside + ", -");
            out.put("natout[" + nic.output() + "] -> natm_% :: IPClassifier(" + config + "); natm_%[1] -> natpass;", nic);
            out.put("natm_%[0] -> natk_% :: " + FirewallText.kinds() + "; natk_%[0] -> [" + (way + 2) + "]nat; natk_%[1] -> [" + (way + 2) + "]natp; natk_%[3] -> ["
                    + (way + 2) + "]nata;", nic);
            out.put("natk_%[2] -> nate_% :: IPClassifier((" + hosts("src host ", own) + ") && not " + targets + ", -); nate_%[0] -> done; nate_%[1] -> natr;", nic);
        }
    }

    /** ICMP errors about a packet to that address: it is the destination of the header they quote (RFC 792). */
    private static String about(String address) {
        byte[] b = Cidr.parse(address).bytes();
        return "icmp[24:4] = " + (((b[0] & 255L) << 24) | ((b[1] & 255L) << 16) | ((b[2] & 255L) << 8) | (b[3] & 255L));
    }

    private static String hosts(String side, List<String> addresses) {
        return addresses.stream().map(a -> side + a).collect(Collectors.joining(" || "));
    }
}
