// SPDX-License-Identifier: Apache-2.0
package org.violin.api.measure;

/**
 * What the path from one overlay host to another is like. Fast figures follow within seconds, to notice a failure; slow ones are for
 * placement.
 *
 * @param rttFastMicros round-trip time, microseconds; 0: not known
 * @param rttSlowMicros the same, of the last minute or so
 * @param lossFast share of datagrams lost on the way there, 0 to 1; 1 when the path does not answer any more
 * @param lossSlow the same, of the last minutes
 * @param megabitsPerSecond highest rate of violins' traffic there that lasted for a second, lately: a lower bound of what the path can
 *     carry, not a measurement of it; 0: not known
 * @param probesSent of the tunnels to that host, while they are watched
 * @param probesLost those that were not answered (one may still be under way)
 * @param ageMillis since the last sample; -1: there is none, as of an estimate
 */
public record PathFigure(
        String from,
        String to,
        double rttFastMicros,
        double rttSlowMicros,
        double lossFast,
        double lossSlow,
        double megabitsPerSecond,
        long probesSent,
        long probesLost,
        long ageMillis,
        Source source) {
    /** Where a figure comes from. */
    public enum Source {
        /** One of the two hosts measured it, not long ago. */
        MEASURED,
        /** Computed from what was measured between others. */
        ESTIMATED,
        /** Nothing is known. */
        NONE
    }
}
