// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.violin.api.dataplane.DataPlaneView;
import org.violin.api.dataplane.PortStatus;
import org.violin.api.dataplane.TunnelStatus;

/** The data plane's counters as far as they prove something; without a data plane nothing is counted. */
final class Counters {
    /** Counters of ciphers are counted as refusals by their names. */
    private static final Pattern REFUSAL = Pattern.compile(".*(refus|reject|bad|unknown|replay|malformed|invalid|stray|cookie|expired|no-).*");

    private final DataPlaneView view;
    private final String violin;

    /** @param view null: there is none */
    Counters(DataPlaneView view, String violin) {
        this.view = view;
        this.violin = violin;
    }

    /** Everything that the tunnels and the engine refused on this host, by whatever reason. */
    long refusals() {
        if (view == null) return 0;
        long sum = total(view.drops());
        for (TunnelStatus tunnel : view.tunnels()) {
            sum += total(tunnel.drops());
            for (Map.Entry<String, Long> one : tunnel.counters().entrySet()) {
                if (REFUSAL.matcher(one.getKey()).matches()) sum += one.getValue();
            }
        }
        return sum;
    }

    private static long total(Map<String, Long> counters) {
        return counters.values().stream().mapToLong(Long::longValue).sum();
    }

    private List<PortStatus> ports(boolean ofSwitches) {
        if (view == null) return List.of();
        return view.ports().stream().filter(p -> p.switchPort() == ofSwitches && p.id().node().violin().equals(violin)).toList();
    }

    /** Frames that the data plane took from each vNIC of the violin, by {@code node:nic}. */
    Map<String, Long> taken() {
        Map<String, Long> taken = new HashMap<>();
        ports(false).forEach(p -> taken.put(p.id().node().node() + ":" + p.id().port(), p.framesIn()));
        return taken;
    }

    /** Frames that the ports of the violin's vSwitches on this host got. */
    long switched() {
        return ports(true).stream().mapToLong(PortStatus::framesIn).sum();
    }

    /** Frames that these ports did not flood because of the limit. */
    long floodLimited() {
        return ports(true).stream().mapToLong(p -> p.drops().getOrDefault("flood-limit", 0L)).sum();
    }

    boolean hasSwitch() {
        return !ports(true).isEmpty();
    }

    /** Kinds of the ciphers that the violin's frames travel with. */
    List<String> ciphers() {
        if (view == null) return List.of();
        return view.tunnels().stream().filter(t -> t.violin().equals(violin)).map(TunnelStatus::cipher).distinct().sorted().toList();
    }
}
