// SPDX-License-Identifier: Apache-2.0
package org.violin.swap.samples;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.violin.api.control.Routing;
import org.violin.api.model.RouteSpec;
import org.violin.api.model.ViolinSpec;

/** Never answers. */
public final class HangingRouting implements Routing {
    @Override
    public String kind() {
        return "sample";
    }

    @Override
    public Map<String, List<RouteSpec>> routes(ViolinSpec spec, Set<String> nodes) {
        try {
            Thread.sleep(Long.MAX_VALUE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Map.of();
    }
}
