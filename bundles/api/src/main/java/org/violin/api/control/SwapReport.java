// SPDX-License-Identifier: Apache-2.0
package org.violin.api.control;

import java.util.List;
import java.util.stream.Stream;
import org.violin.api.routing.ControlChange;

/**
 * What a replacement of a plugin did.
 *
 * @param before kind or bundle that was used; empty: none; of a violin's routing all words, such as {@code ospf+click}
 * @param after kind or bundle that is used now; as {@code before}
 * @param scope {@code host NAME}, {@code violin NAME} or {@code node VIOLIN/NODE}
 * @param trial what the new provider showed in its trial
 * @param notes for people, such as a feature that was installed
 * @param outages of vRouters whose routes something else learns now: for how long nothing was learnt; {@link Plugins#swap} knows those of
 *     its overlay host, whoever asks all hosts adds the others' by {@link #with}
 */
public record SwapReport(String role, String before, String after, String scope, String trial, List<String> notes,
        List<ControlChange> outages) {
    public SwapReport {
        notes = List.copyOf(notes);
        outages = outages == null ? List.of() : List.copyOf(outages);
    }

    /** With what other overlay hosts say, too. */
    public SwapReport with(List<String> moreNotes, List<ControlChange> moreOutages) {
        return new SwapReport(role, before, after, scope, trial, Stream.concat(notes.stream(), moreNotes.stream()).toList(),
                Stream.concat(outages.stream(), moreOutages.stream()).toList());
    }
}
