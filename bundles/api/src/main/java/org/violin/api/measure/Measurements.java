// SPDX-License-Identifier: Apache-2.0
package org.violin.api.measure;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;
import org.violin.api.placement.Distances;

/** What is known of the paths between all joined overlay hosts. Provided by measure; any thread, never blocks on the network. */
@ProviderType
public interface Measurements {
    /** One figure for each ordered pair of different joined hosts, sorted by from, then to. */
    List<PathFigure> figures();

    /**
     * The slow figures between these hosts, for placement; what is missing or stale is filled in, so no value is missing. Names of hosts
     * that nothing is known of are welcome.
     *
     * @param hosts in the order of the answer's indices
     */
    Distances distances(List<String> hosts);

    /** What is counted, by name; the bundle's README lists them. */
    Map<String, Long> counters();
}
