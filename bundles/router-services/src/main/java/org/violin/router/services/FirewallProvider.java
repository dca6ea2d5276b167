// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.service.component.annotations.Component;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Mistake;
import org.violin.api.model.Probe;
import org.violin.api.routing.RouterService;
import org.violin.api.routing.RouterSink;
import org.violin.api.routing.RouterSpec;
import org.violin.api.routing.ServiceProvider;

/**
 * Service {@code firewall}: which packets pass the vRouter, by nftables.
 *
 * <p>Settings: {@code policy} accept (default) or drop, for forwarded packets that no rule decides; {@code rules} for forwarded packets and
 * {@code input} for those to the router itself, each line the statements of one nft rule; {@code text} further lines of the table. Packets of
 * connections that were let in pass before any rule, so a change breaks none.
 */
@Component(service = ServiceProvider.class)
public final class FirewallProvider implements ServiceProvider {
    static final String KIND = "firewall";
    private static final Pattern VERDICT = Pattern.compile("(.*?)\\s*\\b(accept|drop|return|reject(?:\\s+with\\s+.*)?|(?:jump|goto)\\s+\\S+)\\s*(comment\\s+\"[^\"]*\")?");

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Probe probe() {
        return HostTool.probe("nftables", "nft");
    }

    @Override
    public List<Mistake> check(RouterSpec router, Map<String, String> settings) {
        Checked checked = new Checked(router, KIND, settings).known("policy", "rules", "input", "text").kernel();
        String policy = settings.getOrDefault("policy", "accept");
        if (!policy.equals("accept") && !policy.equals("drop")) checked.add(policy, "policy is accept or drop");
        if (!checked.mistakes().isEmpty()) return checked.mistakes();
        // Each part by itself first, so that a line is named as its writer counts it.
        List<Mistake> mistakes = new ArrayList<>();
        for (String part : List.of("rules", "input", "text")) {
            List<String> users = lines(settings, part);
            if (users.isEmpty()) continue;
            NftTable table = new NftTable(TableService.table(KIND));
            boolean rules = !part.equals("text");
            // Rules may jump to chains of the text, so it must be there; its own mistakes are told with its own lines.
            if (rules) table.line("  chain forward {");
            int first = table.lines();
            users.forEach(table::line);
            if (rules) table.line("  }");
            List<String> text = lines(settings, "text");
            if (rules) text.forEach(table::line);
            List<Mistake> found = NftCheck.check(checked.where() + " " + part, table.replacement(Map.of()), table.linesBefore() + first + 1, users);
            found.stream().filter(m -> m.line() > 0 || !rules || text.isEmpty()).forEach(mistakes::add);
        }
        if (!mistakes.isEmpty()) return mistakes;
        return NftCheck.check(checked.where(), text(router, settings).replacement(Map.of()), Integer.MAX_VALUE, List.of());
    }

    @Override
    public void clean(Guest guest) throws GuestException {
        NftTable.remove(new GuestShell(guest), TableService.table(KIND));
    }

    @Override
    public RouterService open(RouterSpec router, Map<String, String> settings, Guest guest, RouterSink sink) throws GuestException {
        TableService service = new TableService(KIND, FirewallProvider::text, guest);
        service.apply(router, settings);
        return service;
    }

    static NftTable text(RouterSpec router, Map<String, String> settings) {
        NftTable table = new NftTable(TableService.table(KIND));
        table.line("  chain forward {").line("    type filter hook forward priority filter; policy " + settings.getOrDefault("policy", "accept") + ";");
        rules(table, "rule", lines(settings, "rules"));
        table.line("  }").line("  chain input {").line("    type filter hook input priority filter; policy accept;");
        rules(table, "input", lines(settings, "input"));
        table.line("  }");
        lines(settings, "text").forEach(table::line);
        return table;
    }

    /** Each counted by a counter that is named after its text, so that it keeps its count when others change. */
    private static void rules(NftTable table, String prefix, List<String> rules) {
        table.line("    ct state established,related accept");
        for (String rule : rules) table.line("    " + counted(table, prefix, rule));
    }

    private static String counted(NftTable table, String prefix, String rule) {
        Matcher m = VERDICT.matcher(rule);
        if (rule.matches(".*\\bcounter\\b.*") || !m.matches()) return rule;
        String counter = table.counter(prefix + "_" + Integer.toHexString(rule.hashCode()));
        String comment = m.group(3) == null ? "" : " " + m.group(3);
        return (m.group(1) + " " + counter + " " + m.group(2) + comment).strip();
    }

    static List<String> lines(Map<String, String> settings, String key) {
        String text = settings.getOrDefault(key, "");
        if (text.isBlank()) return List.of();
        List<String> lines = text.lines().toList();
        return key.equals("text") ? lines : lines.stream().map(String::strip).filter(l -> !l.isEmpty()).toList();
    }
}
