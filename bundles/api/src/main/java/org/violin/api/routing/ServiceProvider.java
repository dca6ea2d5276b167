// SPDX-License-Identifier: Apache-2.0
package org.violin.api.routing;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Mistake;
import org.violin.api.model.Probe;

/**
 * Gives vRouters something beyond forwarding, such as address translation. Called by: control threads, concurrently for different vRouters.
 * The settings are those of {@link RouterSpec#services} for this kind.
 */
@ConsumerType
public interface ServiceProvider {
    /** The word in files below {@code services}, such as {@code nat}. */
    String kind();

    /** Whether it can work on this overlay host, with the cure when not. */
    Probe probe();

    /** What is wrong with the settings, in the tool's own words where it has some; called before anything is stored. Needs no guest. */
    List<Mistake> check(RouterSpec router, Map<String, String> settings);

    /**
     * Makes it work in a running guest that has its vNICs, or takes over what an earlier container left there.
     *
     * @param sink told events, from any thread until the service is closed
     * @throws GuestException when it could not; then nothing of it runs that did not run before
     */
    RouterService open(RouterSpec router, Map<String, String> settings, Guest guest, RouterSink sink) throws GuestException;

    /**
     * Removes what an earlier container made for this kind in a guest whose vRouter no longer has the service, and outside of it. Nothing
     * there is no error.
     */
    default void clean(Guest guest) throws GuestException {}
}
