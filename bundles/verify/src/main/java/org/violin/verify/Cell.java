// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

import org.violin.api.model.NodeId;

/** A guest on this overlay host. @param pid of its first process, as the host sees it */
record Cell(NodeId id, int pid) {
    String networkNamespace() {
        return "/proc/" + pid + "/ns/net";
    }
}
