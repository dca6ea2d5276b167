// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.violin.api.cluster.Members;
import org.violin.api.control.Confinement;
import org.violin.api.control.GuestAccess;
import org.violin.api.control.ViolinView;
import org.violin.api.control.Violins;
import org.violin.api.dataplane.DataPlaneView;
import org.violin.api.model.Refused;

/** Offers the check as a service; one at a time, because two would take each other's load for trouble. */
@Component(service = Confinement.class)
public final class ConfinementCheck implements Confinement {
    private final Members members;
    private final Violins violins;
    private final GuestAccess guests;
    private final DataPlaneView view;
    private final String hostNamespace;
    private final AtomicBoolean busy = new AtomicBoolean();

    /** @param view may be missing: then counters prove nothing, and cases that need them are untested */
    @Activate
    public ConfinementCheck(@Reference Members members, @Reference Violins violins, @Reference GuestAccess guests,
            @Reference(cardinality = ReferenceCardinality.OPTIONAL, policyOption = ReferencePolicyOption.GREEDY) DataPlaneView view) {
        this(members, violins, guests, view, "/proc/self/ns/net");
    }

    ConfinementCheck(Members members, Violins violins, GuestAccess guests, DataPlaneView view, String hostNamespace) {
        this.members = members;
        this.violins = violins;
        this.guests = guests;
        this.view = view;
        this.hostNamespace = hostNamespace;
    }

    @Override
    public List<Finding> verify(String violin, String run, Duration atMost) throws Refused, InterruptedException {
        ViolinView shown = violins.show(violin).orElseThrow(() -> new Refused("verify", violin, "there is no such violin"));
        Marker marker;
        try {
            marker = run.isEmpty() ? Marker.random() : Marker.of(run);
        } catch (IllegalArgumentException e) {
            throw new Refused("verify", run, "24 hexadecimal digits that all hosts of one check share");
        }
        if (!busy.compareAndSet(false, true)) throw new Refused("verify", violin, "a check already runs on this overlay host");
        try {
            Scene scene = new Surroundings(members, violins, guests, hostNamespace).of(shown);
            long deadline = System.nanoTime() + atMost.toNanos();
            try (Trial trial = new Trial(scene, guests, new Counters(view, violin), marker, !run.isEmpty(), deadline)) {
                return trial.run();
            }
        } catch (IOException e) {
            throw new Refused("verify", violin, "could not begin: " + e.getMessage());
        } finally {
            busy.set(false);
        }
    }
}
