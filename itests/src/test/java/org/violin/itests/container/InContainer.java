// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.container;

import static java.util.stream.Collectors.toList;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.apache.karaf.features.FeaturesService;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.util.tracker.ServiceTracker;
import org.violin.api.control.GuestAccess;
import org.violin.api.control.Report;
import org.violin.api.control.Violins;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.GuestException;
import org.violin.api.model.NodeId;
import org.violin.api.model.Refused;

/** The words that tests inside a container are written in. One container for all tests of a class. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public abstract class InContainer {
    static final long PATIENCE_SECONDS = 30;

    @Inject
    BundleContext context;

    @Inject
    FeaturesService features;

    /** Our bundles that are installed. */
    List<Bundle> ours() {
        return Stream.of(context.getBundles()).filter(b -> String.valueOf(b.getSymbolicName()).startsWith("org.violin.")).collect(toList());
    }

    /** The bundle of a folder's name, such as {@code tunnel-udp}. */
    Bundle bundle(String word) {
        String name = "org.violin." + word.replace('-', '.');
        return ours().stream().filter(b -> b.getSymbolicName().equals(name)).findFirst().orElseThrow(() -> new AssertionError("no bundle " + name));
    }

    /** Fails with the names of bundles that are not as they should be: active, and fragments resolved. */
    void allActive() {
        List<String> others = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            int wanted = bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null ? Bundle.ACTIVE : Bundle.RESOLVED;
            if (bundle.getState() != wanted) others.add(bundle + " in state " + bundle.getState());
        }
        assertEquals(List.of(), others);
    }

    /** State or id of each component of our bundles, by name. */
    Map<String, Long> components(ComponentValue value) {
        ServiceComponentRuntime runtime = service(ServiceComponentRuntime.class);
        Map<String, Long> found = new TreeMap<>();
        for (ComponentDescriptionDTO component : runtime.getComponentDescriptionDTOs(ours().toArray(new Bundle[0]))) {
            found.put(component.name, -1L);
            for (ComponentConfigurationDTO one : runtime.getComponentConfigurationDTOs(component)) found.put(component.name, value.of(one));
        }
        return found;
    }

    interface ComponentValue {
        long of(ComponentConfigurationDTO component);
    }

    /** Every component of our bundles gets what it needs, within some seconds. */
    void allSatisfied(String when) {
        int good = ComponentConfigurationDTO.SATISFIED | ComponentConfigurationDTO.ACTIVE;
        eventually(() -> when + ": no component waits in " + components(c -> c.state),
                () -> components(c -> c.state).values().stream().allMatch(state -> state > 0 && (state & good) == state));
    }

    /** The service as it is now, waited for. */
    <T> T service(Class<T> type) {
        ServiceTracker<T, T> tracker = new ServiceTracker<>(context, type, null);
        tracker.open();
        try {
            T service = tracker.waitForService(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            assertNotNull("service " + type.getName(), service);
            return service;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            tracker.close();
        }
    }

    boolean offered(Class<?> type) {
        return context.getServiceReference(type) != null;
    }

    static void eventually(Callable<String> what, Callable<Boolean> condition) {
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!condition.call()) {
                if (System.nanoTime() > end) throw new AssertionError("not within " + PATIENCE_SECONDS + " s: " + what.call());
                Thread.sleep(50);
            }
        } catch (AssertionError e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Applies a violin file that must succeed. */
    Report apply(String... lines) throws Refused {
        Report report = service(Violins.class).apply("test.yaml", String.join("\n", lines) + "\n", false, line -> {});
        assertEquals(List.of(), report.failures());
        return report;
    }

    /** Removes a violin if there is one. */
    void destroy(String violin) throws Refused {
        Violins violins = service(Violins.class);
        if (violins.list().stream().anyMatch(v -> v.name().equals(violin))) {
            assertEquals(List.of(), violins.destroy(violin, line -> {}).failures());
        }
    }

    /** Runs a program in a guest of this host. Returns its exit status. */
    int run(String guest, String... command) throws GuestException, InterruptedException {
        try (ExecSession session = service(GuestAccess.class).exec(NodeId.parse(guest), ExecRequest.of(Arrays.asList(command)))) {
            return session.waitFor();
        }
    }

    /** One ping; whether it was answered within a second. */
    boolean reaches(String guest, String address) throws GuestException, InterruptedException {
        return run(guest, "ping", "-c", "1", "-W", "1", address) == 0;
    }

    static void isRoot() {
        org.junit.Assume.assumeTrue("needs root: network namespaces", "root".equals(System.getProperty("user.name")));
    }
}
