// SPDX-License-Identifier: Apache-2.0
package org.violin.api.routing;

import java.util.List;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Mistake;
import org.violin.api.model.Probe;

/** Makes vRouters learn routes. Called by: control threads, concurrently for different vRouters. */
@ConsumerType
public interface ControlPlaneProvider {
    /** The word in files, such as {@code zebra}. */
    String kind();

    /** Whether it can work on this overlay host, with the cure when not. */
    Probe probe();

    /** Which of the words of {@link RouterSpec#protocols} it speaks. */
    Set<String> protocols();

    /** What is wrong with a spec, in the tool's own words; called before anything is stored. May take some 100 ms; needs no guest. */
    List<Mistake> check(RouterSpec spec);

    /**
     * Starts it in a running guest that has its vNICs, or takes over what an earlier container started there, and returns once it takes
     * changes; it need not have learnt anything yet.
     *
     * @param sink told from any thread until the control plane is closed
     * @throws GuestException when it could not be started; then nothing of it runs
     */
    ControlPlane open(RouterSpec spec, Guest guest, RouterSink sink) throws GuestException;
}
