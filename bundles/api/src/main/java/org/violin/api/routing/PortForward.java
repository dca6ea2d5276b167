// SPDX-License-Identifier: Apache-2.0
package org.violin.api.routing;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.violin.api.model.Cidr;

/**
 * A port that leads inside, written {@code tcp/8080=10.1.0.5:80}, {@code udp/8000-8010=10.1.0.5} (same ports) or
 * {@code tcp/80=[fd00::5]:8080}; a word of setting {@code forward} of service {@code nat}. Called by: whatever translates addresses.
 *
 * @param ports one, or first-last
 * @param to address alone
 * @param toPort empty: the same
 */
public record PortForward(String protocol, String ports, String to, String toPort) {
    private static final String RULE = "a forward is (tcp or udp)/PORT=ADDRESS:PORT, such as tcp/8080=10.1.0.5:80";
    private static final Pattern WORD =
            Pattern.compile("(tcp|udp)/([0-9]{1,5})(?:-([0-9]{1,5}))?=(?:\\[([0-9A-Fa-f:.]+)]|([0-9.]+))(?::([0-9]{1,5}))?");
    private static final int MAX_PORT = 65_535;

    /** Throws IllegalArgumentException with the rule that is broken. */
    public static PortForward parse(String word) {
        Matcher m = WORD.matcher(word);
        if (!m.matches()) throw new IllegalArgumentException(RULE);
        int first = port(m.group(2));
        int last = m.group(3) == null ? first : port(m.group(3));
        if (last < first) throw new IllegalArgumentException("the last port is below the first");
        if (last > first && m.group(6) != null) throw new IllegalArgumentException("several ports lead to the same ports: no port after the address");
        String to = Cidr.parse(m.group(4) != null ? m.group(4) : m.group(5)).address();
        return new PortForward(m.group(1), last > first ? first + "-" + last : String.valueOf(first), to, m.group(6) == null ? "" : String.valueOf(port(m.group(6))));
    }

    private static int port(String text) {
        int port = Integer.parseInt(text);
        if (port < 1 || port > MAX_PORT) throw new IllegalArgumentException("ports are 1 to " + MAX_PORT);
        return port;
    }

    /** Whether it leads to an IPv6 address. */
    public boolean ipv6() {
        return to.indexOf(':') >= 0;
    }

    /** As nft writes it. */
    public String target() {
        String address = ipv6() && !toPort.isEmpty() ? "[" + to + "]" : to;
        return toPort.isEmpty() ? address : address + ":" + toPort;
    }
}
