// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

/** A peer as its cipher names it, and its path while there is one: ciphers may speak of peers before their path is made. */
final class Association {
    final String id;
    volatile PeerPath path;

    Association(String id) {
        this.id = id;
    }
}
