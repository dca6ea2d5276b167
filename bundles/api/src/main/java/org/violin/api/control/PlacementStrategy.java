// SPDX-License-Identifier: Apache-2.0
package org.violin.api.control;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;
import org.violin.api.cluster.HostInfo;
import org.violin.api.model.Limits;
import org.violin.api.model.ViolinSpec;

/**
 * Chooses the overlay host of each node. A pure function: same arguments, same answer; no I/O, no clock, no randomness.
 * Called by: control, under its apply lock.
 */
@ConsumerType
public interface PlacementStrategy {
    /** The word in the configuration, such as {@code greedy}. */
    String kind();

    Answer place(Question question);

    /**
     * @param spec all nodes; those with a host given must go there
     * @param hosts what there is, sorted by name
     * @param used what other violins already use on each host
     * @param current where nodes of this violin are now; they stay unless they must go
     */
    record Question(ViolinSpec spec, List<HostInfo> hosts, Map<String, Limits> used, Map<String, String> current) {}

    /**
     * @param placement host by node, complete when there are no refusals
     * @param refusals one sentence for each node that fits nowhere, naming what it asks and what is left
     */
    record Answer(Map<String, String> placement, Map<String, String> refusals) {}
}
