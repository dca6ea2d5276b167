// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import java.util.List;

/** {@code org.violin:type=Violin,name=..}: one violin as all hosts see it. */
public interface ViolinMXBean {
    String getName();

    /** {@code ready}, {@code changing}, {@code degraded} or {@code destroying}; {@code unknown} when it cannot be told. */
    String getState();

    long getRevision();

    int getVhosts();

    int getVrouters();

    int getVswitches();

    int getLinks();

    List<String> getHosts();

    /** Its entities that are not ready, {@code name: state, reason}. */
    List<String> getNotReady();
}
