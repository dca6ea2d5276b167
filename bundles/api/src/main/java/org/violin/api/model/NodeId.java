// SPDX-License-Identifier: Apache-2.0
package org.violin.api.model;

/** One vHost, vRouter or vSwitch. Printed {@code violin/node}. */
public record NodeId(String violin, String node) implements Comparable<NodeId> {
    public NodeId {
        Names.node(violin);
        Names.node(node);
    }

    /** Parses {@code violin/node}. Throws IllegalArgumentException when it is not of that form. */
    public static NodeId parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) throw new IllegalArgumentException("'" + text + "': expected VIOLIN/NODE");
        return new NodeId(text.substring(0, slash), text.substring(slash + 1));
    }

    @Override
    public int compareTo(NodeId other) {
        int byViolin = violin.compareTo(other.violin);
        return byViolin != 0 ? byViolin : node.compareTo(other.node);
    }

    @Override
    public String toString() {
        return violin + "/" + node;
    }
}
