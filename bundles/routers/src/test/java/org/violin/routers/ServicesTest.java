// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Mistake;
import org.violin.api.model.Probe;
import org.violin.api.model.ViolinSpec;
import org.violin.api.routing.RouterService;
import org.violin.api.routing.RouterSink;
import org.violin.api.routing.RouterSpec;
import org.violin.api.routing.RouterStatus;
import org.violin.api.routing.ServiceProvider;
import org.violin.api.routing.ServiceStatus;
import org.violin.api.routing.Station;
import org.violin.testkit.control.SpecBuilder;

/** Services are opened, changed and removed one by one, each with its settings. */
final class ServicesTest {
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final RoutersService service = new RoutersService(new Fakes.Ports(), (topic, subject, text) -> calls.add(topic), Learning.HOLD_MILLIS);
    private final Fakes.Guests guest = new Fakes.Guests();

    /** Notes what is asked of it; the setting {@code fail} makes it fail. */
    private record Noting(String kind, List<String> calls) implements ServiceProvider {
        @Override
        public Probe probe() {
            return Probe.ok("there");
        }

        @Override
        public List<Mistake> check(RouterSpec router, Map<String, String> settings) {
            calls.add(kind + " beside " + router.forwarding());
            return settings.containsKey("fail") ? List.of(new Mistake(router.id() + " " + kind, 3, "x", "wrong")) : List.of();
        }

        private void note(String what, Map<String, String> settings) throws GuestException {
            calls.add(what + " " + kind + settings);
            if (settings.containsKey("fail")) throw new GuestException("cannot");
        }

        @Override
        public void clean(Guest guest) {
            calls.add("clean " + kind);
        }

        @Override
        public RouterService open(RouterSpec router, Map<String, String> settings, Guest guest, RouterSink sink) throws GuestException {
            note("open", settings);
            return new RouterService() {
                @Override
                public void apply(RouterSpec next, Map<String, String> settings) throws GuestException {
                    note("apply", settings);
                }

                @Override
                public ServiceStatus status() {
                    return ServiceStatus.ready(kind, List.of(), Map.of());
                }

                @Override
                public void remove(boolean guestEnds) {
                    calls.add("remove " + kind + " " + guestEnds);
                }

                @Override
                public void close() {
                    calls.add("close " + kind);
                }
            };
        }
    }

    @Test
    void whatAnEarlierContainerMadeAndNobodyWantsGoes() throws Exception {
        ScheduledExecutorService threads = Executors.newScheduledThreadPool(1);
        try {
            Plugins plugins = new Plugins();
            for (String kind : List.of("nat", "shape", "dns")) plugins.add(new Noting(kind, calls));
            Services adopted = new Services(guest.id(), plugins, null, threads, g -> true);
            adopted.apply(spec("service.nat", "true"), guest);
            assertEquals("open nat{}, clean shape, clean dns", told(), "what is wanted first, then the rest goes");
            plugins.add(new Noting("dhcp", calls));
            adopted.apply(spec("service.nat", "true"), guest);
            assertEquals("apply nat{}, clean dhcp", told(), "each once, also one that comes later");
            Services fresh = new Services(guest.id(), plugins, null, threads, g -> false);
            fresh.apply(spec("service.nat", "true"), guest);
            assertEquals("open nat{}", told());
            assertTrue(guest.scripts.get(guest.scripts.size() - 1).toString().contains("/run/violin/services"), "noted for the next container");
            Services none = new Services(guest.id(), plugins, null, threads, g -> true);
            none.reconcile(guest);
            assertEquals("clean nat, clean shape, clean dns, clean dhcp", told());
        } finally {
            threads.shutdownNow();
        }
    }

    @AfterEach
    void stop() {
        service.stop();
    }

    private static ViolinSpec violin(String... attributes) {
        SpecBuilder violin = SpecBuilder.violin("v").vrouter("r1").nic("r1", "eth0", "10.0.0.1/24").vhost("h").nic("h", "eth0", "10.0.0.9/24");
        violin.link("r1:eth0", "h:eth0", 1);
        for (int i = 0; i < attributes.length; i += 2) violin.attribute("r1", attributes[i], attributes[i + 1]);
        return violin.build();
    }

    private RouterSpec spec(String... attributes) {
        return service.specs(violin(attributes), Set.of("r1"), Map.of()).get("r1");
    }

    private String told() {
        String all = String.join(", ", calls);
        calls.clear();
        return all;
    }

    @Test
    void aRouterWithServicesIsOneOfOursAndItsSettingsAreFound() {
        assertEquals(null, spec());
        RouterSpec spec = spec("service.shape", "true", "service.shape.eth0.7", "5", "service.nat", "true");
        assertEquals(Map.of("shape", Map.of("eth0.7", "5"), "nat", Map.of()), spec.services());
        assertEquals(List.of(), spec.stations(), "only for services that name nodes");
        Station station = spec("service.dns", "true").stations().get(0);
        assertEquals("h eth0 10.0.0.9/24 eth0", station.node() + " " + station.nic().name() + " " + station.nic().addresses().get(0) + " " + station.on());
    }

    @Test
    void eachIsOpenedChangedAndRemovedAlone() throws Exception {
        service.addService(new Noting("nat", calls));
        service.addService(new Noting("dns", calls));
        service.open(spec("service.nat.out", "eth0"), guest, Map.of());
        assertEquals("open nat{out=eth0}", told());
        service.open(spec("service.nat.out", "eth1", "service.dns", "true"), guest, Map.of());
        assertEquals("open dns{}, apply nat{out=eth1}", told());
        service.open(spec("service.dns", "true"), guest, Map.of());
        assertEquals("remove nat false, close nat, apply dns{}", told());
        service.close(guest.id(), null);
        assertEquals("remove dns true, close dns", told());
    }

    @Test
    void oneThatFailsIsToldAndKeepsNoOtherFromWorking() throws Exception {
        service.addService(new Noting("nat", calls));
        RouterSpec spec = spec("service.dns", "true", "service.nat", "true", "service.nat.fail", "yes");
        String why = assertThrows(GuestException.class, () -> service.open(spec, guest, Map.of())).getMessage();
        assertTrue(why.contains("service nat: cannot") && why.contains("service dns: no service 'dns' on this overlay host; install it: "
                + "feature:install violin-router-services"), why);
        RouterStatus status = service.status().iterator().next();
        assertEquals("ready", status.learnt().state());
        assertEquals(List.of("dns failed", "nat failed"), status.services().stream().map(s -> s.kind() + " " + s.state()).toList());
        Noting dns = new Noting("dns", calls);
        service.addService(dns);
        service.open(spec("service.dns", "true"), guest, Map.of());
        assertEquals("ready", service.status().iterator().next().services().get(0).state());
        service.removeService(dns);
        assertTrue(calls.contains("close dns") && !calls.toString().contains("remove"), "what it made works on");
    }

    @Test
    void mistakesOfServicesAreFoundBeforeAnythingIsStored() {
        assertTrue(service.check(violin("service.nat", "true")).toString().contains("feature:install violin-router-services"));
        service.addService(new Noting("nat", calls));
        assertEquals(List.of(), service.check(violin("service.nat", "true")));
        assertEquals("v/r1 nat:3: 'x': wrong", service.check(violin("service.nat.fail", "yes")).get(0).toString());
    }

    @Test
    void whatAForwardingDoesItselfIsJudgedAsBesideTheKernel() {
        Fakes.Forwarder click = new Fakes.Forwarder("click");
        click.services = Set.of("nat");
        service.addForwarding(click);
        service.addService(new Noting("nat", calls));
        service.addService(new Noting("uplink", calls));
        ViolinSpec violin = violin("routing", "static+click", "service.nat", "true", "service.uplink", "true");
        assertEquals(List.of(), service.check(violin));
        assertEquals(List.of("nat beside kernel", "uplink beside click"), calls.stream().filter(c -> c.contains("beside")).sorted().toList());
        calls.clear();
    }
}
