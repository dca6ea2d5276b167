// SPDX-License-Identifier: Apache-2.0
package org.violin.api.control;

import java.util.List;

/**
 * What a replacement of a plugin did.
 *
 * @param before kind or bundle that was used; empty: none
 * @param after kind or bundle that is used now
 * @param scope {@code host NAME} or {@code violin NAME}
 * @param trial what the new provider showed in its trial
 * @param notes for people, such as a feature that was installed
 */
public record SwapReport(String role, String before, String after, String scope, String trial, List<String> notes) {
    public SwapReport {
        notes = List.copyOf(notes);
    }
}
