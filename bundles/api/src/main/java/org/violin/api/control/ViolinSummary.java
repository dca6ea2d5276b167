// SPDX-License-Identifier: Apache-2.0
package org.violin.api.control;

import java.util.List;

/**
 * One line of {@code list}.
 *
 * @param state {@code ready}, {@code changing}, {@code degraded} or {@code destroying}
 */
public record ViolinSummary(
        String name, String state, long revision, int vhosts, int vrouters, int vswitches, int links, List<String> hosts) {}
