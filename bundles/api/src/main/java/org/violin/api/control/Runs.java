// SPDX-License-Identifier: Apache-2.0
package org.violin.api.control;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;
import org.violin.api.model.Refused;

/** Carries out the experiments (timelines) of violins. Provided by the bundle {@code timeline}; any thread; the same on any host. */
@ProviderType
public interface Runs {
    /**
     * Carries out a violin's timeline, waits for its end, puts everything back as the spec says, and writes a folder of results.
     *
     * @param wish how
     * @param progress called with one line for people about each second
     * @throws Refused when there is no such violin, it has no timeline, something that the timeline needs is missing, or another run of
     *     this violin is under way; nothing is changed then
     */
    Result run(String violin, Wish wish, Consumer<String> progress) throws Refused;

    /** Ends the run of a violin that is under way anywhere; what it did is undone. False: there is none. */
    boolean stop(String violin) throws Refused;

    /**
     * @param seed instead of the file's
     * @param folder for the results, on this overlay host; made when it is not there, must be empty
     * @param data where files that the timeline names are
     * @param settle wait first until every entity of the violin is ready
     */
    record Wish(OptionalLong seed, Path folder, Path data, boolean settle) {}

    /**
     * @param events what happened, in order
     * @param summaries one for each probe and each run command: what it came to, for a table; by name of the figure
     * @param failures steps and probes that went wrong, one sentence each; empty: all is well
     * @param files written into the folder
     */
    record Result(String violin, long seed, long durationMillis, List<Happening> events, List<Map<String, String>> summaries, List<String> failures,
            Path folder, List<String> files) {}

    /** @param atMillis from the start of the experiment */
    record Happening(long atMillis, String host, String action, String subject, String text) {}
}
