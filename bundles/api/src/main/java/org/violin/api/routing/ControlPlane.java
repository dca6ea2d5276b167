// SPDX-License-Identifier: Apache-2.0
package org.violin.api.routing;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.violin.api.guest.GuestException;

/** What learns the routes of one vRouter. Called by: control threads, one call at a time but for {@link #status} and {@link #command}. */
@ConsumerType
public interface ControlPlane extends AutoCloseable {
    /**
     * Brings it to another spec in place: neighbours that the change does not concern keep their adjacency.
     *
     * @return for people, what could not be done in place
     */
    List<String> apply(RouterSpec next) throws GuestException;

    /** What it knows now; may ask its processes, some ms. */
    ControlStatus status();

    /** One command in its own language, such as {@code show ip route}; returns the answer. Throws with the tool's message. */
    String command(String line) throws GuestException;

    /**
     * Whether it told its routes and knows all that it soon will: its neighbours are there, or were waited for in vain, and its routes are
     * quiet. Until then, within bounds, a FIB keeps what it had before. May ask its processes, some ms.
     */
    default boolean converged() {
        return true;
    }

    /**
     * Tells its neighbours to send traffic elsewhere if they can, before it ends (RFC 6987 for OSPF); returns when they had the time to do
     * so, within 6 s, and at once where there are none. Idempotent.
     */
    void depart() throws GuestException;

    /** Ends its processes and removes their files; the routes in the kernel stay until something replaces them. Idempotent. */
    void stop() throws GuestException;

    /** Lets go: processes run on and can be taken over by the next {@link ControlPlaneProvider#open}. */
    @Override
    void close();
}
