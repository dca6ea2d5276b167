// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.violin.api.model.Cidr;
import org.violin.api.model.Conditions;
import org.violin.api.model.Names;
import org.violin.api.model.NodeKind;

/** The violin file: {@code docs/violin-file.md}. */
final class ViolinFormat {
    static final String WORD = "violin";
    static final int MAX_NODES = 10_000;
    static final int MAX_LINKS = 40_000;
    static final String EMULATE_RULE = "true: conditions of links are imposed, or false: they are only known";
    static final List<String> KINDS = List.of("vhost", "vrouter", "vswitch");
    private static final Set<String> RESERVED = Set.of("routing", "cipher", "description", "placement", "emulate", "seed", "timeline");

    private final Draft draft = new Draft();
    private final Mistakes mistakes;
    private final AddressKeys addresses;
    private final EndReader ends;
    private NodeKeys defaults;
    private LinkKeys linkDefaults;
    private NodeKind defaultKind = NodeKind.VHOST;
    private final Map<NodeKind, NodeKeys> kinds = new EnumMap<>(NodeKind.class);

    private ViolinFormat(Mistakes mistakes) {
        this.mistakes = mistakes;
        this.addresses = new AddressKeys(mistakes);
        this.ends = new EndReader(mistakes);
    }

    /** Reads the tree into a draft, as far as it goes. */
    static Draft read(Tree tree, Mistakes mistakes) {
        ViolinFormat reading = new ViolinFormat(mistakes);
        reading.file(tree);
        return reading.draft;
    }

    private void file(Tree tree) {
        Fields file = Fields.of(tree, "the file", Keys.FILE, mistakes);
        draft.name = name(file, mistakes);
        file.text("description", "a text").ifPresent(text -> draft.attributes.put("description", text));
        draft.attributes.putAll(RoutingKeys.read(file, mistakes));
        cipher(file);
        emulation(file);
        draft.timeline = file.tree("timeline").orElse(null);
        file.tree("placement").ifPresent(new GroupKeys(draft, mistakes)::read);
        NodeKeys.labels(file, draft.attributes, RESERVED, mistakes);
        int mtu = addresses.mtu(file);
        if (mtu != 0) draft.mtu = mtu;
        file.tree("addressing").ifPresent(this::addressing);
        if (!file.has("topology")) mistakes.add(file.line(), "", "'topology:' with 'nodes:' is missing");
        file.tree("topology").ifPresent(this::topology);
    }

    private void cipher(Fields file) {
        file.parsed("cipher", "the word of a cipher plugin such as aead, or none for frames in the clear: small letters, digits, '-'", text -> {
            if (!text.matches("[a-z][a-z0-9-]{0,30}")) throw new IllegalArgumentException(text);
            return text;
        }).ifPresent(word -> draft.attributes.put("cipher", word));
    }

    private void emulation(Fields file) {
        file.parsed(Conditions.EMULATE, EMULATE_RULE, ViolinFormat::emulate).ifPresent(draft::emulate);
        file.parsed(Conditions.SEED, "a whole number of 64 bits, from -9223372036854775808 to 9223372036854775807", Long::parseLong)
                .ifPresent(seed -> draft.attributes.put(Conditions.SEED, Long.toString(seed)));
    }

    static boolean emulate(String text) {
        if (!text.equals("true") && !text.equals("false")) throw new IllegalArgumentException(text);
        return text.equals("true");
    }

    /** The violin's name; shared with the containerlab format. */
    static String name(Fields file, Mistakes mistakes) {
        if (!file.has("name")) mistakes.add(file.line(), "", "'name:' is missing: the violin's name");
        return file.parsed("name", Names.NODE_RULE, text -> {
            if (Names.nodeMistake(text).isPresent()) throw new IllegalArgumentException(text);
            return text;
        }).orElse("");
    }

    private void addressing(Tree tree) {
        Fields fields = Fields.of(tree, "'addressing'", Keys.ADDRESSING, mistakes);
        draft.poolIpv4 = pool(fields, "ipv4", 30, "10.0.0.0/8").or(() -> fields.has("ipv4") ? Optional.empty() : draft.poolIpv4);
        draft.poolIpv6 = pool(fields, "ipv6", 64, "fd00::/48").or(() -> fields.has("ipv6") ? Optional.empty() : draft.poolIpv6);
    }

    private Optional<Cidr> pool(Fields fields, String key, int longest, String example) {
        if (fields.tree(key).map(Fields::text).filter("none"::equals).isPresent()) return Optional.empty();
        return fields.parsed(key, "a subnet such as " + example + ", at most /" + longest + " long, or none", text -> {
            Cidr cidr = Cidr.parse(text);
            boolean good = text.indexOf('/') > 0 && cidr.isIpv6() == key.equals("ipv6") && cidr.equals(cidr.network())
                    && cidr.prefix() <= longest && cidr.prefix() > 0;
            if (!good) throw new IllegalArgumentException(text);
            return cidr;
        });
    }

    private void topology(Tree tree) {
        Fields topology = Fields.of(tree, "'topology'", Keys.TOPOLOGY, mistakes);
        topology.tree("defaults").ifPresent(t -> {
            Fields fields = Fields.of(t, "'defaults'", Keys.DEFAULTS, mistakes);
            defaults = new NodeKeys(fields, mistakes);
            defaultKind = kind(fields).orElse(defaultKind);
            fields.tree("link").ifPresent(link -> linkDefaults = new LinkKeys(Fields.of(link, "'link' of 'defaults'", Keys.LINK_DEFAULTS, mistakes), false, mistakes));
        });
        for (Tree.Entry entry : topology.entries("kinds")) {
            NodeKind kind = kind(entry.line(), entry.key()).orElse(null);
            if (kind == null) continue;
            Set<String> keys = kind == NodeKind.VROUTER ? Keys.ROUTER_KIND : kind.isGuest() ? Keys.GUEST_KIND : Keys.SWITCH_KIND;
            kinds.put(kind, new NodeKeys(Fields.of(entry.value(), "kind '" + entry.key() + "'", keys, mistakes), mistakes));
        }
        for (Tree.Entry entry : topology.entries("nodes")) node(entry);
        for (Tree.Entry entry : topology.entries("lans")) lan(entry);
        topology.items("links").forEach(this::link);
        if (draft.nodes.isEmpty()) mistakes.add(topology.line("nodes"), "", "'nodes:' is empty or missing: a violin has at least one node");
    }

    private void node(Tree.Entry entry) {
        Fields all = Fields.of(entry.value(), "node '" + entry.key() + "'", WITH_ANY, mistakes);
        NodeKind kind = all.has("kind") ? kind(all).orElse(defaultKind) : defaultKind;
        Set<String> known = kind == NodeKind.VROUTER ? Keys.ROUTER : kind.isGuest() ? Keys.GUEST : Keys.SWITCH;
        for (String key : all.keys()) {
            if (!known.contains(key)) mistakes.add(all.line(key), key, "not a key of a " + kind.word() + why(key));
        }
        Draft.Node node = add(entry, kind);
        if (node == null) return;
        lay(node, all);
        if (!kind.isGuest()) addresses.subnets(all, node.subnets);
        if (kind.isGuest()) all.entries("interfaces").forEach(nic -> nic(node, nic));
    }

    private static final Set<String> WITH_ANY = union(Keys.ROUTER, Keys.SWITCH);

    private static Set<String> union(Set<String> a, Set<String> b) {
        Set<String> all = new java.util.TreeSet<>(a);
        all.addAll(b);
        return all;
    }

    private static String why(String key) {
        return switch (key) {
            case "interfaces" -> ": its ports are the ends of its links and have no addresses";
            case "mtu" -> ": give it for an interface, a link or a LAN";
            case "subnet" -> ": give it for a link or a LAN";
            default -> "";
        };
    }

    private Draft.Node add(Tree.Entry entry, NodeKind kind) {
        String bad = Names.nodeMistake(entry.key()).orElse(null);
        if (bad != null) {
            mistakes.add(entry.line(), entry.key(), "node name must be " + bad);
            return null;
        }
        Draft.Node node = new Draft.Node(entry.key(), entry.line(), kind);
        Draft.Node first = draft.nodes.putIfAbsent(entry.key(), node);
        if (first == null) return node;
        mistakes.add(entry.line(), entry.key(), "given twice; the first is the node in line " + first.line);
        return null;
    }

    private void lay(Draft.Node node, Fields own) {
        if (defaults != null) defaults.apply(node);
        if (kinds.containsKey(node.kind)) kinds.get(node.kind).apply(node);
        new NodeKeys(own, mistakes).apply(node);
    }

    private void nic(Draft.Node node, Tree.Entry entry) {
        String bad = Names.nicMistake(entry.key()).orElse(null);
        if (bad != null) mistakes.add(entry.line(), entry.key(), "interface name must be " + bad);
        Fields fields = Fields.of(entry.value(), "interface '" + entry.key() + "'",
                node.kind == NodeKind.VROUTER ? Keys.ROUTER_INTERFACE : Keys.INTERFACE, mistakes);
        Draft.Nic nic = new Draft.Nic(entry.line());
        addresses.addresses(fields, nic.addresses);
        nic.mac = addresses.mac(fields);
        nic.mtu = addresses.mtu(fields);
        if (bad != null) return;
        node.nics.put(entry.key(), nic);
        if (node.kind == NodeKind.VROUTER) RouterKeys.nic(fields, entry.key(), node.attributes, mistakes);
    }

    private void lan(Tree.Entry entry) {
        Fields lan = Fields.of(entry.value(), "lan '" + entry.key() + "'", Keys.LAN, mistakes);
        LinkKeys condition = new LinkKeys(lan, false, mistakes);
        Draft.Node node = add(entry, NodeKind.VSWITCH);
        if (node != null) {
            lay(node, lan);
            addresses.subnets(lan, node.subnets);
        }
        if (!lan.has("members")) mistakes.add(entry.line(), entry.key(), "a lan needs 'members:', a list of nodes");
        for (Tree member : lan.items("members")) {
            Draft.End end = ends.read(member, Keys.END).orElse(null);
            if (end == null || node == null) continue;
            Draft.Link link = new Draft.Link(end.line(), end, new Draft.End(node.name, "", end.line(), new Draft.Nic(end.line())));
            if (linkDefaults != null) linkDefaults.apply(link);
            condition.apply(link);
            draft.links.add(link);
        }
    }

    private void link(Tree tree) {
        Fields fields = Fields.of(tree, "a link", Keys.LINK, mistakes);
        fields.parsed("type", "veth, the only type of link a violin has", text -> {
            if (!text.equals("veth")) throw new IllegalArgumentException(text);
            return text;
        });
        LinkKeys condition = new LinkKeys(fields, true, mistakes);
        List<Tree> items = fields.items("endpoints");
        if (items.size() != 2) {
            if (tree instanceof Tree.Mapping) mistakes.add(fields.line("endpoints"), "",
                    "a link needs 'endpoints:' with exactly two ends; see 'lans:' for more");
            return;
        }
        Draft.End a = ends.read(items.get(0), Keys.END).orElse(null);
        Draft.End b = ends.read(items.get(1), Keys.END).orElse(null);
        Draft.Addressing subnets = segment(fields, a, b);
        int mtu = addresses.mtu(fields);
        if (a == null || b == null) return;
        Draft.Link link = new Draft.Link(tree.line(), a, b);
        if (linkDefaults != null) linkDefaults.apply(link);
        condition.apply(link);
        link.subnets.add(subnets);
        link.mtu = mtu;
        draft.links.add(link);
    }

    /** A list of two under {@code ipv4} or {@code ipv6} gives the ends' addresses; all else is about the segment. */
    private Draft.Addressing segment(Fields fields, Draft.End a, Draft.End b) {
        Draft.Addressing subnets = new Draft.Addressing();
        for (String key : List.of("ipv4", "ipv6")) {
            if (!(fields.tree(key).orElse(null) instanceof Tree.Sequence pair)) continue;
            if (pair.items().size() != 2) {
                mistakes.add(pair.line(), "", "'" + key + "' must be one subnet, or the two addresses of the ends");
                continue;
            }
            if (a != null) addresses.address(pair.items().get(0), key, a.nic().addresses);
            if (b != null) addresses.address(pair.items().get(1), key, b.nic().addresses);
        }
        addresses.subnets(fields, subnets, true);
        return subnets;
    }

    private Optional<NodeKind> kind(Fields fields) {
        return fields.text("kind", "one of " + String.join(", ", KINDS)).flatMap(word -> kind(fields.line("kind"), word));
    }

    private Optional<NodeKind> kind(int line, String word) {
        if (KINDS.contains(word)) return Optional.of(NodeKind.valueOf(word.toUpperCase(java.util.Locale.ROOT)));
        String hint = Nearest.hint(word, KINDS);
        if (ContainerlabFormat.KINDS.containsKey(word)) hint = "; this is containerlab's: a file has either its kinds or ours";
        mistakes.add(line, word, "unknown kind; known are " + String.join(", ", KINDS) + hint);
        return Optional.empty();
    }
}
