// SPDX-License-Identifier: Apache-2.0
package org.violin.api.model;

/**
 * One thing wrong with what somebody gave us.
 *
 * @param file what was read, or the command's name
 * @param line from 1; 0 when the mistake has no line
 * @param value the offending text, as given
 * @param rule what is wanted instead
 */
public record Mistake(String file, int line, String value, String rule) {
    @Override
    public String toString() {
        return file + (line > 0 ? ":" + line : "") + ": " + (value.isEmpty() ? "" : "'" + value + "': ") + rule;
    }
}
