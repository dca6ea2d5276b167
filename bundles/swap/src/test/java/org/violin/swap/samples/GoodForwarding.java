// SPDX-License-Identifier: Apache-2.0
package org.violin.swap.samples;

import java.util.List;
import java.util.Map;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.HandOver;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Mistake;
import org.violin.api.model.Probe;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.Forwarding;
import org.violin.api.routing.ForwardingProvider;
import org.violin.api.routing.RouterSpec;

/** Passes its trial. */
public final class GoodForwarding implements ForwardingProvider {
    @Override
    public String kind() {
        return "click";
    }

    @Override
    public Probe probe() {
        return Probe.ok("a program is there");
    }

    @Override
    public List<Mistake> check(RouterSpec spec) {
        return spec.nics().size() == 2 && spec.forwarding().equals("click") ? List.of() : List.of(new Mistake("r", 0, "", "not what a trial gives"));
    }

    @Override
    public Forwarding open(RouterSpec spec, Guest guest, Map<String, FrameDevice> vnics, FibBatch fib, HandOver before) throws GuestException {
        throw new GuestException("nothing is opened in a trial");
    }
}
