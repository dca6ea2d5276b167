// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** A file of the Topology Zoo, read on its own for comparison: what is a node's distance to another, by light in fibre. */
final class ZooGraph {
    private static final double EARTH_KM = 6371;
    private static final double MILLIS_PER_KM = 0.005;

    private record Edge(String to, double cost) {}

    private record Reached(String node, double distance) {}

    private final boolean located;
    private final Map<String, double[]> places = new HashMap<>();
    private final Map<String, String> labels = new TreeMap<>();
    private final Map<String, List<Edge>> edges = new HashMap<>();

    ZooGraph(Path file) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        Document document = factory.newDocumentBuilder().parse(file.toFile());
        Map<String, String> keys = new HashMap<>();
        for (Element key : all(document, "key")) keys.put(key.getAttribute("id"), key.getAttribute("for") + " " + key.getAttribute("attr.name"));
        for (Element node : all(document, "node")) {
            Map<String, String> data = data(node, keys);
            String id = node.getAttribute("id");
            labels.put(id, data.getOrDefault("node label", id));
            if (data.containsKey("node Latitude") && data.containsKey("node Longitude")) {
                places.put(id, new double[] {Double.parseDouble(data.get("node Latitude")), Double.parseDouble(data.get("node Longitude"))});
            }
        }
        List<Element> links = all(document, "edge");
        located = links.stream().allMatch(e -> places.containsKey(e.getAttribute("source")) && places.containsKey(e.getAttribute("target")));
        for (Element edge : links) {
            String a = edge.getAttribute("source");
            String b = edge.getAttribute("target");
            boolean twice = edges.getOrDefault(a, List.of()).stream().anyMatch(e -> e.to().equals(b));
            if (a.equals(b) || twice) continue;
            double cost = located ? Math.max(1, Math.rint(Math.max(0.01, round(delay(a, b))) * 100)) : 1;
            edges.computeIfAbsent(a, n -> new ArrayList<>()).add(new Edge(b, cost));
            edges.computeIfAbsent(b, n -> new ArrayList<>()).add(new Edge(a, cost));
        }
    }

    private static double round(double millis) {
        return Math.rint(millis * 1000) / 1000;
    }

    private static List<Element> all(Document document, String tag) {
        NodeList list = document.getElementsByTagName(tag);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < list.getLength(); i++) elements.add((Element) list.item(i));
        return elements;
    }

    private static Map<String, String> data(Element of, Map<String, String> keys) {
        Map<String, String> data = new HashMap<>();
        NodeList list = of.getElementsByTagName("data");
        for (int i = 0; i < list.getLength(); i++) {
            Element one = (Element) list.item(i);
            data.put(keys.get(one.getAttribute("key")), one.getTextContent().strip());
        }
        return data;
    }

    /** Haversine. */
    private double delay(String a, String b) {
        double[] p = places.get(a);
        double[] q = places.get(b);
        double y = Math.sin(Math.toRadians(q[0] - p[0]) / 2);
        double x = Math.sin(Math.toRadians(q[1] - p[1]) / 2);
        double h = y * y + Math.cos(Math.toRadians(p[0])) * Math.cos(Math.toRadians(q[0])) * x * x;
        return 2 * EARTH_KM * Math.asin(Math.sqrt(h)) * MILLIS_PER_KM;
    }

    /** Between different nodes, each pair once. */
    int links() {
        return edges.values().stream().mapToInt(List::size).sum() / 2;
    }

    /** Cost of the link to a node's vHost, in the units of {@link #distances}. */
    double stubCost() {
        return located ? 100 : 1;
    }

    /** Ids of the nodes. */
    List<String> nodes() {
        return List.copyOf(labels.keySet());
    }

    /** The node of that name, however it was made safe; null: none, or several. */
    String byName(String name) {
        List<String> found = labels.entrySet().stream().filter(e -> plain(e.getValue()).equals(plain(name))).map(Map.Entry::getKey).toList();
        return found.size() == 1 ? found.get(0) : null;
    }

    private static String plain(String name) {
        return java.text.Normalizer.normalize(name, java.text.Normalizer.Form.NFD).toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    /** Distances from a node to all others that it reaches, in hundredths of a millisecond, or in links where not all have a place (Dijkstra). */
    Map<String, Double> distances(String from) {
        Map<String, Double> best = new HashMap<>();
        PriorityQueue<Reached> queue = new PriorityQueue<>((a, b) -> Double.compare(a.distance(), b.distance()));
        queue.add(new Reached(from, 0));
        while (!queue.isEmpty()) {
            Reached next = queue.poll();
            if (best.putIfAbsent(next.node(), next.distance()) != null) continue;
            for (Edge edge : edges.getOrDefault(next.node(), List.of())) queue.add(new Reached(edge.to(), next.distance() + edge.cost()));
        }
        return best;
    }
}
