// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.util.List;
import java.util.stream.Stream;

/**
 * That a host was expelled, once or more often. Two of one name merge; nothing is ever taken back.
 *
 * @param time of the last one, seconds since the epoch
 * @param until every certificate of that name that begins at this second (by the authority's clock) or before is worthless
 * @param serials of certificates, newest first, hex; at most 64
 * @param tunnels SHA-256 of tunnel keys, newest first, hex; at most 64
 */
record Expulsion(String name, long time, long until, List<String> serials, List<String> tunnels) {
    private static final int MAX_KEPT = 64;
    private static final String HEAD = "violin-expelled 1";
    private static final int MAX_TEXT = 16_384;

    Expulsion {
        serials = List.copyOf(serials);
        tunnels = List.copyOf(tunnels);
    }

    static Expulsion of(HostCertificate host, long nowSeconds) {
        return new Expulsion(host.name(), nowSeconds, host.notBefore(), List.of(host.serial()), List.of(host.fingerprint()));
    }

    Expulsion merge(Expulsion other) {
        Expulsion first = time >= other.time ? this : other;
        Expulsion second = first == this ? other : this;
        return new Expulsion(name, first.time, Math.max(until, other.until), union(first.serials, second.serials),
                union(first.tunnels, second.tunnels));
    }

    /** True when that certificate is worthless. */
    boolean covers(HostCertificate host) {
        return host.name().equals(name) && (host.notBefore() <= until || serials.contains(host.serial())) || tunnels.contains(host.fingerprint());
    }

    /** Lines, as README says. */
    String text() {
        StringBuilder text = new StringBuilder(HEAD).append("\nhost ").append(name).append("\ntime ").append(time)
                .append("\nuntil ").append(until).append('\n');
        serials.forEach(s -> text.append("serial ").append(s).append('\n'));
        tunnels.forEach(t -> text.append("tunnel ").append(t).append('\n'));
        return text.toString();
    }

    /**
     * Reads lines.
     *
     * @param latest seconds; {@code until} after that is not believed
     * @throws IllegalArgumentException when they are not understood
     */
    static Expulsion parse(String name, String text, long latest) {
        if (text.length() > MAX_TEXT) throw new IllegalArgumentException("too long");
        List<String> lines = text.lines().toList();
        if (lines.size() < 4 || !lines.get(0).equals(HEAD) || !lines.get(1).equals("host " + name)) {
            throw new IllegalArgumentException("not the record of an expulsion of " + name);
        }
        long until = number(lines.get(3), "until ");
        if (until > latest) throw new IllegalArgumentException("it reaches into the future");
        return new Expulsion(name, number(lines.get(2), "time "), until, values(lines, "serial "), values(lines, "tunnel "));
    }

    private static long number(String line, String key) {
        if (!line.startsWith(key) || !line.substring(key.length()).matches("[0-9]{1,12}")) throw new IllegalArgumentException("no " + key);
        return Long.parseLong(line.substring(key.length()));
    }

    private static List<String> values(List<String> lines, String key) {
        return lines.stream().skip(4).filter(l -> l.startsWith(key)).map(l -> l.substring(key.length()))
                .filter(v -> v.matches("[0-9a-f]{1,64}")).limit(MAX_KEPT).toList();
    }

    private static List<String> union(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).distinct().limit(MAX_KEPT).toList();
    }
}
