// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.util.Map;

/**
 * What one overlay host says of its part of one violin.
 *
 * @param revision the stored spec's revision it speaks of
 * @param done all actions of that revision were tried
 * @param finished how many of {@code total} actions of the present round are done
 * @param failures reason by key of what could not be made
 */
record HostReport(String host, long incarnation, long revision, boolean done, int finished, int total, Map<String, String> failures) {
    HostReport {
        failures = Map.copyOf(failures);
    }
}
