// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.util.Map;
import org.violin.api.model.PortId;

/**
 * One vNIC or switch port as observed. In and out are as seen from the entity's cable: {@code in} came from the guest or from the link
 * into the switch.
 *
 * @param vni of the link, 0 when not linked
 * @param far the other end: {@code node:port} or the overlay host it is on
 * @param carrier whether the guest sees a carrier; for a switch port whether the link is complete
 * @param counters what else is counted, by name: {@code segments-in}, {@code segments-out} (packets that the frames are on a wire: a
 *     super-frame counts as what it is cut into); of a vNIC {@code calls-in}, {@code calls-out} (reads from the guest, writes to it),
 *     {@code pauses} (held back because the tunnel was full)
 * @param drops by reason
 */
public record PortStatus(
        PortId id,
        boolean switchPort,
        int vni,
        String far,
        boolean carrier,
        long framesIn,
        long framesOut,
        long bytesIn,
        long bytesOut,
        Map<String, Long> counters,
        Map<String, Long> drops) {}
