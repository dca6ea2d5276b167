// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.violin.api.guest.GuestException;

/**
 * The text of one nftables table of family inet (nft(8)), replaced as a whole in one transaction: no packet meets half of it, and connection
 * tracking, which lives outside of tables, goes on. Its named counters begin with what they had.
 */
final class NftTable {
    private static final Pattern COUNTER = Pattern.compile("counter (\\S+) \\{\\s+packets ([0-9]+) bytes ([0-9]+)");

    private final String name;
    private final Map<String, String> counters = new LinkedHashMap<>();
    private final StringBuilder body = new StringBuilder();

    NftTable(String name) {
        this.name = name;
    }

    /** Declares a named counter and returns the words of a rule that count by it. */
    String counter(String counter) {
        counters.put(counter, "");
        return "counter name \"" + counter + "\"";
    }

    /** Appends a line of the table. */
    NftTable line(String text) {
        body.append(text).append('\n');
        return this;
    }

    /** Lines appended so far. */
    int lines() {
        return (int) body.chars().filter(c -> c == '\n').count();
    }

    /**
     * The whole transaction.
     *
     * @param before what the counters had, as {@link #counters}
     */
    String replacement(Map<String, long[]> before) {
        StringBuilder text = new StringBuilder(head());
        counters.keySet().forEach(counter -> {
            long[] had = before.getOrDefault(counter, new long[2]);
            text.append("  counter ").append(counter).append(" { packets ").append(had[0]).append(" bytes ").append(had[1]).append("\n  }\n");
        });
        return text.append(body).append("}\n").toString();
    }

    private String head() {
        return "table inet " + name + "\ndelete table inet " + name + "\ntable inet " + name + " {\n";
    }

    /** How many lines of the replacement come before the first line of the body. */
    int linesBefore() {
        return 3 + 2 * counters.size();
    }

    /** Replaces what is there of that name. */
    void install(GuestShell shell) throws GuestException {
        shell.run(replacement(counters(shell, name)), "nft", "-f", "-");
    }

    /** Removes the table of that name, if there is one. */
    static void remove(GuestShell shell, String name) throws GuestException {
        shell.run("table inet " + name + "\ndelete table inet " + name + "\n", "nft", "-f", "-");
    }

    /** Packets and bytes by counter; empty when there is no such table. */
    static Map<String, long[]> counters(GuestShell shell, String name) throws GuestException {
        return parse(shell.script("nft list counters table inet \"$1\" 2>/dev/null; true", "", name));
    }

    static Map<String, long[]> parse(String listing) {
        Map<String, long[]> found = new LinkedHashMap<>();
        Matcher m = COUNTER.matcher(listing);
        while (m.find()) found.put(m.group(1), new long[] {Long.parseLong(m.group(2)), Long.parseLong(m.group(3))});
        return found;
    }
}
