// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.violin.api.guest.GuestException;
import org.violin.api.model.ViolinSpec;
import org.violin.api.routing.RouterSpec;
import org.violin.testkit.control.SpecBuilder;

/** A router's own addresses are there under any routing. */
final class LoopbacksTest {
    private final Fakes.Guests guest = new Fakes.Guests();
    private final RoutersService service = new RoutersService(new Fakes.Ports(), (topic, subject, text) -> {}, Learning.HOLD_MILLIS);

    @AfterEach
    void stop() {
        service.stop();
    }

    private RouterSpec spec(String words, String loopback) {
        SpecBuilder b = SpecBuilder.violin("v").vrouter("r1").nic("r1", "eth0", "10.0.0.1/24").attribute("routing", words);
        ViolinSpec violin = (loopback.isEmpty() ? b : b.attribute("r1", "loopback", loopback)).build();
        return service.specs(violin, Set.of("r1"), Map.of()).get("r1");
    }

    private List<String> set() {
        return guest.scripts.stream().map(s -> s.get(s.size() - 1)).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "static", "click", "ospf"})
    void theyAreSetWhateverLearnsOrForwardsAndGoWithTheFile(String words) throws Exception {
        service.addForwarding(new Fakes.Forwarder("click"));
        service.addControl(new Fakes.Learner("zebra"));
        RouterSpec both = spec(words, "10.255.0.1/32,fd00::1/128");
        service.open(both, guest, Map.of());
        service.open(both, guest, Map.of());
        assertEquals(List.of("10.255.0.1/32 fd00::1/128"), set(), "once");
        service.open(spec(words, "10.255.0.1/32"), guest, Map.of());
        assertEquals("10.255.0.1/32", set().get(1));
        service.close(both.id(), guest);
        assertEquals("", set().get(2), "none when it is no router of ours any more");
    }

    @Test
    void withoutAddressesNothingIsRun() throws Exception {
        service.addForwarding(new Fakes.Forwarder("click"));
        service.open(spec("click", ""), guest, Map.of());
        assertTrue(guest.scripts.isEmpty());
        assertFalse(new Derivation(SpecBuilder.violin("v").vrouter("r1").build(), List.of(), List.of()).special(
                SpecBuilder.violin("v").vrouter("r1").build().node("r1").orElseThrow()));
    }

    @Test
    void aScriptThatDoesNotEndIsEnded() {
        ScheduledExecutorService threads = Executors.newScheduledThreadPool(1);
        try {
            guest.hangs = true;
            String said = assertThrows(GuestException.class, () -> InGuest.run(guest, threads, 50, "sleep 1000")).getMessage();
            assertTrue(said.contains("did not end within 50 ms"), said);
        } finally {
            threads.shutdownNow();
        }
    }
}
