// SPDX-License-Identifier: Apache-2.0
package org.violin.api.control;

import java.util.List;
import java.util.Map;
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
     *     network in GraphML), then in {@code #routing=WORDS}, which overrule the file's attribute {@code routing},
     *     then in {@code #emulate=true} or {@code false}, which overrule whether conditions of links are imposed
     * @param current gives the present spec of a violin, so that automatic addresses stay what they are
     */
    Reading read(String file, String text, Function<String, Optional<ViolinSpec>> current);

    /**
     * @param spec empty when there are mistakes
     * @param format which format it was read as, such as {@code violin}, {@code containerlab}, {@code graphml}
     * @param notes what the reader decided, such as merged parallel edges; for people
     * @param texts where texts of several lines in a tool's own language stand in the file (first where one stands more than once), by the
     *     text, so that what a tool says of its lines can be told with the file's
     */
    record Reading(Optional<ViolinSpec> spec, String format, List<Mistake> mistakes, List<String> notes, Map<String, TextPlace> texts) {
        /** One without texts. */
        public Reading(Optional<ViolinSpec> spec, String format, List<Mistake> mistakes, List<String> notes) {
            this(spec, format, mistakes, notes, Map.of());
        }
    }

    /**
     * @param line of the file, from 1, where the text's first line is
     * @param byLine each line of the text is one of the file; else all are told with {@code line}
     */
    record TextPlace(int line, boolean byLine) {
        /** The file's line of a line of the text, from 1. */
        public int of(int line) {
            return byLine ? this.line + Math.max(0, line - 1) : this.line;
        }
    }
}
