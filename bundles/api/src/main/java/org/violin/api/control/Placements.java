// SPDX-License-Identifier: Apache-2.0
package org.violin.api.control;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;
import org.violin.api.model.Refused;

/** Moves nodes of running violins to better places, or off a host. Provided by control; any thread; orders block until done. */
@ProviderType
public interface Placements {
    /**
     * What a better placement may do.
     *
     * @param moves so many nodes may move at most; 0: as many as pay their price
     * @param strategy asked instead of the violin's own; empty: the violin's
     * @param pins host by node, for this order only
     */
    record Wish(int moves, Optional<String> strategy, Map<String, String> pins) {
        public Wish {
            pins = Map.copyOf(pins);
        }
    }

    /**
     * Looks for a better placement of a violin with the distances measured now, and makes it so unless it is only asked. A moved node is
     * stopped and started anew at its new host; the others go on.
     *
     * @param dryRun only propose
     * @throws Refused when there is no such violin or its rules cannot be kept; nothing is changed then
     */
    Report optimize(String violin, Wish wish, boolean dryRun, Consumer<String> progress) throws Refused;

    /**
     * Takes an overlay host out: nothing is placed there any more, and what is there moves. First all violins are placed anew; when one of
     * them cannot be, nothing is changed.
     *
     * @return one report for each violin that had a part there
     */
    List<Report> drain(String host, boolean dryRun, Consumer<String> progress) throws Refused;

    /** Lets nodes be placed on that host again. Nothing moves back by itself. */
    void undrain(String host) throws Refused;

    /** Hosts that are taken out, sorted. */
    Set<String> drained();
}
