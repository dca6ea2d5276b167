// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.violin.api.model.Mistake;

/**
 * Asks nft what is wrong with a text, in a network namespace that nothing else is in, without applying it. Users' text is looked at first:
 * it must not end the table it stands in, nor make nft read files of the overlay host.
 */
final class NftCheck {
    private static final Pattern COMPLAINT = Pattern.compile("/dev/stdin:([0-9]+):[0-9]+(?:-[0-9]+)?: Error: (.*)");
    private static final List<String> COMMAND = List.of("unshare", "--net", "nft", "-c", "-f", "-");

    private NftCheck() {}

    /**
     * Checks a table with users' lines in it.
     *
     * @param where to name in mistakes
     * @param first the users' first line in the whole text, from 1
     * @param users as they wrote it
     */
    static List<Mistake> check(String where, String whole, int first, List<String> users) {
        List<Mistake> mistakes = harmful(where, users);
        if (!mistakes.isEmpty()) return mistakes;
        try {
            HostTool.Said said = HostTool.run(whole, COMMAND);
            return said.status() == 0 ? List.of() : parse(where, said.output(), first, users);
        } catch (IOException e) {
            return List.of(new Mistake(where, 0, "", "nft: " + e.getMessage()));
        }
    }

    /** Pure. */
    static List<Mistake> parse(String where, String output, int first, List<String> users) {
        List<Mistake> mistakes = new ArrayList<>();
        for (String line : output.split("\n")) {
            Matcher m = COMPLAINT.matcher(line);
            if (!m.matches()) continue;
            int at = Integer.parseInt(m.group(1)) - first + 1;
            boolean theirs = at >= 1 && at <= users.size();
            mistakes.add(new Mistake(where, theirs ? at : 0, theirs ? users.get(at - 1).strip() : "", "nft: " + m.group(2)));
        }
        if (mistakes.isEmpty()) mistakes.add(new Mistake(where, 0, "", "nft: " + output.strip()));
        return mistakes;
    }

    /** Braces that close what the user did not open, and {@code include}, outside of quotes and comments. */
    static List<Mistake> harmful(String where, List<String> users) {
        List<Mistake> mistakes = new ArrayList<>();
        int depth = 0;
        for (int i = 0; i < users.size(); i++) {
            String plain = users.get(i).replaceAll("\"[^\"]*\"", "\"\"").replaceAll("#.*", "");
            if (users.get(i).chars().filter(c -> c == '"').count() % 2 != 0) {
                mistakes.add(new Mistake(where, i + 1, users.get(i).strip(), "a quote is not closed in its line"));
            }
            if (plain.matches(".*\\binclude\\b.*")) mistakes.add(new Mistake(where, i + 1, users.get(i).strip(), "files are not read: no 'include'"));
            for (int c : plain.chars().toArray()) {
                if (c == '{') depth++;
                if (c == '}' && --depth < 0) {
                    mistakes.add(new Mistake(where, i + 1, users.get(i).strip(), "this '}' closes nothing: the text stands inside of one table"));
                    return mistakes;
                }
            }
        }
        if (depth > 0) mistakes.add(new Mistake(where, users.size(), "", depth + " '{' are not closed"));
        return mistakes;
    }
}
