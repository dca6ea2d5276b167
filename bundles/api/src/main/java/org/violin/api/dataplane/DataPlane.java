// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;
import org.violin.api.model.NodeId;
import org.violin.api.model.PortId;

/**
 * This overlay host's data plane: vSwitches, vLinks and plugged vNICs. Provided by the engine, called by control threads (any, also
 * concurrently). Every call is idempotent. Order does not matter: a link whose switch or device is not there yet drops and counts.
 */
@ProviderType
public interface DataPlane {
    /**
     * Says how frames of a violin travel between overlay hosts; before, its frames to others wait. Changing the cipher loses no frame.
     *
     * @param channel the violin's number, 1 to 65,535, unique among all violins and the same on all hosts
     * @param cipher kind of the cipher; empty: the configured one
     */
    void openViolin(String violin, int channel, String cipher);

    void closeViolin(String violin);

    /** Creates a vSwitch. The switch kind's plugin may be missing: then frames wait or are dropped, counted as {@code no-provider}. */
    void openSwitch(NodeId id, String kind, Map<String, String> attributes);

    void closeSwitch(NodeId id);

    /**
     * Lays a vLink. An existing link of that VNI with other ends is replaced.
     *
     * @param vni 24-bit id, unique over all violins
     */
    void openLink(int vni, LinkEnd a, LinkEnd b);

    void closeLink(int vni);

    /** Gives a vNIC its device; the data plane owns it from now on and closes it on {@link #unplug}, or when another replaces it. */
    void plug(PortId nic, FrameDevice device);

    /**
     * Puts other devices in the place of those of some vNICs, all at once and without a gap: from here on frames for them go to the new ones,
     * while the old ones are still read for a moment, so that what is on its way there arrives.
     *
     * @return the old devices, open, once nobody is inside: they are the caller's now. A vNIC with nothing plugged in is left out, and its
     *     new device stays the caller's
     */
    Map<PortId, FrameDevice> exchange(Map<PortId, FrameDevice> devices);

    void unplug(PortId nic);

    /**
     * Says what a vLink does to frames in the direction that begins here: rate, delay, loss and the like. A change acts on the running link
     * and loses no frame. The link, and the plugin that does it, may come before or after; without the plugin frames are not carried, and
     * counted as {@code no-stage}.
     *
     * @param from the vNIC or switch port of this host that sends into the link
     * @param settings by the words of {@link org.violin.api.model.Conditions}; none: a plain cable
     * @throws IllegalArgumentException naming what is wrong with the settings; nothing is changed then
     */
    default void condition(PortId from, java.util.Map<String, String> settings) {}

    /**
     * Lays other settings over those of {@link #condition} for a while, as experiments do ({@link org.violin.api.model.ConditionText#lay}). {@code state} among them:
     * {@code down} takes the carrier away at this end and loses all that comes from there.
     *
     * @param settings none: those of {@link #condition} again
     */
    default void override(PortId from, java.util.Map<String, String> settings) {}

    /** Starts the sequence of fates on this direction anew, from its seed. */
    default void restart(PortId from) {}

    /**
     * Which overlay hosts' tunnels are kept up, and so measured, also while no vLink goes there. Both ends must want it; vLinks work without.
     *
     * @param hosts their names; null, as in the beginning: all that are joined
     */
    default void keepInTouch(java.util.Set<String> hosts) {}
}
