// SPDX-License-Identifier: Apache-2.0
package org.violin.api.routing;

import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;
import org.violin.api.guest.GuestException;

/** One service of one vRouter. Called by: control threads, one call at a time but for {@link #status}. */
@ConsumerType
public interface RouterService extends AutoCloseable {
    /** Goes on with other settings, in place and as a whole: connections and leases stay. When it throws, it goes on as before. */
    void apply(RouterSpec next, Map<String, String> settings) throws GuestException;

    /** What it does now; may ask its processes, some ms. */
    ServiceStatus status();

    /**
     * Ends it and removes what it made. Idempotent.
     *
     * @param guestEnds the guest ends anyway or is gone: only what is outside of it needs to be removed
     */
    void remove(boolean guestEnds) throws GuestException;

    /** Lets go: what it made works on and can be taken over by the next {@link ServiceProvider#open}. */
    @Override
    void close();
}
