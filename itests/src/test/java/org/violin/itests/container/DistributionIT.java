// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.container;

import static java.util.stream.Collectors.toCollection;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.PrivilegedAction;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import javax.security.auth.Subject;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.junit.Test;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleWiring;

/** The distribution as it is unpacked: it boots, everything in it is active, every feature of ours is installed, the commands are there. */
public class DistributionIT extends InContainer {
    private static final List<String> VERBS = List.of("apply", "connect", "destroy", "drain", "place", "plan", "doors", "events", "exec", "host-remove", "host-token",
            "host-tokens", "hosts", "list", "ping-all", "ports", "show", "tunnels");

    @Configuration
    public static Option[] config() throws IOException {
        return Containers.oneHost();
    }

    @Test
    public void allBundlesAreActive() {
        allActive();
        allSatisfied("the distribution");
    }

    @Test
    public void everyFeatureOfOursIsInstalled() throws Exception {
        for (String name : List.of("violin", "violin-core", "violin-tunnel-udp", "violin-switching-learning", "violin-switching-hub",
                "violin-conditions", "violin-cipher-aead", "violin-cipher-none",
                "violin-routing-kernel", "violin-routing-zebra", "violin-routing-click", "violin-router-services", "violin-placement-greedy", "violin-runtime-netns")) {
            assertTrue(name, features.isInstalled(features.getFeature(name)));
        }
    }

    @Test
    public void nobodyOutsideSeesAPackageOfAPlugin() {
        Set<String> open = new TreeSet<>();
        for (Bundle bundle : ours()) {
            for (BundleCapability exported : bundle.adapt(BundleWiring.class).getCapabilities(PackageNamespace.PACKAGE_NAMESPACE)) {
                open.add(exported.getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE).toString());
            }
        }
        assertTrue(open.toString(), open.containsAll(List.of("org.violin.api.control", "org.violin.frame", "org.violin.linux")));
        open.removeIf(p -> p.startsWith("org.violin.api.") || List.of("org.violin.frame", "org.violin.linux", "org.violin.placement").contains(p));
        assertEquals(Set.of(), open);
    }

    @Test
    public void everyVerbIsACommandWithHelp() {
        Set<String> found = commands();
        assertTrue(found.toString(), found.containsAll(VERBS) && found.contains("call"));
        for (String verb : found) {
            String help = as("admin", () -> typed("violin:" + verb + " --help"));
            assertTrue(help, help.contains("DESCRIPTION") && help.contains("violin:" + verb) && help.contains("SYNTAX"));
        }
    }

    @Test
    public void aViewerMayReadOnly() {
        assertTrue(as("viewer", () -> typed("violin:hosts --help")).contains("DESCRIPTION"));
        for (String line : List.of("violin:destroy figure2", "$.context getBundles", "bundle:list", "shell:cat /etc/hostname")) {
            String refused = as("viewer", () -> typed(line));
            assertTrue(line + ": " + refused, refused.contains("Command not found"));
        }
    }

    private Set<String> commands() {
        return as("admin", () -> service(SessionFactory.class).getRegistry().getCommands().stream()
                .filter(c -> c.getScope().equals("violin")).map(c -> c.getName()).collect(toCollection(TreeSet::new)));
    }

    /** On a thread of its own, as Karaf's doors do: Karaf remembers by thread which commands may be seen. */
    private static <T> T as(String role, PrivilegedAction<T> action) {
        AtomicReference<T> answer = new AtomicReference<>();
        Subject user = new Subject(true, Set.of(new RolePrincipal(role)), Set.of(), Set.of());
        Thread thread = new Thread(() -> answer.set(Subject.doAs(user, action)));
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return answer.get();
    }

    @Test
    public void namesAreCompleted() {
        Set<String> completers = new TreeSet<>();
        eventually(() -> "completers " + completers, () -> {
            service(SessionFactory.class).getRegistry().getServices(Completer.class).forEach(c -> completers.add(c.getClass().getSimpleName()));
            return completers.containsAll(List.of("ViolinNames", "NodeNames", "HostNames", "FileNames"));
        });
    }

    @Test
    public void theListOfHostsNamesThisOne() {
        eventually(() -> as("viewer", () -> typed("violin:hosts")), () -> as("viewer", () -> typed("violin:hosts")).contains("exam"));
    }

    /** What a person sees who types that line. */
    private String typed(String line) {
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        PrintStream screen = new PrintStream(seen, true, StandardCharsets.UTF_8);
        Session session = service(SessionFactory.class).create(new ByteArrayInputStream(new byte[0]), screen, screen);
        try {
            session.execute(line);
        } catch (Exception e) {
            screen.print(e);
        } finally {
            session.close();
        }
        return seen.toString(StandardCharsets.UTF_8).replaceAll("\u001b\\[[0-9;]*m", "");
    }
}
