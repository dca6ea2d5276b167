// SPDX-License-Identifier: Apache-2.0
package org.violin.api.cluster;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Which overlay hosts exist. Provided by members; any thread, never blocks. */
@ProviderType
public interface Members {
    /** This host. */
    HostInfo self();

    /** All hosts that are joined now, this one too, sorted by name; when the shared state is out of reach, the last known. */
    List<HostInfo> hosts();

    /** True on the one elected host. False while the shared state is out of reach. */
    boolean leader();

    /** False while this host goes on with what it knows, because the shared state is out of reach. */
    boolean connected();

    /** Why this host is not connected, one sentence with the cure where there is one; empty when it is. */
    default String trouble() {
        return "";
    }

    /** Calls back, on a thread of members, whenever one of the answers above may have changed; once at once. Close to stop. */
    AutoCloseable listen(Runnable changed);
}
