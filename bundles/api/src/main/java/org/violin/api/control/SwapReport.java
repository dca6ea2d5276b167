// SPDX-License-Identifier: Apache-2.0
package org.violin.api.control;

import java.util.List;
import org.violin.api.routing.ControlChange;

/**
 * What a replacement of a plugin did.
 *
 * @param before kind or bundle that was used; empty: none; of a violin's routing all words, such as {@code ospf+click}
 * @param after kind or bundle that is used now; as {@code before}
 * @param scope {@code host NAME}, {@code violin NAME} or {@code node VIOLIN/NODE}
 * @param trial what the new provider showed in its trial
 * @param notes for people, such as a feature that was installed
 * @param outages of vRouters of this overlay host whose routes something else learns now: for how long nothing was learnt
 */
public record SwapReport(String role, String before, String after, String scope, String trial, List<String> notes,
        List<ControlChange> outages) {
    public SwapReport {
        notes = List.copyOf(notes);
        outages = outages == null ? List.of() : List.copyOf(outages);
    }
}
