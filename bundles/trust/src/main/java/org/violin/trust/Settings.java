// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.violin.api.model.Cidr;
import org.violin.api.model.Names;

/**
 * What is configured, checked.
 *
 * @param address of this host on the underlay
 * @param keys folder
 * @param join HOST[:PORT] of the authority's enrolment port; empty: this host is the authority
 * @param port TCP, of the enrolment here, and where {@code join} gives none; 0: any free (tests)
 * @param tokenFile where a joining host finds its token
 */
record Settings(String name, String address, Path keys, String join, int port, Path tokenFile) {
    private static final String FILE = "etc/org.violin.trust.cfg";
    private static final Pattern WHERE = Pattern.compile("(?:\\[([0-9A-Fa-f:.%]+)]|([^:\\[\\]/\\s]+))(?::([0-9]{1,5}))?");

    Settings {
        Names.nodeMistake(name).ifPresent(rule -> {
            throw new IllegalArgumentException(FILE + ": name = '" + name + "': " + rule);
        });
        try {
            Cidr parsed = Cidr.parse(address);
            if (address.indexOf('/') >= 0) throw new IllegalArgumentException("'" + address + "': without a prefix");
            address = parsed.address();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(FILE + ": address = " + e.getMessage() + "; give this host's address on the underlay");
        }
        if (port < 0 || port > 65535) throw new IllegalArgumentException(FILE + ": port = '" + port + "': must be 1 to 65535");
        join = join == null ? "" : join.strip();
        if (!join.isEmpty()) where(join, port);
    }

    /** True when this host holds the authority's key. */
    boolean authority() {
        return join.isEmpty();
    }

    /** Where the authority is; looked up anew with each call. */
    InetSocketAddress authorityAddress() {
        return where(join, port);
    }

    /** This host's enrolment port as a token names it. */
    String here(int actualPort) {
        return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + actualPort;
    }

    private static InetSocketAddress where(String join, int port) {
        boolean bareIpv6 = join.indexOf(':') != join.lastIndexOf(':') && !join.startsWith("[");
        Matcher matcher = WHERE.matcher(bareIpv6 ? "[" + join + "]" : join);
        if (matcher.matches()) {
            int given = matcher.group(3) == null ? port : Integer.parseInt(matcher.group(3));
            if (given > 0 && given <= 65535) {
                return new InetSocketAddress(matcher.group(1) != null ? matcher.group(1) : matcher.group(2), given);
            }
        }
        throw new IllegalArgumentException(FILE + ": join = '" + join + "': give HOST or HOST:PORT of the authority, or nothing");
    }
}
