// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Cidr;
import org.violin.api.model.Mistake;
import org.violin.api.model.PortId;
import org.violin.api.model.ViolinSpec;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.FibRoute;
import org.violin.api.routing.RouterSpec;
import org.violin.testkit.control.SpecBuilder;

/** Both halves come, go and are changed; the FIB stays. */
final class RouterTest {
    private static final Cidr NET = Cidr.parse("192.0.2.0/24");

    private final Fakes.Ports ports = new Fakes.Ports();
    private final List<String> events = new ArrayList<>();
    private final List<String> told = new java.util.concurrent.CopyOnWriteArrayList<>();
    private final RoutersService service = new RoutersService(ports, (topic, subject, text) -> {
        events.add(topic);
        told.add(text);
    }, Learning.HOLD_MILLIS);
    private final Fakes.Guests guest = new Fakes.Guests();
    private final FrameDevice tap = new Fakes.Device();
    private final Fakes.Learner zebra = new Fakes.Learner("zebra");
    private final Fakes.Forwarder click = new Fakes.Forwarder("click");

    @AfterEach
    void stop() {
        service.stop();
        assertTrue(zebra.open.isEmpty() && click.open.isEmpty(), "all is closed in the end");
    }

    private RouterSpec spec(String words) {
        ViolinSpec violin = SpecBuilder.violin("v").vrouter("r1").nic("r1", "eth0", "10.0.0.1/24").attribute("routing", words).build();
        return service.specs(violin, java.util.Set.of("r1"), Map.of()).get("r1");
    }

    private void open(String words) throws GuestException {
        ports.devices.putIfAbsent(port(), tap);
        service.open(spec(words), guest, Map.of("eth0", tap));
    }

    private static PortId port() {
        return PortId.of("v", "r1", "eth0");
    }

    private static FibBatch route(String via) {
        return new FibBatch(false, List.of(new FibRoute(NET, "ospf", List.of(new FibRoute.Hop(via, "eth0", 1)))), List.of());
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean() && System.nanoTime() < end) Thread.onSpinWait();
        assertTrue(condition.getAsBoolean(), what);
    }

    @Test
    void withoutItsPluginsARouterSaysWhatToInstallAndGoesOnWhenTheyCome() throws Exception {
        assertTrue(assertThrows(GuestException.class, () -> open("ospf")).getMessage().contains("feature:install violin-routing-zebra"));
        assertEquals("failed", service.status().iterator().next().learnt().state());
        service.addControl(zebra);
        await("opened", () -> zebra.open.size() == 1);
        await("ready", () -> service.status().iterator().next().learnt().state().equals("ready"));
    }

    @Test
    void whatOneHalfLearnsTheOtherGetsInOrderAndAlsoWhoComesLater() throws Exception {
        service.addControl(zebra);
        service.addForwarding(click);
        open("ospf");
        zebra.sink().fib(FibBatch.all(List.of()));
        zebra.sink().fib(route("10.0.0.2"));
        open("ospf+click");
        assertEquals("10.0.0.2", click.only().fib.get(NET).hops().get(0).via());
        for (int i = 3; i < 250; i++) zebra.sink().fib(route("10.0.0." + i));
        await("the last one", () -> click.only().fib.get(NET).hops().get(0).via().equals("10.0.0.249"));
        assertEquals(1, zebra.opened, "the other half was not touched");
    }

    @Test
    void portsArePointedAtTheForwardingAndBack() throws Exception {
        service.addForwarding(click);
        open("click");
        FrameDevice first = ports.devices.get(port());
        assertEquals(click.only().device, first);
        assertTrue(click.only().begun);
        click.inPlace = false;
        open("click");
        assertFalse(first == ports.devices.get(port()), "another one beside it");
        assertEquals(1, click.open.size(), "the old one ended");
        service.addControl(zebra);
        open("ospf");
        assertEquals(tap, ports.devices.get(port()), "the kernel forwards now");
        assertTrue(click.open.isEmpty());
    }

    @Test
    void aPluginThatGoesLeavesTheOtherHalfAndTheKernelForwards() throws Exception {
        service.addControl(zebra);
        service.addForwarding(click);
        open("ospf+click");
        zebra.sink().fib(FibBatch.all(route("10.0.0.2").routes()));
        service.removeForwarding(click);
        assertEquals(tap, ports.devices.get(port()));
        assertTrue(events.contains("router/forwarding-gone"));
        service.removeControl(zebra);
        assertTrue(zebra.open.isEmpty());
        assertEquals(1, service.status().iterator().next().fibRoutes(), "the last known routes");
        service.addForwarding(click);
        await("forwards again, by what was known", () -> !click.open.isEmpty() && click.only().fib.containsKey(NET));
        assertEquals(0, zebra.stopped, "its processes run on");
    }

    @Test
    void anotherControlPlaneComesAfterTheOldOneSaidGoodbye() throws Exception {
        Fakes.Learner bird = new Fakes.Learner("bird");
        service.addControl(zebra);
        service.addControl(bird);
        open("ospf");
        open("ospf+bird");
        assertEquals(List.of(1, 1, 1), List.of(zebra.departed, zebra.stopped, bird.open.size()));
        service.close(spec("ospf").id(), guest);
        assertEquals(1, bird.stopped);
    }

    @Test
    void whoeverSwapsIsToldWhatWouldBeLost() throws Exception {
        service.addControl(zebra);
        service.addForwarding(click);
        open("ospf+click");
        assertEquals(List.of(), service.losses("kernel", "v", java.util.Optional.empty()));
        click.only().loss = java.util.Optional.of("12 translations of addresses");
        assertEquals(List.of("r1: 12 translations of addresses"), service.losses("kernel", "v", java.util.Optional.of("r1")));
        assertEquals(List.of(), service.losses("kernel", "v", java.util.Optional.of("r2")));
        assertEquals(List.of(), service.losses("click", "v", java.util.Optional.empty()));
        assertTrue(service.losses("bird", "v", java.util.Optional.empty()).get(0).contains("until bird knows its routes"));
    }

    @Test
    void translationsThatGoWithAChangeOfTheFileAreTold() throws Exception {
        service.addControl(zebra);
        service.addForwarding(click);
        open("ospf+click");
        click.inPlace = false;
        open("ospf+click");
        assertFalse(told.toString().contains("translations"), told.toString());
        click.only().loss = java.util.Optional.of("12 translations of addresses");
        open("ospf+click");
        assertTrue(told.toString().contains("in the place of the old one, with which went: 12 translations of addresses"), told.toString());
    }

    @Test
    void aGuestThatIsGoneIsNotAskedForAnything() throws Exception {
        service.addControl(zebra);
        open("ospf");
        service.close(spec("ospf").id(), null);
        assertEquals(0, zebra.stopped);
        assertTrue(service.status().isEmpty());
    }

    @Test
    void wordsOfNothingThatIsInstalledAreRefusedWithWhatThereIs() {
        service.addControl(zebra);
        service.addForwarding(click);
        ViolinSpec violin = SpecBuilder.violin("v").vrouter("r1").vrouter("r2").attribute("routing", "foo").build();
        assertEquals(List.of("v: 'foo': nothing of that kind is installed on this overlay host; there are protocols bgp, isis, ospf, pim, rip, static;"
                + " control planes zebra; forwarding click, kernel. A plugin of your own: install its bundle first"),
                service.check(violin).stream().map(Mistake::toString).toList());
        service.addRouting(new org.violin.api.control.Routing() {
            @Override
            public String kind() {
                return "foo";
            }

            @Override
            public Map<String, List<org.violin.api.model.RouteSpec>> routes(ViolinSpec spec, java.util.Set<String> nodes) {
                return Map.of();
            }
        });
        assertEquals(List.of(), service.check(violin), "it computes routes");
    }

    @Test
    void mistakesAreFoundBeforeAnythingIsStored() {
        ViolinSpec violin = SpecBuilder.violin("v").vrouter("r1").vrouter("r2").vrouter("r3").nic("r1", "eth0", "10.0.0.1/24").attribute("routing", "ospf")
                .attribute("r1", "routing", "rip").attribute("r3", "routing", "zebra+click+fast").attribute("r2", "router-id", "10.0.0.1").build();
        List<String> none = service.check(violin).stream().map(Mistake::toString).toList();
        assertEquals(1, none.stream().filter(m -> m.contains("feature:install violin-routing-zebra")).count(), none.toString());
        service.addControl(zebra);
        zebra.mistakes = List.of(new Mistake("startup-config", 3, "foo", "% Unknown command"));
        List<String> all = service.check(violin).stream().map(Mistake::toString).toList();
        assertTrue(all.contains("v/r1: 'rip': the control plane zebra speaks only bgp, ospf"), all.toString());
        assertTrue(all.contains("startup-config:3: 'foo': % Unknown command"), all.toString());
        assertTrue(all.stream().anyMatch(m -> m.contains("r2") && m.contains("r1 has it already")), all.toString());
        assertTrue(all.stream().anyMatch(m -> m.contains("at most one control plane and one forwarding")), all.toString());
    }
}
