// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.service.cm.ConfigurationAdmin;
import org.violin.api.control.Plugins.Plugin;
import org.violin.api.control.Report;
import org.violin.api.control.Specs;
import org.violin.api.control.SwapReport;
import org.violin.api.control.ViolinSummary;
import org.violin.api.control.ViolinView;
import org.violin.api.control.Violins;
import org.violin.api.model.Refused;
import org.violin.api.model.ViolinSpec;
import org.violin.api.routing.ControlChange;
import org.violin.api.routing.Routers;
import org.violin.swap.samples.GoodControl;
import org.violin.swap.samples.GoodForwarding;
import org.violin.swap.samples.GoodPlacement;
import org.violin.swap.samples.GoodRouting;
import org.violin.swap.samples.HangingRouting;
import org.violin.swap.samples.OtherRouting;
import org.violin.swap.samples.ThrowingRouting;

/** Swaps by word and by bundle, with real bundles and Config Admin; one violin in memory. */
class SwapServiceTest {
    @TempDir
    Path folder;

    private final OneViolin violin = new OneViolin();
    private Container container;
    private SwapService swap;
    private Bundle first;

    /** Keeps one spec; changes fail on hosts while there is trouble. */
    private static final class OneViolin implements Specs, Violins {
        volatile ViolinSpec spec = new ViolinSpec("v", Samples.violin().nodes(), Samples.violin().links(), Map.of("routing", "sample"));
        volatile String trouble = "";

        @Override
        public Optional<ViolinSpec> spec(String name) {
            return name.equals("v") ? Optional.of(spec) : Optional.empty();
        }

        @Override
        public Report change(String name, UnaryOperator<ViolinSpec> change, Consumer<String> progress) throws Refused {
            if (!name.equals("v")) throw new Refused("change", name, "there is no violin of that name");
            spec = change.apply(spec);
            List<String> failures = trouble.isEmpty() ? List.of() : List.of(trouble);
            trouble = "";
            return new Report("v", 2, List.of(), List.of(), failures, true, 1, 1);
        }

        @Override
        public Report apply(String file, String text, Map<String, String> pins, boolean dryRun, Consumer<String> progress) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Report destroy(String name, Consumer<String> progress) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<ViolinSummary> list() {
            return List.of(new ViolinSummary("v", "ready", 1, 2, 1, 0, 2, List.of("host1")));
        }

        @Override
        public Optional<ViolinView> show(String name) {
            return Optional.empty();
        }
    }

    @BeforeEach
    void start() throws Exception {
        container = new Container(folder);
        container.installFromClassPath("org.apache.felix.cm.impl.ConfigurationManager");
        container.context.registerService(new String[] {Specs.class.getName(), Violins.class.getName()}, violin, null);
        ConfigurationAdmin admin = container.context.getService(container.context.getServiceReference(ConfigurationAdmin.class));
        first = container.install("test:first", Jar.of("1.0.0", GoodRouting.class).named("test.first"));
        swap = new SwapService(container.context, admin, folder.resolve("good"), folder.resolve("system"), container.announcer(),
                new Guardian.Times(3000, 4000));
        Container.eventually(() -> "trusted: " + swap.list(), () -> swap.list().stream().anyMatch(p -> p.kind().equals("sample")));
    }

    @AfterEach
    void stop() throws Exception {
        swap.close();
        container.close();
    }

    private String jar(Jar content) throws Exception {
        return Files.write(folder.resolve("my.jar"), content.bytes()).toString();
    }

    private String refusal(String role, String provider, String name) {
        return assertThrows(Refused.class, () -> swap.swap(role, provider, Optional.ofNullable(name))).getMessage();
    }

    @Test
    void pluginsTellWhatIsUsed() throws Exception {
        Bundle other = container.install("test:other", Jar.of("2.0.0", OtherRouting.class).named("test.other"));
        Container.eventually(() -> "both: " + swap.list(), () -> swap.list().size() == 2 && !swap.list().get(0).kind().equals("-"));
        assertEquals(List.of(
                new Plugin("routing", "other", "test.other", "2.0.0", other.getBundleId(), "active", 0, false, "routes"),
                new Plugin("routing", "sample", "test.first", "1.0.0", first.getBundleId(), "active", 0, true, "routes")), swap.list());
        first.stop();
        assertEquals(new Plugin("routing", "sample", "test.first", "1.0.0", first.getBundleId(), "stopped", 0, false, "routes"), swap.list().get(1));
    }

    @Test
    void aBundleTakesThePlaceOfTheOldOneAndIsGuardedFromThenOn() throws Exception {
        SwapReport report = swap.swap("routing", jar(Jar.of("2.0.0", GoodRouting.class).named("test.second")), Optional.empty());
        assertEquals("test.first/1.0.0 -> test.second/2.0.0: 0 routes for 3 nodes", report.before() + " -> " + report.after() + ": " + report.trial());
        assertEquals(Bundle.RESOLVED, first.getState());
        assertEquals("sample", container.kind());
        assertTrue(container.told("swapped").contains("test.second/2.0.0"));
        Container.eventually(() -> "kept: " + swap.list(), () -> Files.isDirectory(folder.resolve("good").resolve("" + second().getBundleId())));
        container.update(second(), Jar.of("3.0.0", ThrowingRouting.class).named("test.second"));
        assertTrue(container.told("rolled-back").contains("no such luck"));
        assertEquals("sample", container.kind());
    }

    private Bundle second() {
        for (Bundle bundle : container.context.getBundles()) if ("test.second".equals(bundle.getSymbolicName())) return bundle;
        throw new AssertionError("no second bundle");
    }

    @Test
    void aBundleThatFailsIsUninstalledAndTheOldOneNeverNotices() throws Exception {
        int before = container.context.getBundles().length;
        for (Class<?> bad : List.of(ThrowingRouting.class, HangingRouting.class, GoodPlacement.class)) {
            String refusal = refusal("routing", jar(Jar.of("2.0.0", bad).named("test.bad")), null);
            assertTrue(refusal.contains("nothing changed"), refusal);
        }
        assertTrue(refusal("routing", jar(Jar.of("2.0.0", GoodRouting.class).named("test.bad").importing("not.there")), null).contains("not.there"));
        assertEquals(before, container.context.getBundles().length);
        assertEquals(Bundle.ACTIVE, first.getState());
        assertEquals("sample", container.kind());
        assertEquals("active", swap.list().get(0).state());
    }

    @Test
    void aBundleIsFoundInTheSystemRepository() throws Exception {
        Path at = Files.createDirectories(folder.resolve("system/test/second/2.0.0"));
        Files.write(at.resolve("second-2.0.0.jar"), Jar.of("2.0.0", GoodRouting.class).named("test.second").bytes());
        assertEquals("test.second/2.0.0", swap.swap("routing", "test.second/2.0.0", Optional.empty()).after());
        assertTrue(refusal("routing", "test.second/2.0.1", null).contains("no such bundle"));
    }

    @Test
    void aViolinsKindIsChangedInItsSpecAndSetBackWhenHostsCannotFollow() throws Exception {
        Bundle other = container.install("test:other", Jar.of("2.0.0", OtherRouting.class).named("test.other"));
        SwapReport report = swap.swap("routing", "other", Optional.of("v"));
        assertEquals("sample other violin v", report.before() + " " + report.after() + " " + report.scope());
        assertEquals("other", violin.spec.attributes().get("routing"));
        violin.trouble = "host1: no space";
        String refusal = refusal("routing", "sample", "v");
        assertTrue(refusal.contains("no space") && refusal.contains("it is as it was"), refusal);
        assertEquals("other", violin.spec.attributes().get("routing"));
        assertEquals(Bundle.ACTIVE, other.getState());
        assertTrue(refusal("routing", "other", "w").contains("no violin"));
    }

    @Test
    void routingIsSwappedByHalvesAndForOneVrouter() throws Exception {
        container.install("test:click", Jar.of("1.0.0", GoodForwarding.class).named("test.click"));
        SwapReport report = swap.swap("routing", "click", Optional.of("v/r"));
        assertEquals("node v/r: sample -> sample+click: a program is there; takes a vRouter of two vNICs",
                report.scope() + ": " + report.before() + " -> " + report.after() + ": " + report.trial());
        assertEquals("sample+click", violin.spec.node("r").orElseThrow().attributes().get("routing"));
        assertEquals("sample", violin.spec.attributes().get("routing"));
        Container.eventually(() -> "listed: " + swap.list(), () -> swap.list().stream().anyMatch(p -> p.half().equals("forwarding") && p.inUse()));
        SwapReport all = swap.swap("routing", "click", Optional.of("v"));
        assertEquals("sample+click [with routing of their own, which stays: r]", all.after() + " " + all.notes());
        violin.trouble = "host1: no space";
        ViolinSpec now = violin.spec;
        assertTrue(refusal("routing", "sample", "v/r").contains("it is as it was"));
        assertEquals(now, violin.spec);
        swap.swap("routing", "sample", Optional.of("v/r"));
        assertEquals(Map.of(), violin.spec.node("r").orElseThrow().attributes(), "what is like the violin's is not kept");
        assertTrue(refusal("routing", "click", "v/x").contains("no such node"));
        assertTrue(refusal("routing", "click", "v/a").contains("a vhost does not route"));
        assertTrue(refusal("routing", "click", "w/r").contains("no violin"));
    }

    @Test
    void aChangeOfWhatLearnsIsWaitedForAndItsOutageTold() throws Exception {
        container.install("test:control", Jar.of("1.0.0", GoodControl.class).named("test.control"));
        String kind = new GoodControl().kind();
        AtomicInteger asked = new AtomicInteger();
        ControlChange old = new ControlChange("v/r", "a", "b", 1, 0, 5, 1, ControlChange.COMPLETE);
        long soon = System.currentTimeMillis() + 60_000;
        Object routers = Proxy.newProxyInstance(Routers.class.getClassLoader(), new Class<?>[] {Routers.class}, (self, method, words) -> {
            if (!method.getName().equals("changes")) return method.getReturnType() == boolean.class ? (Object) Boolean.FALSE : null;
            String state = asked.incrementAndGet() < 3 ? ControlChange.WAITING : ControlChange.COMPLETE;
            return List.of(old, new ControlChange(words[0] + "/" + ((Optional<?>) words[1]).orElseThrow(), "zebra", kind, soon, 700, 4230, 12, state));
        });
        container.context.registerService(Routers.class, (Routers) routers, null);
        SwapReport report = swap.swap("routing", kind, Optional.of("v/r"));
        assertEquals(List.of("v/r 4230 complete"), report.outages().stream().map(c -> c.node() + " " + c.outageMillis() + " " + c.state()).toList());
    }

    @Test
    void aBundleTakesThePlaceOnlyOfThoseForTheSameHalf() throws Exception {
        SwapReport report = swap.swap("routing", jar(Jar.of("2.0.0", GoodControl.class).named("test.control")), Optional.empty());
        assertEquals("", report.before());
        assertEquals("daemons are there; speaks ospf, rip", report.trial());
        assertEquals(Bundle.ACTIVE, first.getState());
        Container.eventually(() -> "both: " + swap.list(), () -> swap.list().stream().map(p -> p.half()).sorted().toList().equals(List.of("control", "routes")));
    }

    @Test
    void theHostsPlacementIsChosenByItsConfiguration() throws Exception {
        container.install("test:placement", Jar.of("1.0.0", GoodPlacement.class).named("test.placement"));
        SwapReport report = swap.swap("placement", "first", Optional.empty());
        assertEquals("3 of 3 nodes placed on 2 hosts", report.trial());
        Container.eventually(() -> "in use: " + swap.list(), () -> swap.list().stream().anyMatch(p -> p.kind().equals("first") && p.inUse()));
        assertEquals("first", swap.swap("placement", "first", Optional.empty()).before());
    }

    @Test
    void aStoppedBundleOfTheKindIsStartedForIt() throws Exception {
        first.stop();
        assertEquals(List.of("bundle test.first is started"), swap.offer("routing", "sample").notes());
        assertEquals(Bundle.ACTIVE, first.getState());
    }

    @Test
    void wrongOrdersAreRefusedWithTheRule() {
        assertTrue(refusal("rooting", "x", null).contains("there are tunnel, switching"));
        assertTrue(refusal("routing", "sample", null).contains("violins choose their routing"));
        assertTrue(refusal("tunnel", "udp", "v").contains("an overlay host's"));
        assertTrue(refusal("routing", "none", "v").contains("there is no feature violin-routing-none"));
        assertTrue(refusal("routing", "/not/there.jar", null).contains("no such file"));
        assertTrue(refusal("routing", "http://x/y.jar", null).contains("begins with file: or mvn:"));
        assertTrue(refusal("routing", "file:/x.jar", "v").contains("leave the violin out"));
    }
}
