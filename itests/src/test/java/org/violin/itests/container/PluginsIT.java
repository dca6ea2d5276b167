// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.container;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.violin.api.control.Events;
import org.violin.api.control.Plugins;
import org.violin.api.model.Refused;

/** Plugins are swapped, updated and broken while a numbered flow runs between two guests. */
public class PluginsIT extends WithGuests {
    private static final String[] TWO_GUESTS = {
        "name: plugins", "topology:", "  nodes:",
        "    a: {kind: vhost, interfaces: {eth0: {ipv4: 10.79.0.1}}}",
        "    b: {kind: vhost, interfaces: {eth0: {ipv4: 10.79.0.2}}}",
        "  lans:",
        "    s: {subnet: [10.79.0.0/24], members: [\"a:eth0\", \"b:eth0\"]}"};
    private static final List<String> ROLES = List.of("cipher", "placement", "routing", "runtime", "switching", "tunnel");

    @Configuration
    public static Option[] config() throws IOException {
        return Containers.oneHost();
    }

    @Before
    public void aViolinRunsAndItsPluginsAreTrusted() throws Exception {
        allSatisfied("at first");
        allHostsRunGuests();
        apply(TWO_GUESTS);
        eventually(() -> "a reaches b", () -> reaches("plugins/a", "10.79.0.2"));
        eventually(() -> "all plugins passed: " + plugins(), () -> ROLES.stream().allMatch(
                role -> plugins().stream().anyMatch(p -> p.role().equals(role) && p.state().equals("active") && !p.kind().equals("-"))));
    }

    @After
    public void nothingIsLeft() throws Exception {
        try {
            destroy("plugins");
        } finally {
            noGuestIsLeft();
        }
    }

    private List<Plugins.Plugin> plugins() {
        return service(Plugins.class).list();
    }

    private List<String> events(String topic) {
        return service(Events.class).after(0, 2000).stream().filter(e -> e.topic().equals("plugin/" + topic)).map(Events.Event::text).toList();
    }

    private interface Change {
        void run() throws Exception;
    }

    /** Does it while pings go from a to b, a hundred a second; all must be answered. */
    private void underTraffic(String what, Change change) throws Exception {
        CompletableFuture<Integer> flow = CompletableFuture.supplyAsync(() -> {
            try {
                return run("plugins/a", "sh", "-c", "ping -q -i 0.01 -c 400 10.79.0.2 > /tmp/said; grep -q ' 0% packet loss' /tmp/said");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        change.run();
        assertEquals(what + " lost frames", 0, (int) flow.get());
    }

    /** The content of a bundle under another name, or without its classes. */
    private static byte[] copy(Bundle bundle, String name, boolean classes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Manifest manifest;
        try (InputStream in = bundle.getEntry("META-INF/MANIFEST.MF").openStream()) {
            manifest = new Manifest(in);
        }
        manifest.getMainAttributes().putValue(Constants.BUNDLE_SYMBOLICNAME, name);
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest)) {
            add(bundle, "/", jar, classes);
        }
        return bytes.toByteArray();
    }

    private static void add(Bundle bundle, String folder, JarOutputStream jar, boolean classes) throws IOException {
        for (String path : Collections.list(bundle.getEntryPaths(folder))) {
            if (path.equals("META-INF/MANIFEST.MF") || !classes && path.endsWith(".class")) continue;
            if (path.endsWith("/")) {
                add(bundle, path, jar, classes);
                continue;
            }
            jar.putNextEntry(new ZipEntry(path));
            try (InputStream in = bundle.getEntry(path).openStream()) {
                in.transferTo(jar);
            }
            jar.closeEntry();
        }
    }

    @Test
    public void pluginsTellWhatIsUsed() {
        for (String kind : List.of("message", "kernel", "netns", "learning", "udp")) {
            assertTrue(kind + " in " + plugins(), plugins().stream().anyMatch(p -> p.kind().equals(kind) && p.inUse()));
        }
    }

    @Test
    public void theSwitchIsReplacedByAnotherBundleAndBackUnderTraffic() throws Exception {
        Bundle old = bundle("switching-learning");
        Path jar = Files.write(Files.createTempFile("switch", ".jar"), copy(old, "test.switching", true));
        try {
            underTraffic("the swap of the switch", () -> service(Plugins.class).swap("switching", jar.toString(), Optional.empty()));
            assertEquals(Bundle.RESOLVED, old.getState());
            underTraffic("the swap back", () -> {
                old.start();
                eventually(() -> "both", () -> plugins().stream().filter(p -> p.kind().equals("learning") && p.state().equals("active")).count() == 2);
                uninstall("test.switching");
            });
        } finally {
            uninstall("test.switching");
            old.start();
            Files.deleteIfExists(jar);
        }
    }

    private void uninstall(String name) throws BundleException {
        for (Bundle bundle : context.getBundles()) if (name.equals(bundle.getSymbolicName())) bundle.uninstall();
    }

    @Test
    public void pluginsOutsideOfTheDataPlaneAreUpdatedUnderTraffic() throws Exception {
        for (String word : List.of("runtime-netns", "routing-kernel", "placement-greedy")) {
            Bundle bundle = bundle(word);
            byte[] same = copy(bundle, bundle.getSymbolicName(), true);
            long stamp = bundle.getLastModified();
            underTraffic("the update of " + word, () -> bundle.update(new ByteArrayInputStream(same)));
            assertTrue(word, bundle.getLastModified() != stamp);
            eventually(() -> word + " is trusted: " + events("updated"), () -> events("updated").stream().anyMatch(t -> t.contains(bundle.getSymbolicName())));
        }
        assertEquals(List.of(), events("rolled-back"));
        allHostsRunGuests();
        assertTrue(reaches("plugins/b", "10.79.0.1"));
    }

    @Test
    public void anUpdateWithoutItsClassesIsRolledBack() throws Exception {
        for (String word : List.of("routing-kernel", "switching-learning")) {
            Bundle bundle = bundle(word);
            bundle.update(new ByteArrayInputStream(copy(bundle, bundle.getSymbolicName(), false)));
            eventually(() -> word + " is rolled back: " + service(Events.class).after(0, 50),
                    () -> events("rolled-back").stream().anyMatch(t -> t.contains(bundle.getSymbolicName())));
            assertEquals(Bundle.ACTIVE, bundle.getState());
        }
        eventually(() -> "a reaches b", () -> reaches("plugins/a", "10.79.0.2"));
    }

    @Test
    public void aBundleThatFailsItsTrialIsRefused() throws Exception {
        Path jar = Files.write(Files.createTempFile("switch", ".jar"), copy(bundle("switching-learning"), "test.broken", false));
        try {
            underTraffic("the refusal", () -> {
                Refused refused = assertThrows(Refused.class, () -> service(Plugins.class).swap("switching", jar.toString(), Optional.empty()));
                assertTrue(refused.getMessage(), refused.getMessage().contains("nothing changed"));
            });
            assertTrue(List.of(context.getBundles()).stream().noneMatch(b -> "test.broken".equals(b.getSymbolicName())));
        } finally {
            Files.deleteIfExists(jar);
        }
    }
}
