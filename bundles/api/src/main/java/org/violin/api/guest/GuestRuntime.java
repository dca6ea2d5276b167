// SPDX-License-Identifier: Apache-2.0
package org.violin.api.guest;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;
import org.violin.api.model.Cidr;
import org.violin.api.model.Probe;

/** Starts guests of one kind on this overlay host. Called by: control threads, concurrently for different guests. */
@ConsumerType
public interface GuestRuntime {
    /** The word in the violin file, such as {@code netns}. */
    String kind();

    /** Whether guests can run here: rights, kernel features, tools; with the cure when not. */
    Probe probe();

    /**
     * Starts a guest without vNICs and returns when programs can be run in it.
     *
     * @throws GuestException when it could not be started; then nothing of it is left
     */
    Guest start(GuestSpec spec) throws GuestException;

    /** The guests of this runtime that still run on this host, started by an earlier container; dead ones are cleaned away. */
    Collection<Guest> adopt();

    /** Sets the names that the guests of one violin on this host resolve ({@code /etc/hosts}), in place; empty removes them. */
    void names(String violin, Map<String, List<Cidr>> addressesByName) throws GuestException;
}
