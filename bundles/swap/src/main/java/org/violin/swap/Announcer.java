// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

/** Tells people what happened to a plugin, one line. Any thread. */
@FunctionalInterface
interface Announcer {
    /** @param topic below {@code org/violin/plugin/}, such as {@code rolled-back} @param subject the bundle's symbolic name */
    void announce(String topic, String subject, String text);
}
