// SPDX-License-Identifier: Apache-2.0
package org.violin.api.routing;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.HandOver;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Mistake;
import org.violin.api.model.Probe;

/** Makes vRouters forward. Called by: control threads, concurrently for different vRouters. */
@ConsumerType
public interface ForwardingProvider {
    /** The word in files, such as {@code click}. */
    String kind();

    Probe probe();

    /**
     * Kinds of services that it does itself for the packets it forwards, by {@link RouterSpec#services}. Their own plugins work beside it, for
     * what the guest's kernel says and hears; other services that need the kernel's forwarding are refused. Called before a spec is stored.
     */
    default Set<String> services() {
        return Set.of();
    }

    /** What is wrong with a spec, in the tool's own words; called before anything is stored. Needs no guest. */
    List<Mistake> check(RouterSpec spec);

    /**
     * Starts forwarding for a running guest, beside whatever forwards now: nothing is sent to it before its {@link Forwarding#device}s are
     * plugged in.
     *
     * @param vnics the guest's own devices, for what its kernel must hear and say (a control plane's packets); they stay the caller's, and
     *     are written here only from {@link Forwarding#begin} to {@link Forwarding#close}, and read until {@link Forwarding#end}
     * @param fib all routes known now
     * @param before what the last forwarding of this router left, of whatever kind; null: nothing
     * @throws GuestException when it could not be started; then nothing of it is left
     */
    Forwarding open(RouterSpec spec, Guest guest, Map<String, FrameDevice> vnics, FibBatch fib, HandOver before) throws GuestException;
}
