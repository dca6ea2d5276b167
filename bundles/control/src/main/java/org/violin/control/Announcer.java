// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

/** Tells the world what happened, one line. Backed by Event Admin; called by agent and desk, any thread. */
interface Announcer {
    /** @param topic below {@code org/violin/}, such as {@code violin/applied} */
    void announce(String topic, String subject, String text);
}
