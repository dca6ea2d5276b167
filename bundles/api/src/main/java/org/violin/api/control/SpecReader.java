// SPDX-License-Identifier: Apache-2.0
package org.violin.api.control;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.osgi.annotation.versioning.ProviderType;
import org.violin.api.model.Mistake;
import org.violin.api.model.ViolinSpec;

/** Reads violin files and the foreign formats. Provided by topology; pure: the same arguments give the same answer; any thread. */
@ProviderType
public interface SpecReader {
    /** Bound of a file, in characters. */
    int MAX_CHARACTERS = 16_000_000;

    /**
     * Reads one file of any known format, completes it (names, MACs, addresses) and checks it whole.
     *
     * @param file name, for messages and for choosing the format when the text does not tell. May end in {@code #N} (only part N of a
     *     network in GraphML), then in {@code #routing=WORDS}, which overrule the file's attribute {@code routing}
     * @param current gives the present spec of a violin, so that automatic addresses stay what they are
     */
    Reading read(String file, String text, Function<String, Optional<ViolinSpec>> current);

    /**
     * @param spec empty when there are mistakes
     * @param format which format it was read as, such as {@code violin}, {@code containerlab}, {@code graphml}
     * @param notes what the reader decided, such as merged parallel edges; for people
     */
    record Reading(Optional<ViolinSpec> spec, String format, List<Mistake> mistakes, List<String> notes) {}
}
