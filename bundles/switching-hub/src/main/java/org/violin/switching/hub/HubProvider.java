// SPDX-License-Identifier: Apache-2.0
package org.violin.switching.hub;

import java.nio.ByteBuffer;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.violin.api.dataplane.SwitchLogic;
import org.violin.api.dataplane.SwitchProvider;

/**
 * Kind {@code hub}: every frame leaves by every other port, as from a repeater (IEEE 802.3 clause 27), so that a guest on it sees what all
 * others say. Has no state and no attributes.
 */
@Component
public final class HubProvider implements SwitchProvider {
    private static final SwitchLogic HUB = new SwitchLogic() {
        @Override
        public int egress(int ingress, ByteBuffer slab, int offset, int length, long nowNanos, Egress some) {
            return FLOOD;
        }

        @Override
        public void portClosed(int port) {}
    };

    @Override
    public String kind() {
        return "hub";
    }

    @Override
    public SwitchLogic create(Map<String, String> attributes) {
        return HUB;
    }
}
