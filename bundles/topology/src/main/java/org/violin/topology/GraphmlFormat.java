// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.violin.api.model.NodeKind;

/**
 * Topology Zoo's GraphML: every node becomes a vRouter with one vHost {@code h-NAME} behind it, every edge a link. Parallel edges are
 * merged into the first, loops at one node dropped, both with a note. A network in several parts is refused with the list of parts,
 * unless the file's name ends in {@code #N}: then only part N is read. Delays are guesses, so they are not imposed.
 */
final class GraphmlFormat {
    static final String WORD = "graphml";
    static final String HOST_PREFIX = "h-";
    private static final double LEAST_COST = 0.01;
    private static final int SHOWN = 20;
    private static final String PART = "#[0-9]{1,6}$";

    private final GraphmlDocument document;
    private final Mistakes mistakes;
    private final Draft draft = new Draft();
    private final Map<String, Draft.Node> routers = new HashMap<>();
    private final Map<String, Place> places = new HashMap<>();
    private final int wantedPart;

    private GraphmlFormat(GraphmlDocument document, Mistakes mistakes, int wantedPart) {
        this.document = document;
        this.mistakes = mistakes;
        this.wantedPart = wantedPart;
    }

    static boolean claims(String file, String text) {
        return file.replaceFirst(PART, "").endsWith(".graphml") || text.startsWith("<") || text.stripLeading().startsWith("<") || text.startsWith("\uFEFF<");
    }

    /** Empty when the text is not XML. */
    static Optional<Draft> read(String file, String text, Mistakes mistakes) {
        String bare = file.replaceFirst(PART, "");
        int part = bare.equals(file) ? 0 : Integer.parseInt(file.substring(bare.length() + 1));
        return GraphmlDocument.read(text, mistakes).map(document -> new GraphmlFormat(document, mistakes, part).draft(bare));
    }

    private Draft draft(String file) {
        String label = document.data.getOrDefault("label", document.data.getOrDefault("Network", ""));
        String base = SafeNames.safe(file.substring(file.lastIndexOf('/') + 1).replaceFirst("\\.(graphml|xml)$", ""));
        String named = SafeNames.safe(label);
        draft.name = !base.isEmpty() ? base : !named.isEmpty() ? named : WORD;
        if (!label.isEmpty()) draft.attributes.put("description", label);
        draft.emulate(false);
        if (document.directed) mistakes.note("directed edges are read as links for both directions");
        if (document.nodes.isEmpty() && mistakes.none()) mistakes.add(0, "", "the graph has no nodes");
        SafeNames names = new SafeNames(HOST_PREFIX);
        document.nodes.values().forEach(node -> router(node, names));
        links();
        parts();
        return draft;
    }

    private void router(GraphmlDocument.Node node, SafeNames names) {
        String label = node.data().getOrDefault("label", "");
        Draft.Node router = new Draft.Node(names.name(label, node.id()), node.line(), NodeKind.VROUTER);
        if (!label.isEmpty()) router.attributes.put("label", label);
        if (node.data().containsKey("Country")) router.attributes.put("country", node.data().get("Country"));
        Double latitude = degrees(node, "Latitude", 90);
        Double longitude = degrees(node, "Longitude", 180);
        if (latitude != null && longitude != null) {
            places.put(node.id(), new Place(latitude, longitude));
            router.attributes.put("latitude", Quantity.plain(latitude));
            router.attributes.put("longitude", Quantity.plain(longitude));
        }
        routers.put(node.id(), router);
        draft.nodes.put(router.name, router);
    }

    private Double degrees(GraphmlDocument.Node node, String key, int limit) {
        String text = node.data().get(key);
        if (text == null || text.isEmpty()) return null;
        try {
            return Quantity.degrees(text, limit);
        } catch (IllegalArgumentException e) {
            mistakes.add(node.line(), text, key + " of node '" + node.id() + "' must be degrees from -" + limit + " to " + limit);
            return null;
        }
    }

    private void links() {
        Map<String, Draft.Link> byPair = new LinkedHashMap<>();
        Map<String, Integer> merged = new LinkedHashMap<>();
        List<String> loops = new ArrayList<>();
        boolean allPlaced = true;
        for (GraphmlDocument.Edge edge : document.edges) {
            Draft.Node a = end(edge, edge.source());
            Draft.Node b = end(edge, edge.target());
            if (a == null || b == null) continue;
            if (a == b) {
                loops.add(a.name);
                continue;
            }
            String pair = a.name.compareTo(b.name) < 0 ? a.name + "--" + b.name : b.name + "--" + a.name;
            if (byPair.containsKey(pair)) {
                merged.merge(pair, 2, (n, two) -> n + 1);
                continue;
            }
            Draft.Link link = link(edge.line(), a.name, b.name);
            byPair.put(pair, link);
            attributes(edge, link);
            Place from = places.get(edge.source());
            Place to = places.get(edge.target());
            if (from != null && to != null) link.delayMillis = from.delayMillis(to);
            else allPlaced = false;
        }
        if (allPlaced) byPair.values().forEach(link -> link.cost = Math.max(LEAST_COST, link.delayMillis));
        else mistakes.note("every link costs 1, because not all nodes have coordinates; delays are kept where both ends have them");
        // The vHosts' links come first, so that eth0 of every vRouter leads to its own vHost.
        for (Draft.Node router : List.copyOf(draft.nodes.values())) {
            Draft.Node host = new Draft.Node(HOST_PREFIX + router.name, router.line, NodeKind.VHOST);
            draft.nodes.put(host.name, host);
            draft.links.add(link(router.line, host.name, router.name));
        }
        draft.links.addAll(byPair.values());
        if (!merged.isEmpty()) {
            mistakes.note("parallel edges merged into one link: " + listed(merged.entrySet().stream().map(e -> e.getKey() + " ("
                    + e.getValue() + ")").toList()));
        }
        if (!loops.isEmpty()) mistakes.note("edges from a node to itself dropped: " + listed(loops));
    }

    private Draft.Node end(GraphmlDocument.Edge edge, String id) {
        Draft.Node node = routers.get(id);
        if (node == null) mistakes.add(edge.line(), id, "an edge leads to this node, which is not in the file");
        return node;
    }

    private static Draft.Link link(int line, String a, String b) {
        return new Draft.Link(line, new Draft.End(a, "", line, new Draft.Nic(line)), new Draft.End(b, "", line, new Draft.Nic(line)));
    }

    private static void attributes(GraphmlDocument.Edge edge, Draft.Link link) {
        String label = edge.data().getOrDefault("LinkLabel", "");
        if (!label.isEmpty()) link.attributes.put("label", label);
        try {
            double bits = Double.parseDouble(edge.data().getOrDefault("LinkSpeedRaw", "0"));
            if (bits >= 1 && bits <= 1e13) link.attributes.put("bandwidth", Quantity.plain(bits));
        } catch (NumberFormatException e) {
            // Only a hint: a speed that is no number is as good as none.
        }
    }

    private void parts() {
        Map<String, List<String>> neighbours = new HashMap<>();
        for (Draft.Link link : draft.links) {
            neighbours.computeIfAbsent(link.a.node(), k -> new ArrayList<>()).add(link.b.node());
            neighbours.computeIfAbsent(link.b.node(), k -> new ArrayList<>()).add(link.a.node());
        }
        Map<String, Integer> partOf = new LinkedHashMap<>();
        List<List<String>> parts = new ArrayList<>();
        for (Draft.Node node : draft.nodes.values()) {
            if (node.kind != NodeKind.VROUTER || partOf.containsKey(node.name)) continue;
            List<String> part = new ArrayList<>(List.of(node.name));
            partOf.put(node.name, parts.size());
            for (int i = 0; i < part.size(); i++) {
                for (String next : neighbours.getOrDefault(part.get(i), List.of())) {
                    if (partOf.putIfAbsent(next, parts.size()) == null) part.add(next);
                }
            }
            part.removeIf(name -> draft.nodes.get(name).kind != NodeKind.VROUTER);
            parts.add(part);
        }
        if (wantedPart > parts.size()) mistakes.add(0, "part " + wantedPart, "the network has parts 1 to " + parts.size());
        else if (wantedPart > 0) only(new HashSet<>(parts.get(wantedPart - 1)), parts.size());
        else if (parts.size() > 1) refuse(parts);
    }

    private void only(Set<String> part, int count) {
        Set<String> kept = new HashSet<>(part);
        part.forEach(name -> kept.add(HOST_PREFIX + name));
        draft.nodes.keySet().retainAll(kept);
        draft.links.removeIf(link -> !kept.contains(link.a.node()));
        mistakes.note("only part " + wantedPart + " of " + count + " is read: " + part.size() + " nodes");
    }

    private void refuse(List<List<String>> parts) {
        for (int i = 0; i < parts.size(); i++) {
            List<String> part = parts.get(i);
            mistakes.add(draft.nodes.get(part.get(0)).line, "", "the network has " + parts.size() + " parts that no edge joins; part "
                    + (i + 1) + " has "
                    + part.size() + (part.size() == 1 ? " node: " : " nodes: ") + listed(part) + "; to read only this one: apply --part " + (i + 1));
        }
    }

    private static String listed(List<String> names) {
        if (names.size() <= SHOWN) return String.join(", ", names);
        return String.join(", ", names.subList(0, SHOWN)) + " and " + (names.size() - SHOWN) + " more";
    }
}
