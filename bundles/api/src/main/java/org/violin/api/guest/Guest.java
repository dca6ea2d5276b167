// SPDX-License-Identifier: Apache-2.0
package org.violin.api.guest;

import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.model.Limits;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeId;
import org.violin.api.model.RouteSpec;

/** One running guest. Called by: control threads, one call at a time but for {@link #exec} and {@link #status}. */
@ConsumerType
public interface Guest {
    NodeId id();

    /** What the guest is now; cheap. */
    GuestStatus status();

    /**
     * Makes the vNICs that are missing, up and with their MACs, MTUs and addresses, or re-attaches to those that exist; readdresses in
     * place where only addresses or MTU differ. Batched, because one call costs a process.
     *
     * @return one device for each spec, in order; the caller owns them. For a vNIC whose device the caller still holds open, that one
     */
    List<FrameDevice> plug(List<NicSpec> nics) throws GuestException;

    /** Removes vNICs; unknown names are ignored. */
    void unplug(Set<String> nics) throws GuestException;

    /** Replaces all routes that VIOLIN set in this guest by these; routes of the guest's own making stay. */
    void routes(Collection<RouteSpec> routes) throws GuestException;

    /** Changes the limits in place. */
    void limits(Limits limits) throws GuestException;

    /** Runs the file's {@code exec} commands, in order, output to the console log. Called once, after plug and routes. */
    void ready() throws GuestException;

    /** Runs a program inside. Any thread. */
    ExecSession exec(ExecRequest request) throws GuestException;

    /** Ends all its processes and removes all that is left of it. Idempotent. */
    void stop() throws GuestException;

    /**
     * @param running its first process lives
     * @param pid of that process on the overlay host, if running
     * @param nics names of the vNICs it has now
     * @param consoleLog path of the bounded log of its first process and exec commands
     */
    record GuestStatus(boolean running, OptionalInt pid, Set<String> nics, String consoleLog) {}
}
