// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.violin.api.dataplane.DataPlane;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.LinkEnd;
import org.violin.api.model.NodeId;
import org.violin.api.model.PortId;

/** Remembers what is open and plugged. */
final class FakeDataPlane implements DataPlane {
    final Set<NodeId> switches = ConcurrentHashMap.newKeySet();
    final Map<String, String> transports = new ConcurrentHashMap<>();
    final Map<Integer, String> links = new ConcurrentHashMap<>();
    final Map<PortId, Map<String, String>> conditions = new ConcurrentHashMap<>();
    final Set<PortId> plugged = ConcurrentHashMap.newKeySet();

    @Override
    public void openViolin(String violin, int channel, String cipher) {
        transports.put(violin, channel + " " + cipher);
    }

    @Override
    public void closeViolin(String violin) {
        transports.remove(violin);
    }

    @Override
    public void openSwitch(NodeId id, String kind, Map<String, String> attributes) {
        switches.add(id);
    }

    @Override
    public void closeSwitch(NodeId id) {
        switches.remove(id);
    }

    @Override
    public void openLink(int vni, LinkEnd a, LinkEnd b) {
        links.put(vni, a + " " + b);
    }

    @Override
    public void closeLink(int vni) {
        links.remove(vni);
    }

    @Override
    public void condition(PortId from, Map<String, String> settings) {
        if (settings.getOrDefault("loss", "").equals("bad")) throw new IllegalArgumentException("loss 'bad': a percentage");
        if (settings.isEmpty()) conditions.remove(from);
        else conditions.put(from, settings);
    }

    @Override
    public void plug(PortId nic, FrameDevice device) {
        plugged.add(nic);
    }

    @Override
    public Map<PortId, FrameDevice> exchange(Map<PortId, FrameDevice> devices) {
        return Map.of();
    }

    @Override
    public void unplug(PortId nic) {
        plugged.remove(nic);
    }

    boolean empty() {
        return transports.isEmpty() && switches.isEmpty() && links.isEmpty() && conditions.isEmpty() && plugged.isEmpty();
    }
}
