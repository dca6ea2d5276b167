// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import java.util.List;

/** {@code org.violin:type=Violins}: what can be done to violins, on any host the same. */
public interface ViolinsMXBean {
    /** Names of all violins. */
    List<String> getNames();

    /**
     * Makes it so, and returns when it is done.
     *
     * @param file name for messages; nothing is read from disk
     * @param text the content of the violin file
     * @param dryRun only read, place and plan
     * @throws IllegalArgumentException all mistakes, a line each; nothing was changed
     */
    ReportData apply(String file, String text, boolean dryRun);

    /** Removes a violin. Throws IllegalArgumentException when there is none of that name. */
    ReportData destroy(String violin);
}
