// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.util.Map;

/**
 * One tunnel as observed; all counters count from the opening.
 *
 * @param kind the provider's word, such as {@code udp}
 * @param peer the overlay host's name
 * @param violin whose frames go there; empty: of none
 * @param cipher kind of the cipher, such as {@code none}
 * @param up the peer was heard within the tunnel's silence limit
 * @param pathMtuBytes IP MTU that datagrams are cut for
 * @param bytesIn bytes of records (inner bytes), not of datagrams
 * @param rttMicros smoothed round-trip time between the tunnels (RFC 6298), microseconds; 0: not known yet
 * @param counters what else is counted, by name, such as {@code segments-in} (packets that the frames are on a wire: a super-frame counts
 *     as what it is cut into), {@code calls-out} (system calls), {@code loss-ppm} (of our datagrams, as the peer saw it lately),
 *     {@code lost} (of our datagrams, as the peer saw it), {@code probes-out} and {@code answers-in} (round trips tried and done),
 *     {@code rtt-last-micros} (the last of them)
 * @param drops frames or datagrams lost here, by reason
 */
public record TunnelStatus(
        String kind,
        String peer,
        String violin,
        String cipher,
        String address,
        boolean up,
        int pathMtuBytes,
        long framesIn,
        long framesOut,
        long bytesIn,
        long bytesOut,
        long datagramsIn,
        long datagramsOut,
        long rttMicros,
        Map<String, Long> counters,
        Map<String, Long> drops) {}
