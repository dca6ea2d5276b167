// SPDX-License-Identifier: Apache-2.0
package org.violin.api.model;

/**
 * Whether a plugin can work on this machine. A plugin whose tool is missing says so here and never throws from its constructor.
 *
 * @param usable true when all that is needed was found
 * @param finding what was found or is missing, one sentence
 * @param cure the command that mends it; empty when usable
 */
public record Probe(boolean usable, String finding, String cure) {
    public static Probe ok(String finding) {
        return new Probe(true, finding, "");
    }

    public static Probe missing(String finding, String cure) {
        return new Probe(false, finding, cure);
    }
}
