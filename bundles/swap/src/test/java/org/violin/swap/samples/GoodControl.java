// SPDX-License-Identifier: Apache-2.0
package org.violin.swap.samples;

import java.util.List;
import java.util.Set;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Mistake;
import org.violin.api.model.Probe;
import org.violin.api.routing.ControlPlane;
import org.violin.api.routing.ControlPlaneProvider;
import org.violin.api.routing.RouterSink;
import org.violin.api.routing.RouterSpec;

/** Passes its trial; its word is that of {@link GoodRouting}, for the other half. */
public final class GoodControl implements ControlPlaneProvider {
    @Override
    public String kind() {
        return "sample";
    }

    @Override
    public Probe probe() {
        return Probe.ok("daemons are there");
    }

    @Override
    public Set<String> protocols() {
        return Set.of("ospf", "rip");
    }

    @Override
    public List<Mistake> check(RouterSpec spec) {
        return spec.speaks("ospf") && spec.control().equals("sample") ? List.of() : List.of(new Mistake("r", 0, "", "not what a trial gives"));
    }

    @Override
    public ControlPlane open(RouterSpec spec, Guest guest, RouterSink sink) throws GuestException {
        throw new GuestException("nothing is opened in a trial");
    }
}
