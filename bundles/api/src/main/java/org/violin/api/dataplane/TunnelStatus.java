// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.util.Map;

/**
 * One tunnel as observed; all counters count from the opening.
 *
 * @param kind the provider's word, such as {@code udp}
 * @param up the peer was heard within the tunnel's silence limit
 * @param pathMtuBytes IP MTU that datagrams are cut for
 * @param bytesIn bytes of records (inner bytes), not of datagrams
 * @param drops frames or datagrams lost here, by reason
 */
public record TunnelStatus(
        String kind,
        String peer,
        String address,
        boolean up,
        int pathMtuBytes,
        long framesIn,
        long framesOut,
        long bytesIn,
        long bytesOut,
        long datagramsIn,
        long datagramsOut,
        Map<String, Long> drops) {}
