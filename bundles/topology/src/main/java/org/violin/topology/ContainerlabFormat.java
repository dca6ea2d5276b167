// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.violin.api.model.Names;
import org.violin.api.model.NodeKind;

/**
 * containerlab's topology file (https://containerlab.dev/manual/topo-def-file/), fail-closed: kinds linux, bridge and frr, links of type
 * veth; every other kind and key is a mistake with its line. Images are kept as an attribute and not run.
 */
final class ContainerlabFormat {
    static final String WORD = "containerlab";
    static final Map<String, NodeKind> KINDS = Map.of("linux", NodeKind.VHOST, "frr", NodeKind.VROUTER, "bridge", NodeKind.VSWITCH);
    static final Set<String> FILE = Set.of("name", "topology");
    static final Set<String> TOPOLOGY = Set.of("defaults", "kinds", "nodes", "links");
    static final Set<String> NODE = Set.of("kind", "image", "exec", "labels", "cpu", "memory");
    static final Set<String> LINK = Set.of("type", "endpoints", "mtu", "ipv4", "ipv6");
    static final Set<String> END = Set.of("node", "interface", "mac", "ipv4", "ipv6");
    /** Words that containerlab reads as the world outside the lab. */
    private static final Set<String> OUTSIDE = Set.of("host", "mgmt-net", "macvlan", "vxlan");

    private final Draft draft = new Draft();
    private final Mistakes mistakes;
    private final EndReader ends;
    private final AddressKeys addresses;
    private Layer defaults;
    private final Map<String, Layer> kinds = new LinkedHashMap<>();
    private int images;
    private int commands;

    /** The keys of one mapping: those that our node keys cover, and the two that are containerlab's. */
    private record Layer(NodeKeys keys, Optional<String> kind, Optional<String> image) {}

    private ContainerlabFormat(Mistakes mistakes) {
        this.mistakes = mistakes;
        this.ends = new EndReader(mistakes);
        this.addresses = new AddressKeys(mistakes);
    }

    /** True when the tree names a kind of containerlab's and none of ours, in a shape of containerlab's. */
    static boolean claims(String file, Tree tree) {
        if (file.endsWith(".clab.yml") || file.endsWith(".clab.yaml")) return true;
        if (!(tree instanceof Tree.Mapping root) || !(root.get("topology") instanceof Tree.Mapping topology)) return false;
        List<String> words = new ArrayList<>();
        if (topology.get("kinds") instanceof Tree.Mapping kinds) kinds.entries().forEach(e -> words.add(e.key()));
        kindOf(topology.get("defaults"), words);
        if (topology.get("nodes") instanceof Tree.Mapping nodes) nodes.entries().forEach(e -> kindOf(e.value(), words));
        return words.stream().anyMatch(KINDS::containsKey) && words.stream().noneMatch(ViolinFormat.KINDS::contains);
    }

    private static void kindOf(Tree node, List<String> into) {
        if (node instanceof Tree.Mapping mapping && mapping.get("kind") instanceof Tree.Scalar kind) into.add(kind.value());
    }

    static Draft read(Tree tree, Mistakes mistakes) {
        ContainerlabFormat reading = new ContainerlabFormat(mistakes);
        reading.file(tree);
        return reading.draft;
    }

    private void file(Tree tree) {
        Fields file = Fields.of(tree, "a containerlab file that VIOLIN reads", FILE, mistakes);
        draft.name = ViolinFormat.name(file, mistakes);
        if (!file.has("topology")) mistakes.add(file.line(), "", "'topology:' with 'nodes:' is missing");
        file.tree("topology").ifPresent(this::topology);
        if (images > 0) mistakes.note("images are not run: the programs of the overlay host are what " + images
                + " nodes see; kept as attribute 'image'");
        if (commands > 0) {
            draft.poolIpv4 = Optional.empty();
            draft.poolIpv6 = Optional.empty();
            mistakes.note("no automatic addresses, because nodes have 'exec' commands that may set addresses");
        }
    }

    private void topology(Tree tree) {
        Fields topology = Fields.of(tree, "'topology' of a containerlab file that VIOLIN reads", TOPOLOGY, mistakes);
        defaults = topology.tree("defaults").map(t -> layer(t, "'defaults'")).orElse(null);
        for (Tree.Entry entry : topology.entries("kinds")) {
            if (known(entry.line(), entry.key())) kinds.put(entry.key(), layer(entry.value(), "kind '" + entry.key() + "'"));
        }
        for (Tree.Entry entry : topology.entries("nodes")) node(entry);
        topology.items("links").forEach(this::link);
        if (draft.nodes.isEmpty()) mistakes.add(topology.line("nodes"), "", "'nodes:' is empty or missing: a violin has at least one node");
    }

    private Layer layer(Tree tree, String scope) {
        Fields fields = Fields.of(tree, scope + " of a containerlab file that VIOLIN reads", NODE, mistakes);
        Optional<String> kind = fields.text("kind", "a kind of node").filter(word -> known(fields.line("kind"), word));
        return new Layer(new NodeKeys(fields, mistakes), kind, fields.text("image", "an image name"));
    }

    private void node(Tree.Entry entry) {
        Layer own = layer(entry.value(), "node '" + entry.key() + "'");
        boolean hasKind = entry.value() instanceof Tree.Mapping mapping && mapping.get("kind") != null;
        Optional<String> inherited = Optional.ofNullable(defaults).flatMap(Layer::kind);
        if (!hasKind && inherited.isEmpty()) mistakes.add(entry.line(), entry.key(), "a node needs 'kind:', here or under 'defaults:'");
        String word = own.kind().or(() -> inherited).orElse("linux");
        String bad = Names.nodeMistake(entry.key()).orElse(null);
        if (bad != null) {
            mistakes.add(entry.line(), entry.key(), "node name must be " + bad);
            return;
        }
        Draft.Node node = new Draft.Node(entry.key(), entry.line(), KINDS.get(word));
        draft.nodes.put(entry.key(), node);
        for (Layer layer : new Layer[] {defaults, kinds.get(word), own}) {
            if (layer == null) continue;
            layer.keys().apply(node);
            layer.image().ifPresent(image -> node.attributes.put("image", image));
        }
        if (node.attributes.containsKey("image")) images++;
        if (!node.exec.isEmpty()) commands++;
    }

    private void link(Tree tree) {
        String type = tree instanceof Tree.Mapping mapping && mapping.get("type") instanceof Tree.Scalar scalar ? scalar.value() : "veth";
        if (!type.equals("veth")) {
            mistakes.add(((Tree.Mapping) tree).get("type").line(), type,
                    "links of this type leave the lab or do not exist here; only veth is read");
            return;
        }
        Fields fields = Fields.of(tree, "a containerlab link that VIOLIN reads", LINK, mistakes);
        List<Tree> items = fields.items("endpoints");
        int mtu = addresses.mtu(fields);
        if (items.size() != 2) {
            if (tree instanceof Tree.Mapping) mistakes.add(fields.line("endpoints"), "", "a link needs 'endpoints:' with exactly two ends");
            return;
        }
        Draft.End a = end(items.get(0));
        Draft.End b = end(items.get(1));
        pair(fields, a, b);
        if (a == null || b == null) return;
        Draft.Link link = new Draft.Link(tree.line(), a, b);
        link.mtu = mtu;
        draft.links.add(link);
    }

    /** containerlab's brief form gives the ends' addresses as lists. */
    private void pair(Fields fields, Draft.End a, Draft.End b) {
        for (String key : List.of("ipv4", "ipv6")) {
            List<Tree> items = fields.items(key);
            if (items.isEmpty()) continue;
            if (items.size() > 2) mistakes.add(fields.line(key), "", "'" + key + "' must be the addresses of the two ends");
            Draft.End[] both = {a, b};
            for (int i = 0; i < Math.min(2, items.size()); i++) {
                if (both[i] != null && !Fields.text(items.get(i)).isEmpty()) addresses.address(items.get(i), key, both[i].nic().addresses);
            }
        }
    }

    private Draft.End end(Tree tree) {
        Draft.End end = ends.read(tree, END).orElse(null);
        if (end == null) return null;
        boolean outside = OUTSIDE.contains(end.node()) && !draft.nodes.containsKey(end.node());
        if (outside) mistakes.add(end.line(), end.node(), "this end is outside the lab; a violin is closed");
        if (end.port().isEmpty()) mistakes.add(end.line(), end.node(), "an end needs an interface: NODE:INTERFACE");
        return outside ? null : end;
    }

    private boolean known(int line, String kind) {
        if (KINDS.containsKey(kind)) return true;
        mistakes.add(line, kind, "unsupported containerlab kind; VIOLIN reads linux (as vhost), frr (as vrouter), bridge (as vswitch)");
        return false;
    }
}
