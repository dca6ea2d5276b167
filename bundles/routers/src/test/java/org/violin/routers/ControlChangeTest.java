// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.violin.api.model.Cidr;
import org.violin.api.model.NodeId;
import org.violin.api.model.ViolinSpec;
import org.violin.api.routing.ControlChange;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.FibRoute;
import org.violin.testkit.control.SpecBuilder;

/** What learns is changed: the FIB is never empty, the outage is told. */
final class ControlChangeTest {
    private static final Cidr OLD = Cidr.parse("192.0.2.0/24");
    private static final Cidr NEW = Cidr.parse("198.51.100.0/24");

    private final Fakes.Guests guest = new Fakes.Guests();
    private final Fakes.Learner zebra = new Fakes.Learner("zebra");
    private final Fakes.Learner bird = new Fakes.Learner("bird");
    private final Fakes.Forwarder click = new Fakes.Forwarder("click");
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private RoutersService service;

    private void start(long holdMillis) {
        service = new RoutersService(new Fakes.Ports(), (topic, subject, text) -> events.add(topic), holdMillis);
        service.addControl(zebra);
        service.addControl(bird);
        service.addForwarding(click);
    }

    @AfterEach
    void stop() {
        service.stop();
    }

    private void open(String words) throws Exception {
        ViolinSpec violin = SpecBuilder.violin("v").vrouter("r1").nic("r1", "eth0", "10.0.0.1/24").attribute("routing", words).build();
        service.open(service.specs(violin, Set.of("r1"), Map.of()).get("r1"), guest, Map.of());
    }

    private static FibBatch all(Cidr to) {
        return FibBatch.all(List.of(new FibRoute(to, "ospf", List.of(new FibRoute.Hop("10.0.0.2", "eth0", 1)))));
    }

    private Set<Cidr> forwarded() {
        return click.only().fib.keySet();
    }

    private ControlChange change() {
        List<ControlChange> all = service.changes("v", Optional.of("r1"));
        return all.isEmpty() ? null : all.get(0);
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean() && System.nanoTime() < end) Thread.onSpinWait();
        assertTrue(condition.getAsBoolean(), what);
    }

    @Test
    void routesStayUntilTheNewOneConvergedAndAreReplacedAtOnce() throws Exception {
        start(60_000);
        open("ospf+zebra+click");
        zebra.sink().fib(all(OLD));
        await("zebra's routes", () -> forwarded().equals(Set.of(OLD)) && guest.calls.contains("routes 0"));
        bird.converged = false;
        open("ospf+bird+click");
        assertEquals(List.of(1, 1), List.of(zebra.departed, zebra.stopped));
        bird.sink().fib(FibBatch.all(List.of()));
        bird.sink().fib(new FibBatch(false, all(NEW).routes(), List.of()));
        assertEquals(1, service.status().iterator().next().counters().get("fib-kept"));
        ControlChange during = change();
        assertEquals("zebra bird waiting 1", during.before() + " " + during.after() + " " + during.state() + " " + during.keptRoutes());
        assertEquals(Set.of(OLD), forwarded());
        bird.converged = true;
        await("replaced", () -> forwarded().equals(Set.of(NEW)));
        await("told", () -> change().state().equals(ControlChange.COMPLETE));
        assertTrue(change().outageMillis() >= 0 && change().beganMillis() > 0);
        assertTrue(!events.contains("router/stale-expired"));
    }

    @Test
    void theHoldIsBoundedButWhoTellsNothingReplacesNothing() throws Exception {
        start(300);
        open("ospf+zebra+click");
        zebra.sink().fib(all(OLD));
        await("settled", () -> guest.calls.contains("routes 0"));
        bird.converged = false;
        open("ospf+bird+click");
        await("as long as it says nothing", () -> change().outageMillis() > 1000);
        assertEquals(Set.of(OLD), forwarded());
        bird.sink().fib(all(NEW));
        await("expired", () -> change().state().equals(ControlChange.EXPIRED));
        await("replaced", () -> forwarded().equals(Set.of(NEW)));
        assertTrue(events.contains("router/stale-expired"));
    }

    @Test
    void computedRoutesAreKeptLikeLearntOnesAndTakenBackAtOnce() throws Exception {
        start(60_000);
        ViolinSpec violin = SpecBuilder.violin("v").vrouter("r1").nic("r1", "eth0", "10.0.0.1/24").attribute("routing", "click").build();
        service.open(service.specs(violin, Set.of("r1"), Map.of("r1", List.of(new org.violin.api.model.RouteSpec(OLD, "10.0.0.2", "eth0", 0)))).get("r1"),
                guest, Map.of());
        assertEquals(Set.of(OLD), forwarded());
        zebra.converged = false;
        open("ospf+click");
        zebra.sink().fib(FibBatch.all(List.of()));
        assertEquals(Set.of(OLD), forwarded());
        service.removeControl(zebra);
        assertEquals(Set.of(OLD), forwarded(), "one that goes before it knows anything leaves what was there");
        service.addControl(zebra);
        await("another one", () -> zebra.open.size() == 1);
        zebra.sink().fib(all(NEW));
        zebra.converged = true;
        await("replaced", () -> forwarded().equals(Set.of(NEW)) && change().ended());
        assertEquals("-zebra complete", change().before() + "-" + change().after() + " " + change().state());
        service.close(new NodeId("v", "r1"), guest);
        assertEquals("zebra- complete 0", change().before() + "-" + change().after() + " " + change().state() + " " + change().outageMillis());
        assertEquals(1, zebra.departed, "neighbours go elsewhere before it ends");
    }
}
