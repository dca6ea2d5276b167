// SPDX-License-Identifier: Apache-2.0
package org.violin.api.control;

import java.util.List;
import java.util.Map;

/** Spec and status of one violin, for {@code show}. */
public record ViolinView(ViolinSummary summary, List<EntityView> entities, List<LinkView> links, Map<String, String> attributes) {
    /**
     * @param kind {@code vhost}, {@code vrouter} or {@code vswitch}
     * @param addresses with the interface in front: {@code eth1 10.0.1.2/24}
     * @param state {@code ready}, {@code pending}, {@code failed} or {@code unknown} (its overlay host is silent)
     * @param reason of a state that is not ready
     * @param services of a vRouter, such as {@code nat}; {@code uplink}: a way out to its overlay host's network
     */
    public record EntityView(String name, String kind, String host, List<String> addresses, String state, String reason, List<String> services) {
        /** One without services. */
        public EntityView(String name, String kind, String host, List<String> addresses, String state, String reason) {
            this(name, kind, host, addresses, state, reason, List.of());
        }
    }

    /** @param vni 24-bit id in the tunnel, also when both ends are on one host */
    public record LinkView(
            String a, String b, int vni, String hostA, String hostB, double cost, double delayMillis, String state, Map<String, String> attributes) {}
}
