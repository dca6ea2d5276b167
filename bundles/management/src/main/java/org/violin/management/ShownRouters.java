// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import java.util.List;
import org.violin.api.routing.Routers;

/** Asks the routers of this host when it is asked; the answer is not kept. */
record ShownRouters(Sources sources) implements RoutersMXBean {
    @Override
    public List<RouterData> getRouters() {
        return sources.routers().map(Routers::status).map(all -> all.stream().map(RouterData::new).toList()).orElse(List.of());
    }

    @Override
    public RouterData router(String violin, String node) {
        return getRouters().stream().filter(r -> r.getViolin().equals(violin) && r.getNode().equals(node)).findFirst().orElse(null);
    }
}
