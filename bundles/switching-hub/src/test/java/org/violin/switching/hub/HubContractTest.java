// SPDX-License-Identifier: Apache-2.0
package org.violin.switching.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.SwitchLogic;
import org.violin.api.dataplane.SwitchProvider;
import org.violin.testkit.dataplane.SampleFrames;
import org.violin.testkit.dataplane.SwitchContract;

final class HubContractTest extends SwitchContract {
    @Override
    protected SwitchProvider provider() {
        return new HubProvider();
    }

    @Test
    void everyFrameGoesEverywhereWhoeverSpokeBefore() {
        SwitchLogic hub = provider().create(Map.of());
        for (int port = 0; port < 4; port++) {
            byte[] frame = SampleFrames.plain(SampleFrames.station(1), SampleFrames.station(port + 10), "to 1");
            assertEquals(SwitchLogic.FLOOD, ask(hub, port, frame));
        }
    }
}
