// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import org.osgi.annotation.versioning.ProviderType;

/** Makes pollers. Called by the engine, one poller for each worker. */
@ProviderType
public interface PollerProvider {
    /** A new, empty poller. Throws IllegalStateException when the kernel refuses one. */
    Poller open();
}
