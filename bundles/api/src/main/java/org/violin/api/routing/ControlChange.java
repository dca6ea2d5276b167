// SPDX-License-Identifier: Apache-2.0
package org.violin.api.routing;

/**
 * One change of what learns a vRouter's routes, measured at its FIB.
 *
 * @param node {@code VIOLIN/NODE}
 * @param before kind that ended; empty: routes were computed or static
 * @param after kind that came; empty: routes are computed or static
 * @param beganMillis when, since 1970
 * @param departMillis how long the old one told its neighbours to go elsewhere before it ended, with their time to do so
 * @param outageMillis from the end of the old one until the new one's routes were complete: so long nothing new was learnt; so far, when
 *     it goes on
 * @param keptRoutes routes of the old one by which it forwarded on meanwhile; 0: the FIB had none
 * @param state {@code complete}; {@code expired}: the routes were replaced after the longest hold, neighbours were still missing;
 *     {@code waiting}: the new one does not know its routes yet
 */
public record ControlChange(
        String node, String before, String after, long beganMillis, long departMillis, long outageMillis, int keptRoutes, String state) {
    public static final String COMPLETE = "complete";
    public static final String EXPIRED = "expired";
    public static final String WAITING = "waiting";

    public boolean ended() {
        return !state.equals(WAITING);
    }
}
