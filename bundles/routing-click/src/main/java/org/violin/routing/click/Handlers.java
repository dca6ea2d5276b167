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
    static final Handlers NONE = new Handlers(Map.of(), List.of(), false);

    private static final Pattern DECLARED = Pattern.compile("(?m)^([A-Za-z0-9_/@]+) :: ([A-Za-z0-9_]+)");
    private static final Set<String> TRANSLATORS =
            Set.of("IPRewriter", "TCPRewriter", "UDPRewriter", "IPAddrRewriter", "IPAddrPairRewriter", "ICMPPingRewriter");
    /** Prefixes of elements per vNIC: what a counter is called, and the handler. */
    private static final String[][] PER_NIC = {
        {"rx_", "count", "in"}, {"rx_", "byte_count", "bytesIn"}, {"tx_", "count", "out"}, {"tx_", "byte_count", "bytesOut"},
        {"q_", "drops", "drops.queue"}, {"kq_", "drops", "drops.kernel"}, {"arpq_", "drops", "drops.arp"}};

    private final Map<String, String> counters;
    private final List<String> translators;
    private final boolean routes;

    private Handlers(Map<String, String> counters, List<String> translators, boolean routes) {
        this.counters = counters;
        this.translators = translators;
        this.routes = routes;
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
        if (elements.contains("hole")) counters.put("drops.blackhole", "hole.count");
        List<String> translators = new ArrayList<>();
        Matcher declared = DECLARED.matcher(control.read("flatconfig", ""));
        while (declared.find()) {
            if (TRANSLATORS.contains(declared.group(2))) translators.add(declared.group(1));
        }
        return new Handlers(counters, translators, elements.contains("rt"));
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
                    if (size > 0) found.add(size + " translations of addresses in " + one);
                } catch (ClickError | NumberFormatException e) {
                    found.add("translations of addresses in " + one);
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", found));
    }

    /** {@code VNIC IPV4 MAC} lines. */
    String neighbours(ControlClient control, Layout layout, int most) {
        StringBuilder lines = new StringBuilder();
        int left = most;
        try {
            for (Layout.Nic nic : layout.nics) {
                for (String line : control.read("arpq_" + nic.label() + ".table", "").split("\n")) {
                    String[] words = line.trim().split("\\s+"); // address, 1 when known, MAC, age
                    if (words.length < 3 || !words[1].equals("1") || left-- <= 0) continue;
                    lines.append(nic.spec().name()).append(' ').append(words[0]).append(' ').append(words[2]).append('\n');
                }
            }
        } catch (IOException | ClickError e) {
            return lines.toString(); // the next one asks by ARP
        }
        return lines.toString();
    }

    void seed(ControlClient control, Layout layout, String lines) {
        try {
            for (String line : lines.split("\n")) {
                String[] words = line.split(" ");
                Layout.Nic nic = words.length == 3 ? layout.nic(words[0]) : null;
                if (nic != null && !nic.ipv4().isEmpty()) control.write("arpq_" + nic.label() + ".insert", words[1] + " " + words[2].replace('-', ':'));
            }
        } catch (IOException | ClickError e) {
            // it asks by ARP
        }
    }
}
