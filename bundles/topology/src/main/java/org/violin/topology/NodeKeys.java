// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.violin.api.model.Cidr;
import org.violin.api.model.Limits;
import org.violin.api.model.NodeKind;

/**
 * The node keys of one mapping, checked as they are read; {@link #apply} lays them over a node. Defaults come first, then the kind's,
 * then the node's own, so each is read once however many nodes it applies to.
 */
final class NodeKeys {
    private static final int MAX_COMMANDS = 100;
    private static final int MAX_COMMAND_CHARACTERS = 4096;
    private static final int MAX_ROUTES = 1000;
    private static final String WORD = "[a-z][a-z0-9-]{0,30}";
    static final Set<String> RESERVED = union(Keys.NODE_DEFAULTS, Keys.ROUTER, Keys.SWITCH, Set.of("image"));

    private final Mistakes mistakes;
    private final Map<String, String> plain = new LinkedHashMap<>();
    private final Map<String, String> labels = new LinkedHashMap<>();
    private final PlacementKeys placement;
    private final RouterKeys router;
    private Double cpus;
    private Long memoryBytes;
    private Integer processes;
    private int mtu;
    private List<String> exec;
    private List<Draft.Route> routes;

    NodeKeys(Fields fields, Mistakes mistakes) {
        this.mistakes = mistakes;
        placement = new PlacementKeys(fields, mistakes);
        word(fields, "runtime");
        word(fields, "switch");
        whole(fields, "table", 1, 1_000_000);
        whole(fields, "ageing", 1, 1_000_000);
        degrees(fields, "latitude", 90);
        degrees(fields, "longitude", 180);
        cpus = fields.parsed("cpu", Quantity.CPU_RULE, Quantity::cpus).orElse(null);
        memoryBytes = fields.parsed("memory", Quantity.BYTES_RULE, Quantity::bytes).orElse(null);
        processes = fields.parsed("processes", "a number from 1 to 1000000", t -> Quantity.whole(t, 1, 1_000_000)).orElse(null);
        mtu = new AddressKeys(mistakes).mtu(fields);
        if (fields.has("exec")) exec = commands(fields);
        if (fields.has("routes")) routes = routes(fields);
        router = new RouterKeys(fields, mistakes);
        labels(fields, labels, RESERVED, mistakes);
    }

    /** Lays these keys over a node; keys that its kind does not have are passed over. */
    void apply(Draft.Node node) {
        plain.forEach((key, value) -> {
            switch (key) {
                case "runtime" -> node.provider = node.kind.isGuest() ? value : node.provider;
                case "switch" -> node.provider = node.kind.isGuest() ? node.provider : value;
                case "table", "ageing" -> {
                    if (!node.kind.isGuest()) node.attributes.put(key, value);
                }
                default -> node.attributes.put(key, value);
            }
        });
        placement.apply(node);
        node.attributes.putAll(labels);
        if (!node.kind.isGuest()) {
            if (mtu != 0) node.mtu = mtu;
            return;
        }
        if (node.kind == NodeKind.VROUTER) router.apply(node);
        Limits old = node.limits;
        node.limits = new Limits(cpus == null ? old.cpus() : cpus, memoryBytes == null ? old.memoryBytes() : memoryBytes,
                processes == null ? old.processes() : processes);
        if (exec != null) replace(node.exec, exec);
        if (routes != null) replace(node.routes, routes);
    }

    /** Free words for people and plugins; a label must not be one of the file's own keys. */
    static void labels(Fields fields, Map<String, String> into, Set<String> reserved, Mistakes mistakes) {
        for (Tree.Entry entry : fields.entries("labels")) {
            if (!entry.key().matches("[A-Za-z0-9][A-Za-z0-9_./-]{0,62}")) {
                mistakes.add(entry.line(), entry.key(), "a label's name must be at most 63 letters, digits, '_', '-', '.' or '/'");
            } else if (reserved.contains(entry.key()) || RoutingKeys.PREFIXES.stream().anyMatch(entry.key()::startsWith)) {
                mistakes.add(entry.line(), entry.key(), "this is a key of the file, not a label: take another name");
            } else if (!(entry.value() instanceof Tree.Scalar scalar) || scalar.value().length() > 1024) {
                mistakes.add(entry.line(), entry.key(), "a label's value must be a single value of at most 1024 characters");
            } else {
                into.put(entry.key(), scalar.value());
            }
        }
    }

    private void word(Fields fields, String key) {
        fields.parsed(key, "a word of small letters, digits and '-'", text -> {
            if (!text.matches(WORD)) throw new IllegalArgumentException(text);
            return text;
        }).ifPresent(word -> plain.put(key, word));
    }

    private void whole(Fields fields, String key, int low, int high) {
        fields.parsed(key, "a number from " + low + " to " + high, text -> Quantity.whole(text, low, high))
                .ifPresent(number -> plain.put(key, String.valueOf(number)));
    }

    private void degrees(Fields fields, String key, int limit) {
        fields.parsed(key, "degrees from -" + limit + " to " + limit, text -> Quantity.degrees(text, limit))
                .ifPresent(number -> plain.put(key, Quantity.plain(number)));
    }

    private List<String> commands(Fields fields) {
        List<String> commands = new ArrayList<>();
        String rule = "a command for /bin/sh of at most " + MAX_COMMAND_CHARACTERS + " characters";
        for (Tree item : fields.items("exec")) {
            Fields.parsed(item, "'exec'", rule, text -> {
                if (text.isBlank() || text.length() > MAX_COMMAND_CHARACTERS) throw new IllegalArgumentException(text);
                return text;
            }, mistakes).ifPresent(commands::add);
        }
        if (commands.size() > MAX_COMMANDS) {
            mistakes.add(fields.line("exec"), String.valueOf(commands.size()), "at most " + MAX_COMMANDS + " commands");
        }
        return commands;
    }

    private List<Draft.Route> routes(Fields fields) {
        List<Draft.Route> list = new ArrayList<>();
        for (Tree item : fields.items("routes")) {
            Fields route = Fields.of(item, "a route", Keys.ROUTE, mistakes);
            Cidr to = route.parsed("to", "a subnet such as 10.2.0.0/16, or default", NodeKeys::destination).orElse(null);
            String via = route.parsed("via", "the next hop's address", text -> {
                if (text.indexOf('/') >= 0) throw new IllegalArgumentException(text);
                return Cidr.parse(text).address();
            }).orElse(null);
            int metric = route.parsed("metric", "a number from 1 to 100000000", t -> Quantity.whole(t, 1, 100_000_000)).orElse(0);
            for (String key : List.of("to", "via")) {
                if (!route.has(key) && item instanceof Tree.Mapping) mistakes.add(item.line(), "", "a route needs '" + key + ":'");
            }
            boolean isDefault = route.tree("to").map(Fields::text).filter("default"::equals).isPresent();
            if (via != null && (to != null || isDefault)) list.add(new Draft.Route(item.line(), isDefault ? null : to, via, metric));
        }
        if (list.size() > MAX_ROUTES) mistakes.add(fields.line("routes"), String.valueOf(list.size()), "at most " + MAX_ROUTES + " routes");
        return list;
    }

    private static Cidr destination(String text) {
        if (text.equals("default")) return Cidr.parse("0.0.0.0/0");
        Cidr cidr = Cidr.parse(text);
        if (!cidr.equals(cidr.network())) throw new IllegalArgumentException(text);
        return cidr;
    }

    private static <T> void replace(List<T> list, List<T> with) {
        list.clear();
        list.addAll(with);
    }

    @SafeVarargs
    private static Set<String> union(Set<String>... sets) {
        Set<String> all = new TreeSet<>();
        for (Set<String> set : sets) all.addAll(set);
        return all;
    }
}
