// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.violin.engine.Rig.nic;
import static org.violin.engine.Rig.node;
import static org.violin.engine.Rig.port;
import static org.violin.engine.Rig.remote;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.violin.testkit.dataplane.MemoryDevice;

/** What the guest sees of its cable. */
final class CarrierTest {
    private final Rig rig = new Rig(false, "h1", "h2");
    private final Engine h1 = rig.engine("h1");
    private final MemoryDevice a = rig.plug("h1", "a:eth1");

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void withoutALinkThereIsNoCarrier() {
        assertFalse(a.hasCarrier());
    }

    @Test
    void aCableToAnotherNicHasCarrierWhileBothArePlugged() {
        h1.openLink(1, nic("a:eth1"), nic("b:eth1"));
        assertFalse(a.hasCarrier());
        MemoryDevice b = rig.plug("h1", "b:eth1");
        assertTrue(a.hasCarrier() && b.hasCarrier());
        h1.unplug(Rig.id("b:eth1"));
        assertFalse(a.hasCarrier());
    }

    @Test
    void aCableToASwitchHasCarrierWhileTheSwitchIsOpen() {
        h1.openLink(1, nic("a:eth1"), port("s:p1"));
        assertFalse(a.hasCarrier());
        h1.openSwitch(node("s"), "hub", Map.of());
        assertTrue(a.hasCarrier());
        h1.closeSwitch(node("s"));
        assertFalse(a.hasCarrier());
        h1.openSwitch(node("s"), "hub", Map.of());
        h1.closeLink(1);
        assertFalse(a.hasCarrier());
    }

    private void joinH2() {
        h1.openLink(1, nic("a:eth1"), remote("h2"));
        assertFalse(a.hasCarrier());
        rig.engine("h2").openLink(1, nic("b:eth1"), remote("h1"));
        Rig.await("the carrier is there", a::hasCarrier);
    }

    @Test
    void aCableToAnotherHostHasCarrierWhileThatHostIsHeard() {
        joinH2();
        rig.engine("h2").removeTunnelProvider(rig.tunnels);
        assertTrue(a.hasCarrier(), "a change of plugins is no loss of carrier");
        rig.tunnels.silence("h2");
        Rig.await("the carrier is gone", () -> !a.hasCarrier());
        rig.engine("h2").addTunnelProvider(rig.tunnels, Map.of());
        Rig.await("the carrier is back", a::hasCarrier);
    }

    @Test
    void hostsThatNobodyNeedsToKeepInTouchWithHaveNoTunnelUntilALinkLeadsThere() {
        h1.keepInTouch(java.util.Set.of());
        rig.engine("h2").keepInTouch(java.util.Set.of("h3"));
        Rig.await("no tunnel is left", () -> h1.tunnels().isEmpty() && rig.engine("h2").tunnels().isEmpty());
        joinH2();
        assertTrue(h1.tunnels().stream().allMatch(t -> t.peer().equals("h2") && !t.violin().isEmpty()), h1.tunnels().toString());
        h1.keepInTouch(null);
        Rig.await("all again", () -> h1.tunnels().stream().anyMatch(t -> t.violin().isEmpty()));
    }

    @Test
    void aHostThatLeavesTakesItsCarrierAlong() {
        joinH2();
        rig.members.names.remove("h2");
        rig.members.changed();
        Rig.await("the carrier is gone", () -> !a.hasCarrier());
    }

    @Test
    void aNewDeviceIsShownTheCarrierThatIs() {
        h1.openLink(1, nic("a:eth1"), port("s:p1"));
        h1.openSwitch(node("s"), "hub", Map.of());
        assertTrue(rig.plug("h1", "a:eth1").hasCarrier());
    }
}
