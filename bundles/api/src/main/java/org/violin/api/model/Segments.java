// SPDX-License-Identifier: Apache-2.0
package org.violin.api.model;

import java.util.HashMap;
import java.util.Map;

/**
 * Which vNICs and vSwitches of a violin are joined to one Ethernet segment by its vLinks (union-find). Built once, then only read; one
 * thread.
 */
public final class Segments {
    private final Map<String, String> parent = new HashMap<>();
    private final Map<String, NodeSpec> nodes;

    public Segments(ViolinSpec spec) {
        nodes = spec.nodesByName();
        for (LinkSpec link : spec.links()) {
            String a = root(vertex(link.a()));
            String b = root(vertex(link.b()));
            if (!a.equals(b)) parent.put(a, b);
        }
    }

    /** The segment of a vNIC, or of the vSwitch whose port it is: a word that is the same for all ends on it. */
    public String of(Endpoint end) {
        return root(vertex(end));
    }

    /** The segment of a vSwitch. */
    public String of(String vswitch) {
        return root(vswitch);
    }

    private String vertex(Endpoint end) {
        NodeSpec node = nodes.get(end.node());
        return node != null && node.kind() == NodeKind.VSWITCH ? end.node() : end.toString();
    }

    private String root(String name) {
        String root = name;
        while (!parent.getOrDefault(root, root).equals(root)) root = parent.get(root);
        for (String at = name; !at.equals(root); ) at = parent.put(at, root);
        return root;
    }
}
