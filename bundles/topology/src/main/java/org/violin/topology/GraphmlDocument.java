// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * The nodes and edges of a GraphML text (http://graphml.graphdrawing.org/specification.html) with their data by attribute name. Document
 * types and external entities are off; nested graphs, hyperedges and ports are mistakes with their line.
 */
final class GraphmlDocument {
    /** @param data by attribute name, such as {@code Latitude} */
    record Node(int line, String id, Map<String, String> data) {}

    record Edge(int line, String source, String target, Map<String, String> data) {}

    private record Key(String name, String domain, String fallback) {}

    final Map<String, Node> nodes = new LinkedHashMap<>();
    final List<Edge> edges = new ArrayList<>();
    final Map<String, String> data = new HashMap<>();
    boolean directed;

    private final Mistakes mistakes;
    private final Map<String, Key> keys = new HashMap<>();
    private XMLStreamReader xml;
    private int graphs;

    private GraphmlDocument(Mistakes mistakes) {
        this.mistakes = mistakes;
    }

    /** Empty when the text is not XML at all. Other mistakes leave out what they are about. */
    static Optional<GraphmlDocument> read(String text, Mistakes mistakes) {
        GraphmlDocument document = new GraphmlDocument(mistakes);
        // The platform's own parser: which other one a container offers must not change what is read.
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        factory.setXMLResolver((publicId, systemId, base, namespace) -> {
            throw new XMLStreamException("external entities are not read");
        });
        try {
            document.xml = factory.createXMLStreamReader(new StringReader(text.startsWith("\uFEFF") ? text.substring(1) : text));
            document.document();
            return Optional.of(document);
        } catch (XMLStreamException e) {
            int line = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getLineNumber());
            String message = e.getMessage() == null ? "" : e.getMessage().replaceFirst("(?s).*Message: ", "");
            mistakes.add(line, "", "not XML: " + message);
        } catch (RuntimeException e) {
            // The parser of the JDK throws unchecked exceptions for some malformed texts.
            mistakes.add(0, "", "not XML: " + e.getMessage());
        }
        return Optional.empty();
    }

    private void document() throws XMLStreamException {
        boolean any = false;
        while (xml.hasNext()) {
            int event = xml.next();
            if (event == XMLStreamConstants.DTD) mistakes.add(line(), "", "a document type (DOCTYPE) is not read: remove it");
            if (event != XMLStreamConstants.START_ELEMENT) continue;
            any = true;
            if (!xml.getLocalName().equals("graphml")) {
                mistakes.add(line(), xml.getLocalName(), "expected <graphml>");
                skip();
            } else {
                children(Map.of("key", this::key, "graph", this::graph, "data", () -> data(data), "desc", this::skip));
            }
        }
        if (any && graphs == 0 && mistakes.none()) mistakes.add(0, "", "there is no <graph> in this file");
    }

    private interface Reader {
        void read() throws XMLStreamException;
    }

    /** Reads the children of the element that the reader is at; others than these are mistakes. */
    private void children(Map<String, Reader> known) throws XMLStreamException {
        while (xml.hasNext()) {
            int event = xml.next();
            if (event == XMLStreamConstants.END_ELEMENT) return;
            if (event != XMLStreamConstants.START_ELEMENT) continue;
            Reader reader = known.get(xml.getLocalName());
            if (reader == null) {
                mistakes.add(line(), xml.getLocalName(),
                        "this part of GraphML is not supported here; supported are nodes, edges and their data");
                skip();
            } else {
                reader.read();
            }
        }
    }

    private void key() throws XMLStreamException {
        String id = attribute("id", true);
        String name = Optional.ofNullable(xml.getAttributeValue(null, "attr.name")).orElse(id);
        String domain = Optional.ofNullable(xml.getAttributeValue(null, "for")).orElse("all");
        String[] fallback = {null};
        children(Map.of("default", () -> fallback[0] = text(), "desc", this::skip));
        keys.put(id, new Key(name, domain, fallback[0]));
    }

    private void graph() throws XMLStreamException {
        if (++graphs > 1) mistakes.add(line(), "graph", "only one graph in a file is supported");
        directed = "directed".equals(xml.getAttributeValue(null, "edgedefault"));
        children(Map.of("node", this::node, "edge", this::edge, "data", () -> data(data), "desc", this::skip));
    }

    private void node() throws XMLStreamException {
        int line = line();
        String id = attribute("id", true);
        Map<String, String> own = fallbacks("node");
        children(Map.of("data", () -> data(own), "desc", this::skip));
        if (id.isEmpty()) return;
        Node first = nodes.putIfAbsent(id, new Node(line, id, own));
        if (first != null) mistakes.add(line, id, "a node of this id is already in line " + first.line());
    }

    private void edge() throws XMLStreamException {
        int line = line();
        Map<String, String> own = fallbacks("edge");
        String source = attribute("source", true);
        String target = attribute("target", true);
        for (String port : new String[] {"sourceport", "targetport"}) {
            if (xml.getAttributeValue(null, port) != null) mistakes.add(line, port, "ports of GraphML are not supported");
        }
        children(Map.of("data", () -> data(own), "desc", this::skip));
        if (!source.isEmpty() && !target.isEmpty()) edges.add(new Edge(line, source, target, own));
    }

    private Map<String, String> fallbacks(String domain) {
        Map<String, String> own = new LinkedHashMap<>();
        for (Key key : keys.values()) {
            if (key.fallback() != null && (key.domain().equals(domain) || key.domain().equals("all"))) own.put(key.name(), key.fallback());
        }
        return own;
    }

    private void data(Map<String, String> into) throws XMLStreamException {
        int line = line();
        String id = attribute("key", true);
        String text = text();
        Key key = keys.get(id);
        if (key == null) mistakes.add(line, id, "no <key> of this id is declared before");
        else into.put(key.name(), text);
    }

    /** The text up to the end of this element; entities that only a document type could explain stay as they are written. */
    private String text() throws XMLStreamException {
        StringBuilder text = new StringBuilder();
        while (xml.hasNext()) {
            switch (xml.next()) {
                case XMLStreamConstants.END_ELEMENT -> {
                    return text.toString().strip();
                }
                case XMLStreamConstants.START_ELEMENT -> {
                    mistakes.add(line(), xml.getLocalName(), "elements inside data are not supported");
                    skip();
                }
                case XMLStreamConstants.ENTITY_REFERENCE -> text.append('&').append(xml.getLocalName()).append(';');
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> text.append(xml.getText());
                default -> {
                    // comments and processing instructions
                }
            }
        }
        return text.toString();
    }

    private void skip() throws XMLStreamException {
        int depth = 1;
        while (depth > 0 && xml.hasNext()) {
            int event = xml.next();
            if (event == XMLStreamConstants.START_ELEMENT) depth++;
            if (event == XMLStreamConstants.END_ELEMENT) depth--;
        }
    }

    private String attribute(String name, boolean needed) {
        String value = xml.getAttributeValue(null, name);
        if (needed && value == null) mistakes.add(line(), xml.getLocalName(), "the attribute '" + name + "' is missing");
        if (needed && "".equals(value)) mistakes.add(line(), xml.getLocalName(), "the attribute '" + name + "' is empty");
        return value == null ? "" : value;
    }

    private int line() {
        return Math.max(0, xml.getLocation().getLineNumber());
    }
}
