// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import java.util.List;

/** {@code org.violin:type=Routers}: the vRouters of this host that learn routes, or forward by other than their kernel. */
public interface RoutersMXBean {
    /** Asks the routers' processes, some ms each. */
    List<RouterData> getRouters();

    /** One of them; null: there is none. */
    RouterData router(String violin, String node);
}
