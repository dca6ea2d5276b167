// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The programs of FRR that are used here, in the order in which they are started: the others talk to zebra. */
enum Daemon {
    ZEBRA("", "fpm .*"),
    STATICD("", "(ip|ipv6) route .*"),
    BFDD("bfd", ""),
    OSPFD("router ospf", "ip ospf .*"),
    OSPF6D("router ospf6", "ipv6 ospf6 .*"),
    ISISD("router isis", "isis .*|(ip|ipv6) router isis .*"),
    RIPD("router rip", "ip rip .*"),
    RIPNGD("router ripng", "ipv6 ripng .*"),
    BGPD("router bgp", ""),
    PIMD("", "ip (pim|igmp|mroute)( .*)?");

    private final String context;
    private final Pattern lines;

    /** @param context whose lines are its own. @param lines that are its own wherever they stand */
    Daemon(String context, String lines) {
        this.context = context;
        this.lines = Pattern.compile("(?:no )?(?:" + (lines.isEmpty() ? "(?!)" : lines) + ")");
    }

    /** Name of its program, its pid file and its socket. */
    String program() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Whether a command may be meant for it: not when it is another's own. Daemons take abbreviations, so ospf6d would take
     * {@code router ospf} for its own.
     */
    boolean hears(Config.Step step) {
        String outer = step.context().isEmpty() ? step.line() : step.context().get(0);
        boolean others = false;
        for (Daemon d : values()) {
            boolean owns = owns(d.context, outer) || d.lines.matcher(step.line()).matches() && !step.line().isEmpty();
            if (owns && d == this) return true;
            others |= owns;
        }
        return !others;
    }

    private static boolean owns(String context, String outer) {
        String plain = outer.startsWith("no ") ? outer.substring(3) : outer;
        return !context.isEmpty() && (plain.equals(context) || plain.startsWith(context + " "));
    }

    /** Whether a configuration with such a context or line needs it. */
    boolean neededFor(List<String> context, String line) {
        if (this == ZEBRA) return true;
        return !context.isEmpty() && owns(this.context, context.get(0)) || !line.isEmpty() && lines.matcher(line).matches();
    }
}
