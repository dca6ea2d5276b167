// SPDX-License-Identifier: Apache-2.0
package org.violin.api.model;

/** One vNIC of a guest, or one port of a vSwitch. Printed {@code violin/node:port}. */
public record PortId(NodeId node, String port) implements Comparable<PortId> {
    public PortId {
        if (node == null) throw new IllegalArgumentException("port without a node");
        Names.nic(port);
    }

    public static PortId of(String violin, String node, String port) {
        return new PortId(new NodeId(violin, node), port);
    }

    /** Parses {@code violin/node:port}. Throws IllegalArgumentException when it is not of that form. */
    public static PortId parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) throw new IllegalArgumentException("'" + text + "': expected VIOLIN/NODE:PORT");
        return new PortId(NodeId.parse(text.substring(0, colon)), text.substring(colon + 1));
    }

    @Override
    public int compareTo(PortId other) {
        int byNode = node.compareTo(other.node);
        return byNode != 0 ? byNode : port.compareTo(other.port);
    }

    @Override
    public String toString() {
        return node + ":" + port;
    }
}
