// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.violin.api.control.Routing;

/** A real framework with Declarative Services in this JVM; it gives bundles the API of the tests' class path. */
final class Container implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;
    private static final String PACKAGES = Stream.of("org.violin.api.cluster;version=1.0", "org.violin.api.control;version=1.0", "org.violin.api.placement;version=1.0",
            "org.violin.api.dataplane;version=1.0", "org.violin.api.guest;version=1.0", "org.violin.api.model;version=1.0", "org.violin.api.routing;version=1.0",
            "org.osgi.service.cm;version=1.6.1", "org.osgi.service.component;version=1.5.1", "org.osgi.service.component.runtime;version=1.5.0",
            "org.osgi.service.component.runtime.dto;version=1.5.0", "org.osgi.util.promise;version=1.3.0",
            "org.osgi.util.function;version=1.2.0").collect(Collectors.joining(","));

    /** @param topic below {@code org/violin/plugin/} */
    record Told(String topic, String text) {}

    final List<Told> told = new CopyOnWriteArrayList<>();
    final BundleContext context;
    private final Framework framework;

    Container(Path folder) throws Exception {
        framework = new FrameworkFactory().newFramework(Map.of(
                Constants.FRAMEWORK_STORAGE, folder.resolve("cache").toString(),
                Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, PACKAGES,
                "felix.log.level", "0", "ds.loglevel", "0"));
        framework.start();
        context = framework.getBundleContext();
        installFromClassPath("org.apache.felix.scr.impl.Activator");
    }

    /** Installs and starts the jar of the class path that has that class. */
    void installFromClassPath(String className) throws Exception {
        context.installBundle(Class.forName(className).getProtectionDomain().getCodeSource().getLocation().toString()).start();
    }

    Announcer announcer() {
        return (topic, subject, text) -> told.add(new Told(topic, text));
    }

    Bundle install(String location, Jar jar) throws Exception {
        try (InputStream in = jar.open()) {
            Bundle bundle = context.installBundle(location, in);
            bundle.start();
            return bundle;
        }
    }

    /** As {@code bundle:update} does, which only says that the new content could not be started. */
    void update(Bundle bundle, Jar jar) throws IOException {
        try (InputStream in = jar.open()) {
            bundle.update(in);
        } catch (BundleException e) {
            assertNotNull(e.getMessage());
        }
    }

    /** The word of the provider that is there; empty without. */
    String kind() {
        ServiceReference<Routing> reference = context.getServiceReference(Routing.class);
        if (reference == null) return "";
        Routing routing = context.getService(reference);
        try {
            return routing == null ? "" : routing.kind();
        } finally {
            if (routing != null) context.ungetService(reference);
        }
    }

    /** The text of the first thing told of that topic, waited for. */
    String told(String topic) throws InterruptedException {
        eventually(() -> topic + " in " + told, () -> told.stream().anyMatch(t -> t.topic().equals(topic)));
        return told.stream().filter(t -> t.topic().equals(topic)).findFirst().orElseThrow().text();
    }

    List<String> topics() {
        return told.stream().map(Told::topic).toList();
    }

    static void eventually(Supplier<String> what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) throw new AssertionError("not within " + PATIENCE_SECONDS + " s: " + what.get());
            Thread.sleep(20);
        }
    }

    @Override
    public void close() throws Exception {
        framework.stop();
        framework.waitForStop(10_000);
    }
}
