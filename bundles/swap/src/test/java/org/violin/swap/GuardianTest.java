// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.Version;
import org.osgi.framework.wiring.FrameworkWiring;
import org.violin.swap.samples.GoodRouting;
import org.violin.swap.samples.HangingRouting;
import org.violin.swap.samples.LazyRouting;
import org.violin.swap.samples.OtherRouting;
import org.violin.swap.samples.ThrowingRouting;

/** Real bundles in a real framework, updated and stopped as people do. */
class GuardianTest {
    private static final Version FIRST = new Version("1.0.0");

    @TempDir
    Path folder;

    private Container container;
    private Guardian guardian;
    private Bundle bundle;

    @BeforeEach
    void aTrustedPlugin() throws Exception {
        container = new Container(folder);
        guardian = new Guardian(container.context, folder.resolve("good"), container.announcer(), new Deadline(), new Guardian.Times(1500, 3000));
        guardian.start();
        bundle = container.install("test:sample", Jar.of("1.0.0", GoodRouting.class));
        trusted(bundle);
    }

    @AfterEach
    void stop() throws Exception {
        guardian.close();
        container.close();
    }

    private void trusted(Bundle plugin) throws InterruptedException {
        Container.eventually(() -> "trusted: " + container.told, () -> new Contents(folder.resolve("good")).lastStamp(plugin)
                .orElse(0) == plugin.getLastModified());
    }

    private void rolledBack(String why) throws Exception {
        String text = container.told("rolled-back");
        assertTrue(text.contains(why), text);
        assertTrue(text.startsWith("routing sample: test.routing.sample/2.0.0 is rolled back to test.routing.sample/1.0.0"), text);
        assertEquals(FIRST, bundle.getVersion());
        assertEquals(Bundle.ACTIVE, bundle.getState());
        assertEquals("sample", container.kind());
        assertEquals(List.of("rolled-back"), container.topics(), () -> container.told.toString());
    }

    @Test
    void aGoodUpdateIsTrusted() throws Exception {
        container.update(bundle, Jar.of("2.0.0", GoodRouting.class));
        assertEquals("routing sample: test.routing.sample/2.0.0 passed its trial", container.told("updated"));
        assertEquals("sample", container.kind());
        assertEquals(List.of("updated"), container.topics());
        assertFalse(container.context.getBundle(0).adapt(FrameworkWiring.class).getRemovalPendingBundles().contains(bundle), "old classes stay");
    }

    @Test
    void anUpdateThatCannotBeActivatedIsRolledBack() throws Exception {
        container.update(bundle, Jar.of("2.0.0", ThrowingRouting.class));
        rolledBack("no such luck");
    }

    @Test
    void anUpdateWithoutItsClassIsRolledBack() throws Exception {
        container.update(bundle, Jar.of("2.0.0", GoodRouting.class).withoutClass());
        rolledBack("GoodRouting");
    }

    @Test
    void anUpdateThatHangsIsRolledBack() throws Exception {
        container.update(bundle, Jar.of("2.0.0", HangingRouting.class));
        rolledBack("no end after 3000 ms");
    }

    @Test
    void anUpdateThatAnswersWronglyIsRolledBack() throws Exception {
        container.update(bundle, Jar.of("2.0.0", LazyRouting.class));
        rolledBack("asked for [a, r, b]");
    }

    @Test
    void anUpdateThatBringsNoProviderIsRolledBack() throws Exception {
        container.update(bundle, Jar.empty("2.0.0"));
        rolledBack("no provider of routing within 1500 ms");
    }

    @Test
    void anUpdateToAnotherKindIsRolledBack() throws Exception {
        container.update(bundle, Jar.of("2.0.0", OtherRouting.class));
        rolledBack("it provides routing other, no longer sample");
    }

    @Test
    void anUpdateThatCannotBeResolvedIsRolledBack() throws Exception {
        container.update(bundle, Jar.of("2.0.0", GoodRouting.class).importing("not.there"));
        rolledBack("not.there");
    }

    @Test
    void itIsRolledBackAgainAfterAnotherBadUpdateAndTheLastTwoContentsAreKept() throws Exception {
        for (int version = 2; version < 5; version++) {
            container.update(bundle, Jar.of(version + ".0.0", GoodRouting.class));
            trusted(bundle);
        }
        try (var kept = java.nio.file.Files.list(folder.resolve("good").resolve(Long.toString(bundle.getBundleId())))) {
            assertEquals(Contents.KEPT, kept.count());
        }
        for (int round = 1; round <= 2; round++) {
            int wanted = round;
            container.update(bundle, Jar.of("9.0.0", ThrowingRouting.class));
            Container.eventually(() -> "round " + wanted + ": " + container.told,
                    () -> container.topics().stream().filter("rolled-back"::equals).count() == wanted);
            assertEquals(new Version("4.0.0"), bundle.getVersion());
            assertEquals("sample", container.kind());
        }
    }

    @Test
    void whatIsStoppedOnPurposeStaysStopped() throws Exception {
        bundle.stop();
        String text = container.told("stopped");
        assertTrue(text.contains("has no provider now"), text);
        container.update(bundle, Jar.of("2.0.0", ThrowingRouting.class));
        trusted(container.install("test:later", Jar.of("7.0.0", OtherRouting.class))); // so the guardian has looked at the stopped one
        assertEquals(List.of("stopped"), container.topics());
        assertEquals(new Version("2.0.0"), bundle.getVersion());
        bundle.start();
        assertTrue(container.told("rolled-back").contains("no such luck"));
        assertEquals(FIRST, bundle.getVersion());
        assertEquals(Bundle.ACTIVE, bundle.getState());
    }

    @Test
    void aBrokenNewcomerIsStoppedWhileTheOldOneGoesOn() throws Exception {
        Bundle second = container.install("test:second", Jar.of("3.0.0", ThrowingRouting.class));
        String text = container.told("refused");
        assertTrue(text.contains("no such luck"), text);
        Container.eventually(() -> "stopped", () -> second.getState() == Bundle.RESOLVED);
        assertEquals(Bundle.ACTIVE, bundle.getState());
        assertEquals("sample", container.kind());
    }

    @Test
    void whatWaitsForAServiceIsLeftAloneAndTriedWhenItComes() throws Exception {
        Bundle second = container.install("test:second", Jar.of("3.0.0", OtherRouting.class).needing(Runnable.class));
        Container.eventually(() -> "it waits", () -> guardian.watched().stream().anyMatch(w -> w.bundle == second && w.waiting));
        container.context.registerService(Runnable.class, () -> {}, null);
        trusted(second);
        assertEquals(List.of(), container.topics());
    }

    @Test
    void contentOfAnEarlierRunIsTheOneToFallBackTo() throws Exception {
        guardian.close();
        container.update(bundle, Jar.of("2.0.0", ThrowingRouting.class));
        guardian = new Guardian(container.context, folder.resolve("good"), container.announcer(), new Deadline(), new Guardian.Times(1500, 3000));
        guardian.start();
        assertTrue(container.told("rolled-back").contains("no such luck"));
        assertEquals(FIRST, bundle.getVersion());
    }
}
