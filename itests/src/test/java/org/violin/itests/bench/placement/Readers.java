// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.bench.placement;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** Readers of the public collections; each throws {@link IOException} with the name and what is wrong. */
final class Readers {
    private static final Pattern NODE = Pattern.compile("(\\S+)\\s*\\(\\s*(\\S+)\\s+(\\S+)\\s*\\)");
    private static final Pattern LINK = Pattern.compile("\\S+\\s*\\(\\s*(\\S+)\\s+(\\S+)\\s*\\).*");
    private static final Pattern DEMAND = Pattern.compile("\\S+\\s*\\(\\s*(\\S+)\\s+(\\S+)\\s*\\)\\s+\\S+\\s+(\\S+).*");

    private Readers() {}

    /** The bytes of a file, unpacked where its name ends with {@code .gz}. */
    static String text(Path file) throws IOException {
        try (InputStream raw = new BufferedInputStream(java.nio.file.Files.newInputStream(file));
                InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** GraphML as the Internet Topology Zoo has it; nodes without coordinates are normal there, and ids have gaps. */
    static Net graphml(String name, String text) throws IOException {
        Document document;
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            javax.xml.parsers.DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null); // the exception says it
            document = builder.parse(new java.io.ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(name + " is not GraphML: " + e.getMessage(), e);
        }
        Map<String, String> keys = new HashMap<>();
        for (Element key : elements(document.getDocumentElement(), "key")) {
            if (key.getAttribute("for").equals("node")) keys.put(key.getAttribute("id"), key.getAttribute("attr.name"));
        }
        List<Element> found = elements(document.getDocumentElement(), "node");
        Map<String, Integer> index = new HashMap<>();
        List<String> nodes = new ArrayList<>();
        double[] latitude = new double[found.size()];
        double[] longitude = new double[found.size()];
        Arrays.fill(latitude, Double.NaN);
        Arrays.fill(longitude, Double.NaN);
        for (Element node : found) {
            int i = nodes.size();
            index.put(node.getAttribute("id"), i);
            nodes.add("n" + node.getAttribute("id"));
            for (Element data : elements(node, "data")) {
                String what = keys.getOrDefault(data.getAttribute("key"), "");
                if (what.equals("Latitude")) latitude[i] = number(name, data.getTextContent());
                if (what.equals("Longitude")) longitude[i] = number(name, data.getTextContent());
            }
        }
        List<int[]> edges = new ArrayList<>();
        for (Element edge : elements(document.getDocumentElement(), "edge")) {
            edges.add(new int[] {at(name, index, edge.getAttribute("source")), at(name, index, edge.getAttribute("target"))});
        }
        if (nodes.isEmpty()) throw new IOException(name + " has no nodes");
        return Net.connected(name, nodes, latitude, longitude, edges, null);
    }

    /** SNDlib's native format: nodes, links and demands. */
    static Net sndlib(String name, String text) throws IOException {
        Map<String, Integer> index = new HashMap<>();
        List<double[]> where = new ArrayList<>();
        List<String> nodes = new ArrayList<>();
        List<int[]> edges = new ArrayList<>();
        List<double[]> demands = new ArrayList<>();
        String section = "";
        for (String raw : text.split("\\R")) {
            String line = raw.trim();
            if (line.isEmpty() || line.startsWith("#") || line.startsWith("?")) continue;
            if (section.isEmpty() && line.matches("[A-Z_]+ *\\(")) section = line.replaceAll("[ (]", "");
            else if (line.equals(")")) section = "";
            else if (section.equals("NODES")) {
                Matcher m = matched(name, NODE, line);
                index.put(m.group(1), nodes.size());
                nodes.add(m.group(1));
                where.add(new double[] {number(name, m.group(3)), number(name, m.group(2))});
            } else if (section.equals("LINKS")) {
                Matcher m = matched(name, LINK, line);
                edges.add(new int[] {at(name, index, m.group(1)), at(name, index, m.group(2))});
            } else if (section.equals("DEMANDS")) {
                Matcher m = matched(name, DEMAND, line);
                demands.add(new double[] {at(name, index, m.group(1)), at(name, index, m.group(2)), number(name, m.group(3))});
            }
        }
        if (nodes.isEmpty()) throw new IOException(name + " has no NODES");
        double[][] between = new double[nodes.size()][nodes.size()];
        for (double[] d : demands) between[(int) d[0]][(int) d[1]] += d[2];
        double[] latitude = where.stream().mapToDouble(w -> w[0]).toArray();
        double[] longitude = where.stream().mapToDouble(w -> w[1]).toArray();
        return Net.connected(name, nodes, latitude, longitude, edges, between);
    }

    /** A square matrix of milliseconds, one row a line, numbers apart by white space; row by row. */
    static double[] matrix(String name, String text) throws IOException {
        List<double[]> rows = new ArrayList<>();
        for (String line : text.split("\\R")) {
            if (line.isBlank()) continue;
            String[] words = line.trim().split("\\s+");
            double[] row = new double[words.length];
            for (int i = 0; i < row.length; i++) row[i] = number(name, words[i]);
            rows.add(row);
        }
        double[] all = new double[rows.size() * rows.size()];
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).length != rows.size()) throw new IOException(name + ": row " + (i + 1) + " has " + rows.get(i).length + " values, not " + rows.size());
            System.arraycopy(rows.get(i), 0, all, i * rows.size(), rows.size());
        }
        return all;
    }

    private static List<Element> elements(Element in, String tag) {
        NodeList found = in.getElementsByTagName(tag);
        List<Element> all = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) all.add((Element) found.item(i));
        return all;
    }

    private static int at(String name, Map<String, Integer> index, String id) throws IOException {
        Integer i = index.get(id);
        if (i == null) throw new IOException(name + ": there is no node '" + id + "'");
        return i;
    }

    private static Matcher matched(String name, Pattern form, String line) throws IOException {
        Matcher m = form.matcher(line);
        if (!m.matches()) throw new IOException(name + ": cannot read '" + line + "'");
        return m;
    }

    static double number(String name, String word) throws IOException {
        try {
            return Double.parseDouble(word.trim());
        } catch (NumberFormatException e) {
            throw new IOException(name + ": '" + word + "' is not a number", e);
        }
    }
}
