// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The firewall in Click's language: packets of known connections pass; others are judged by an IPFilter, one for each pair of vNICs that the
 * rules tell apart, and become known when they pass. Rules are replaced by the filters' handlers, so what is known stays.
 */
final class FirewallText {
    /** Filters at most, and rules in all of them. */
    static final int MOST_LEAVES = 256;
    static final int MOST_RULES = 20_000;

    private static final String[] KINDS = {"tcp || udp", "icmp type 8 || icmp type 0", "icmp", "-"};

    private final Graph.Lines out;
    private final Layout layout;
    private final ServiceSettings.Firewall firewall;
    private final Set<String> from;
    private final Set<String> to;
    private final boolean dnat;
    private int leaf;

    FirewallText(Graph.Lines out, Layout layout, ServiceSettings.Firewall firewall) {
        this.out = out;
        this.layout = layout;
        this.firewall = firewall;
        from = named(firewall.rules(), true);
        to = named(firewall.rules(), false);
        dnat = translated(firewall.rules());
    }

    private static Set<String> named(List<NftRule> rules, boolean in) {
        Set<String> names = new TreeSet<>();
        for (NftRule rule : rules) {
            names.addAll(in ? rule.in() : rule.out());
            names.addAll(in ? rule.notIn() : rule.notOut());
        }
        return names;
    }

    private static boolean translated(List<NftRule> rules) {
        return rules.stream().anyMatch(r -> r.dnat() != null);
    }

    /** Filters that so many rules need. */
    static int leaves(List<NftRule> rules) {
        return (named(rules, true).size() + 1) * (named(rules, false).size() + 1) * (translated(rules) ? 2 : 1);
    }

    /** Classifies the way Click's translators want it. */
    static String kinds() {
        return "IPClassifier(" + String.join(", ", KINDS) + ")";
    }

    /** From {@code serve} to {@code passed}; what is said no to goes to {@code icmp} or ends. */
    void text(String passed, String rejecter) {
        line("// firewall");
        line("serve -> fwl :: CheckPaint(0); fwl[0] -> fwok :: Null -> " + passed + "; // the router's own errors are not forwarded packets");
        line("fwl[1] -> fwk :: " + kinds() + ";");
        String bounds = ", DST_ANNO false, MAPPING_CAPACITY 65536)";
        line("fwc :: IPRewriter(pass 1, keep 0 0" + bounds + "; fwp :: ICMPPingRewriter(pass 1, keep 0 0" + bounds
                + "; fwa :: IPAddrPairRewriter(pass 1, keep 0 0, MAPPING_CAPACITY 65536);");
        line("fwk[0] -> [0]fwc; fwk[1] -> [0]fwp; fwk[3] -> [0]fwa; fwk[2] -> ICMPRewriter(fwc fwp fwa, DST_ANNO false) -> fwok;");
        line("fwc[0] -> fwok; fwp[0] -> fwok; fwa[0] -> fwok; fwx :: Null; fwc[1] -> fwx; fwp[1] -> fwx; fwa[1] -> fwx;");
        line("fwyes :: Counter -> fwn :: " + kinds() + "; fwn[0] -> [1]fwc; fwn[1] -> [1]fwp; fwn[2] -> fwok; fwn[3] -> [1]fwa;");
        line("fwno :: Discard; fwrej :: Counter -> " + rejecter + ";");
        line("Idle -> fwyes; Idle -> fwrej;");
        branch("fwx", from, "", name -> branch("fwx_" + name, to, "ANNO " + ServedText.OUT, other -> leaves("fwx_" + name + "_" + other, nic(from, name), nic(to, other))));
    }

    private interface Each {
        void name(int branch);
    }

    /** Splits by a vNIC among those named; the others share the last branch. */
    private void branch(String element, Set<String> names, String annotation, Each each) {
        List<String> order = new ArrayList<>(names);
        if (order.isEmpty()) {
            line(element + " -> " + element + "_0 :: Null;");
        } else {
            line(element + " -> " + element + "_s :: PaintSwitch(" + annotation + ");");
            for (int i = 0; i <= order.size(); i++) line(element + "_" + i + " :: Null;");
            line(element + "_s[0] -> " + element + "_" + order.size() + ";");
            for (Layout.Nic nic : layout.nics) {
                int branch = order.indexOf(nic.spec().name());
                line(element + "_s[" + nic.output() + "] -> " + element + "_" + (branch < 0 ? order.size() : branch) + ";");
            }
        }
        for (int i = 0; i <= order.size(); i++) each.name(i);
    }

    private static String nic(Set<String> names, int branch) {
        return branch == names.size() ? null : new ArrayList<>(names).get(branch);
    }

    private void leaves(String element, String in, String to) {
        if (!dnat) {
            line(element + " -> " + filter(in, to, false));
            return;
        }
        line(element + " -> " + element + "_d :: CheckPaint(1, ANNO " + ServedText.TRANSLATED + ");");
        line(element + "_d[0] -> " + filter(in, to, true));
        line(element + "_d[1] -> " + filter(in, to, false));
    }

    private String filter(String in, String to, boolean translated) {
        List<String> lines = new ArrayList<>();
        int policy = firewall.accept() ? NftRule.ACCEPT : NftRule.DROP;
        for (NftRule rule : firewall.rules()) {
            if (rule.isFor(in, to, translated)) lines.add((rule.verdict() == NftRule.RETURN ? policy : rule.verdict()) + " " + rule.pattern());
        }
        lines.add(policy + " all");
        String name = "fw_" + leaf++;
        String config = out.live(name + ".config", String.join(", ", lines));
        return name + " :: IPFilter(" + config + "); " + name + "[0] -> fwyes; " + name + "[1] -> fwno; " + name + "[2] -> fwrej;";
    }

    private void line(String text) {
        out.line(text);
    }
}
