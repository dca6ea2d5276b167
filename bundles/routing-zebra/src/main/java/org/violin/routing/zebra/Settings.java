// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.violin.api.model.Mistake;
import org.violin.api.routing.RouterNic;
import org.violin.api.routing.RouterSpec;

/**
 * What the options of a router mean.
 *
 * @param helloMillis between two hellos; below 1,000 only OSPF for IPv4 can, then its dead time is 1 s
 * @param deadMillis after which a silent neighbour is gone
 * @param bfdMillis between two BFD packets; three lost ones cut
 */
record Settings(String area, int helloMillis, int deadMillis, boolean bfd, int bfdMillis, String rp) {
    static Settings of(RouterSpec spec) {
        Map<String, String> o = spec.options();
        int hello = number(o, "hello", 1000);
        return new Settings(o.getOrDefault("area", "0"), hello, number(o, "dead", 4 * Math.max(1000, hello)), bool(o, "bfd"),
                number(o, "bfd-interval", 100), o.getOrDefault("rp", ""));
    }

    private static int number(Map<String, String> options, String name, int otherwise) {
        try {
            return Integer.parseInt(options.getOrDefault(name, Integer.toString(otherwise)));
        } catch (NumberFormatException e) {
            return otherwise; // mistakes() has told
        }
    }

    private static boolean bool(Map<String, String> options, String name) {
        return options.getOrDefault(name, "false").equals("true");
    }

    /** Seconds as the protocols count them, at least one. */
    int helloSeconds() {
        return Math.max(1, helloMillis / 1000);
    }

    int deadSeconds() {
        return Math.max(2 * helloSeconds(), deadMillis / 1000);
    }

    /** Hellos before a neighbour is given up, for protocols that count so. */
    int multiplier() {
        return Math.max(2, Math.min(100, deadSeconds() / helloSeconds()));
    }

    /** The area of a vNIC: its own or the router's. */
    String area(RouterNic nic) {
        return nic.options().getOrDefault("area", area);
    }

    /** What is wrong with the options that are read here; others are left alone. */
    static List<Mistake> mistakes(RouterSpec spec) {
        List<Mistake> found = new ArrayList<>();
        String where = spec.id() + " options";
        between(found, where, spec.options(), "hello", 50, 65_535_000);
        between(found, where, spec.options(), "dead", 1000, 65_535_000);
        between(found, where, spec.options(), "bfd-interval", 10, 60_000);
        area(found, where, spec.options());
        for (RouterNic nic : spec.nics()) area(found, where + " of " + nic.spec().name(), nic.options());
        for (String name : List.of("bfd")) {
            String value = spec.options().getOrDefault(name, "true");
            if (!value.matches("true|false")) found.add(new Mistake(where, 0, value, name + " is true or false"));
        }
        String rp = spec.options().getOrDefault("rp", "0.0.0.0");
        if (!rp.matches("[0-9]+(\\.[0-9]+){3}")) found.add(new Mistake(where, 0, rp, "rp is the rendezvous point's IPv4 address"));
        if (spec.speaks("bgp") && spec.as() == 0) found.add(new Mistake(where, 0, "bgp", "bgp needs the router's autonomous system (as)"));
        return found;
    }

    private static void between(List<Mistake> found, String where, Map<String, String> options, String name, int least, int most) {
        String value = options.get(name);
        if (value == null) return;
        boolean good = value.matches("[0-9]{1,9}") && Integer.parseInt(value) >= least && Integer.parseInt(value) <= most;
        if (!good) found.add(new Mistake(where, 0, value, name + " is a number of milliseconds from " + least + " to " + most));
    }

    private static void area(List<Mistake> found, String where, Map<String, String> options) {
        String area = options.getOrDefault("area", "0");
        boolean good = area.matches("[0-9]{1,10}") && Long.parseLong(area) <= 0xffffffffL || area.matches("([0-9]{1,3}\\.){3}[0-9]{1,3}");
        if (!good) found.add(new Mistake(where, 0, area, "area is a number or a dotted quad"));
    }
}
