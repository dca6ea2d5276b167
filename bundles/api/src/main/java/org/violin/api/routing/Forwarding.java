// SPDX-License-Identifier: Apache-2.0
package org.violin.api.routing;

import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.HandOver;
import org.violin.api.guest.GuestException;

/** What forwards for one vRouter. Called by: control threads, one call at a time but for {@link #counters} and {@link #command}. */
@ConsumerType
public interface Forwarding extends AutoCloseable {
    /** What the vNIC's port is to be pointed at; empty: the guest's own device. The same object at each call; closed with the forwarding. */
    Optional<FrameDevice> device(String nic);

    /** The ports point here now. */
    void begin();

    /**
     * The ports are about to point elsewhere: from now on the guest's own devices are not read here, so that what its kernel says next waits
     * for whoever comes. What is on its way already goes on, until {@link #close}; {@link #begin} takes it back.
     */
    default void end() {}

    /** Goes on with another spec. False: it cannot in place; then another is opened beside it. */
    boolean apply(RouterSpec next) throws GuestException;

    /** Changes the FIB, as a whole. */
    void fib(FibBatch batch) throws GuestException;

    /** By name, since its start. */
    Map<String, Long> counters();

    /**
     * Reads or writes something in its own language.
     *
     * @param operation {@code read} or {@code write}
     * @param target such as {@code element.handler}
     * @param value to write; ignored when reading
     * @return the answer, empty for a write
     * @throws GuestException with the tool's message
     */
    String command(String operation, String target, String value) throws GuestException;

    /** State that the next forwarding can go on with, such as translations of addresses; null: none. Called before {@link #close}. */
    HandOver release();

    /** What would be lost if it were replaced now, for people, such as translations; empty: nothing. */
    Optional<String> wouldLose();

    @Override
    void close();
}
