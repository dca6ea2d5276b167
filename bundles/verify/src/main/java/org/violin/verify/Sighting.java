// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

/**
 * A canary that was seen.
 *
 * @param number the canary's
 * @param canary null: of another host of this run
 * @param link name of the interface
 * @param outgoing it left there
 * @param carried it lay inside a datagram of the tunnel, where it may be, but not readable when the violin is sealed
 */
record Sighting(Place place, int number, Canary canary, String link, boolean outgoing, boolean carried) {
    Case kind() {
        return Canary.kind(number);
    }

    @Override
    public String toString() {
        return (canary == null ? "a canary of another overlay host" : canary.toString()) + " seen on " + link + " of " + place;
    }
}
