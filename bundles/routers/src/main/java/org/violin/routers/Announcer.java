// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

/** Tells the world what happened, one line; any thread. */
interface Announcer {
    /** @param topic below {@code org/violin/} */
    void announce(String topic, String subject, String text);
}
