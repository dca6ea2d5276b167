// SPDX-License-Identifier: Apache-2.0
package org.violin.api.control;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;
import org.violin.api.model.Refused;

/**
 * The violins of all overlay hosts: the one service behind shell, JMX and web. Works the same on any host. Provided by control; any
 * thread; {@link #apply} and {@link #destroy} block until done or the deadline.
 */
@ProviderType
public interface Violins {
    /**
     * Makes it so: reads, places, plans, stores, and waits until every host has done its part.
     *
     * @param file name for messages, {@code text} its content in any known format
     * @param dryRun only read, place and plan
     * @param progress called with one line for people now and then
     * @throws Refused when anything is wrong with the file or does not fit; nothing is changed then
     */
    default Report apply(String file, String text, boolean dryRun, Consumer<String> progress) throws Refused {
        return apply(file, text, Map.of(), dryRun, progress);
    }

    /**
     * As {@link #apply(String, String, boolean, Consumer)}, with nodes tied to hosts for this order.
     *
     * @param pins host by node; they stand before what the file says and are stored with the violin until the next apply without them
     */
    Report apply(String file, String text, Map<String, String> pins, boolean dryRun, Consumer<String> progress) throws Refused;

    /** Removes a violin wholly. Throws {@link Refused} when there is none of that name. */
    Report destroy(String violin, Consumer<String> progress) throws Refused;

    List<ViolinSummary> list();

    Optional<ViolinView> show(String violin);
}
