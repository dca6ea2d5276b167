// SPDX-License-Identifier: Apache-2.0
package org.violin.api.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One violin as wanted, complete: every vNIC has its name, MAC and addresses. Made by a {@code SpecReader}, kept by control.
 *
 * @param nodes in the order of the file
 * @param links in the order of the file; each vNIC and each switch port is in at most one
 * @param attributes {@code routing} (the words of {@link org.violin.api.routing.RoutingWords}, default {@code kernel}) and its settings
 *     {@code routing.KEY}, {@code cipher} (which cipher plugin; absent: the one that the hosts are configured with) and what else the
 *     file says of the whole
 * @param timeline the experiment that {@code violin:run} carries out; {@link Timeline#NONE} when the file has none
 */
public record ViolinSpec(String name, List<NodeSpec> nodes, List<LinkSpec> links, Map<String, String> attributes, Timeline timeline) {
    public ViolinSpec {
        Names.node(name);
        nodes = List.copyOf(nodes);
        links = List.copyOf(links);
        attributes = java.util.Collections.unmodifiableMap(new TreeMap<>(attributes));
        if (timeline == null) timeline = Timeline.NONE;
    }

    /** One without an experiment. */
    public ViolinSpec(String name, List<NodeSpec> nodes, List<LinkSpec> links, Map<String, String> attributes) {
        this(name, nodes, links, attributes, Timeline.NONE);
    }

    /** A copy with other nodes. */
    public ViolinSpec withNodes(List<NodeSpec> newNodes) {
        return new ViolinSpec(name, newNodes, links, attributes, timeline);
    }

    /** A copy with other links. */
    public ViolinSpec withLinks(List<LinkSpec> newLinks) {
        return new ViolinSpec(name, nodes, newLinks, attributes, timeline);
    }

    /** A copy with other attributes. */
    public ViolinSpec withAttributes(Map<String, String> newAttributes) {
        return new ViolinSpec(name, nodes, links, newAttributes, timeline);
    }

    /** The node of that name. Linear: use {@link #nodesByName()} in loops. */
    public Optional<NodeSpec> node(String nodeName) {
        return nodes.stream().filter(n -> n.name().equals(nodeName)).findFirst();
    }

    /** A fresh index of the nodes, in file order. */
    public Map<String, NodeSpec> nodesByName() {
        Map<String, NodeSpec> index = new LinkedHashMap<>();
        nodes.forEach(n -> index.put(n.name(), n));
        return index;
    }

    public NodeId id(String node) {
        return new NodeId(name, node);
    }
}
