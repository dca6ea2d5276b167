// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import org.osgi.annotation.versioning.ProviderType;

/** Makes pollers. Called by the engine, one poller for each worker and one alarm for what waits in vLinks. */
@ProviderType
public interface PollerProvider {
    /** A new, empty poller. Throws IllegalStateException when the kernel refuses one. */
    Poller open();

    /** A new alarm. */
    default Alarm alarm() {
        return new ParkingAlarm();
    }
}
