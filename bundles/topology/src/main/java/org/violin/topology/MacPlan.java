// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.HashMap;
import java.util.Map;
import org.violin.api.model.Endpoint;
import org.violin.api.model.NicSpec;

/** Gives each vNIC its MAC: the file's, else the present one, else one made from its name; unique in the violin. */
final class MacPlan {
    private final Draft draft;
    private final Present present;
    private final Mistakes mistakes;

    MacPlan(Draft draft, Present present, Mistakes mistakes) {
        this.draft = draft;
        this.present = present;
        this.mistakes = mistakes;
    }

    Map<Endpoint, String> macs() {
        Map<Endpoint, String> macs = new HashMap<>();
        Map<String, Integer> lines = new HashMap<>();
        each((end, nic) -> {
            if (nic.mac.isEmpty()) return;
            Integer first = lines.putIfAbsent(nic.mac, nic.line);
            if (first != null) mistakes.add(nic.line, nic.mac, "this MAC is already given to the interface in line " + first);
            macs.put(end, nic.mac);
        });
        each((end, nic) -> {
            if (macs.containsKey(end)) return;
            String now = present.nic(end.node(), end.port()).map(NicSpec::mac).orElse("");
            if (!now.isEmpty() && lines.putIfAbsent(now, nic.line) == null) macs.put(end, now);
        });
        each((end, nic) -> {
            if (macs.containsKey(end)) return;
            String mac = PortName.mac(draft.name + "/" + end);
            for (int n = 1; lines.putIfAbsent(mac, nic.line) != null; n++) mac = PortName.mac(draft.name + "/" + end + "#" + n);
            macs.put(end, mac);
        });
        return macs;
    }

    private void each(java.util.function.BiConsumer<Endpoint, Draft.Nic> consumer) {
        draft.nodes.values().forEach(node -> node.nics.forEach((name, nic) -> consumer.accept(new Endpoint(node.name, name), nic)));
    }
}
