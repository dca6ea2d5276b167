// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import org.violin.api.model.NodeId;

/**
 * A way out that the violin has by its file and that its overlay host allows: what it opens is no hole, but said.
 *
 * @param host the overlay host to whose network it leads
 * @param closed addresses that it must not lead to: those of that host, as far as they are known here
 */
record WayOut(NodeId node, String host, Set<InetAddress> closed) {
    /** Name of the host's end of the pair of interfaces, as bundle router-services gives it. */
    String link() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(node.toString().getBytes(StandardCharsets.UTF_8));
            return "vup" + HexFormat.of().formatHex(hash, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return node.node() + " to the network of " + host;
    }
}
