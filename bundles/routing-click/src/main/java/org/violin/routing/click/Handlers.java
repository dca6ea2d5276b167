// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which of the handlers we know a running graph has, and what they say. Immutable; a Click that does not answer says nothing. */
final class Handlers {
    static final Handlers NONE = new Handlers(Map.of(), List.of(), false, Set.of());

    private static final Pattern DECLARED = Pattern.compile("(?m)^([A-Za-z0-9_/@]+) :: ([A-Za-z0-9_]+)");
    private static final Set<String> TRANSLATORS =
            Set.of("IPRewriter", "TCPRewriter", "UDPRewriter", "IPAddrRewriter", "IPAddrPairRewriter", "ICMPPingRewriter");
    /** Prefixes of elements per vNIC: what a counter is called, and the handler. */
    private static final String[][] PER_NIC = {
        {"rx_", "count", "in"}, {"rx_", "byte_count", "bytesIn"}, {"tx_", "count", "out"}, {"tx_", "byte_count", "bytesOut"},
        {"rc_", "drops", "drops.header"}, {"q_", "drops", "drops.queue"}, {"kq_", "drops", "drops.kernel"}, {"arpq_", "drops", "drops.arp"}};

    /** Of services: element, handler, what it is called. */
    private static final String[][] SERVICES = {
        {"fwyes", "count", "firewall.accepted"}, {"fwno", "count", "firewall.dropped"}, {"fwrej", "count", "firewall.rejected"},
        {"fwc", "size", "firewall.flows"}, {"nat", "size", "nat.flows"}, {"natp", "size", "nat.pings"}, {"nata", "size", "nat.others"},
        {"nat", "mapping_failures", "nat.refused"}};

    private final Map<String, String> counters;
    private final List<String> translators;
    private final boolean routes;
    /** Elements that know neighbours. */
    private final Set<String> tables;

    private Handlers(Map<String, String> counters, List<String> translators, boolean routes, Set<String> tables) {
        this.counters = counters;
        this.translators = translators;
        this.routes = routes;
        this.tables = tables;
    }

    /** Asks which elements there are. */
    static Handlers of(ControlClient control, Layout layout) throws IOException, ClickError {
        Set<String> elements = new HashSet<>(List.of(control.read("list", "").split("\\s+")));
        Map<String, String> counters = new java.util.TreeMap<>();
        for (Layout.Nic nic : layout.nics) {
            for (String[] one : PER_NIC) {
                String element = one[0] + nic.label();
                if (elements.contains(element)) counters.put(nic.spec().name() + "." + one[2], element + "." + one[1]);
            }
        }
        if (elements.contains("chk")) counters.put("drops.header", "chk.drops");
        if (elements.contains("chk6")) counters.put("drops.header6", "chk6.drops");
        if (elements.contains("hole6")) counters.put("drops.blackhole6", "hole6.count");
        if (elements.contains("hole")) counters.put("drops.blackhole", "hole.count");
        for (String[] one : SERVICES) {
            if (elements.contains(one[0])) counters.put(one[2], one[0] + "." + one[1]);
        }
        List<String> translators = new ArrayList<>();
        Matcher declared = DECLARED.matcher(control.read("flatconfig", ""));
        while (declared.find()) {
            if (TRANSLATORS.contains(declared.group(2))) translators.add(declared.group(1));
        }
        boolean routes = elements.contains("rt");
        elements.removeIf(e -> !e.startsWith("arpq_") && !e.startsWith("nd_"));
        return new Handlers(counters, translators, routes, elements);
    }

    /** The graph has the routing table {@code rt}. */
    boolean routes() {
        return routes;
    }

    void counters(ControlClient control, Map<String, Long> into) {
        try {
            for (Map.Entry<String, String> one : counters.entrySet()) {
                try {
                    into.put(one.getKey(), Long.parseLong(control.read(one.getValue(), "").trim()));
                } catch (ClickError | NumberFormatException e) {
                    // an element of the user's, with this name but without this handler
                }
            }
        } catch (IOException e) {
            // Click is being started again
        }
    }

    /** Translations that are in use, for people. */
    Optional<String> translations(ControlClient control) {
        List<String> found = new ArrayList<>();
        try {
            for (String one : translators) {
                try {
                    long size = Long.parseLong(control.read(one + ".size", "").trim());
                    if (size > 0) found.add(size + (one.matches("fw[cpa]") ? " connections that the firewall knows in " : " translations of addresses in ") + one);
                } catch (ClickError | NumberFormatException e) {
                    found.add("translations of addresses in " + one);
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", found));
    }

    /** {@code VNIC ADDRESS MAC} lines, IPv4 first. */
    String neighbours(ControlClient control, Layout layout, int most) {
        StringBuilder lines = new StringBuilder();
        int left = most;
        try {
            for (String prefix : new String[] {"arpq_", "nd_"}) {
                for (Layout.Nic nic : layout.nics) {
                    if (!tables.contains(prefix + nic.label())) continue;
                    for (String line : control.read(prefix + nic.label() + ".table", "").split("\n")) {
                        String[] words = line.trim().split("\\s+"); // address, 1 when known, MAC, age
                        if (words.length < 3 || !words[1].equals("1") || left-- <= 0) continue;
                        lines.append(nic.spec().name()).append(' ').append(words[0]).append(' ').append(words[2]).append('\n');
                    }
                }
            }
        } catch (IOException | ClickError e) {
            return lines.toString(); // the next one asks
        }
        return lines.toString();
    }

    void seed(ControlClient control, Layout layout, String lines) {
        try {
            for (String line : lines.split("\n")) {
                String[] words = line.split(" ");
                Layout.Nic nic = words.length == 3 ? layout.nic(words[0]) : null;
                if (nic != null && !nic.ipv4().isEmpty() && words[1].indexOf(':') < 0) control.write("arpq_" + nic.label() + ".insert", words[1] + " " + words[2].replace('-', ':'));
            }
        } catch (IOException | ClickError e) {
            // it asks by ARP
        }
    }
}
