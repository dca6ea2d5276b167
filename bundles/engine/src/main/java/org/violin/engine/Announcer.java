// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

/** Hears what happens to plugins. Called by control threads, under locks: must not block nor call back. */
interface Announcer {
    String REFUSED = "plugin/refused";
    String SWAPPED = "plugin/swapped";

    /** @param subject role and kind, such as {@code tunnel udp}; @param text one sentence */
    void tell(String topic, String subject, String text);
}
