// SPDX-License-Identifier: Apache-2.0
package org.violin.api.model;

/** One end of a link inside a violin: a guest's vNIC or a vSwitch's port. Printed {@code node:port}. */
public record Endpoint(String node, String port) implements Comparable<Endpoint> {
    public Endpoint {
        Names.node(node);
        Names.nic(port);
    }

    /** Parses {@code node:port}. Throws IllegalArgumentException when it is not of that form. */
    public static Endpoint parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) throw new IllegalArgumentException("'" + text + "': expected NODE:PORT");
        return new Endpoint(text.substring(0, colon), text.substring(colon + 1));
    }

    @Override
    public int compareTo(Endpoint other) {
        int byNode = node.compareTo(other.node);
        return byNode != 0 ? byNode : port.compareTo(other.port);
    }

    @Override
    public String toString() {
        return node + ":" + port;
    }
}
