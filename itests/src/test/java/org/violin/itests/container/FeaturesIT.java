// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.container;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.karaf.features.BundleInfo;
import org.apache.karaf.features.Feature;
import org.junit.Test;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;

/**
 * Each feature of ours comes and goes alone in a container that boots without any of them: no feature leans on another one by chance.
 * There is no network for it; everything comes from the distribution's system folder.
 */
public class FeaturesIT extends InContainer {
    private static final String CONFIGURATION = "etc/org.apache.karaf.features.cfg";
    /** In the system folder for the launcher, which runs it as a program of its own: no part of a host. */
    private static final String LAUNCHED = "violin-underlay";

    @Configuration
    public static Option[] config() throws IOException {
        return Containers.oneHost(
                editConfigurationFilePut(CONFIGURATION, "featuresBoot", bootFeatures()),
                editConfigurationFilePut("etc/org.ops4j.pax.url.mvn.cfg", "org.ops4j.pax.url.mvn.repositories", ""));
    }

    /** The boot features of the archive but ours. */
    private static String bootFeatures() throws IOException {
        Process tar = new ProcessBuilder("tar", "-xzOf", System.getProperty(Containers.ARCHIVE), "--wildcards", "*/" + CONFIGURATION).start();
        Properties properties = new Properties();
        properties.load(tar.getInputStream());
        return Stream.of(properties.getProperty("featuresBoot").split(",")).map(String::trim).filter(f -> !f.startsWith("violin")).collect(joining(","));
    }

    /** Here the local repository of Maven would fill a gap, which it cannot do elsewhere: Pax Exam itself comes from it. */
    @Test
    public void theSystemFolderHasEveryBundle() throws Exception {
        Path system = Path.of(System.getProperty("karaf.home"), System.getProperty("karaf.default.repository"));
        List<Path> missing = new ArrayList<>();
        for (Feature feature : features.listFeatures()) {
            if (!feature.getName().startsWith("violin")) continue;
            for (BundleInfo bundle : feature.getBundles()) {
                String[] part = bundle.getLocation().substring("mvn:".length()).split("/");
                String classifier = part.length > 4 ? "-" + part[4] : "";
                Path jar = system.resolve(part[0].replace('.', '/')).resolve(part[1]).resolve(part[2]);
                jar = jar.resolve(part[1] + "-" + part[2] + classifier + ".jar");
                if (!Files.exists(jar)) missing.add(jar);
            }
        }
        assertEquals(List.of(), missing);
    }

    @Test
    public void eachFeatureComesAndGoesAlone() throws Exception {
        assertEquals("at first", List.of(), ours());
        List<String> names = names();
        assertTrue(names.toString(), names.containsAll(List.of("violin-base", "violin-core", "violin-tunnel-udp", "violin-runtime-netns")));
        for (String name : names) {
            features.installFeature(name);
            allActive();
            allSatisfied(name);
            assertFalse(name, brought(name).isEmpty());
            features.uninstallFeature(name);
            assertEquals("after " + name, List.of(), ours());
        }
    }

    @Test
    public void allOfThemComeTogetherAndGo() throws Exception {
        features.installFeature("violin");
        allActive();
        allSatisfied("violin");
        for (String name : names()) assertEquals(name, !name.equals(LAUNCHED), features.isInstalled(features.getFeature(name)));
        features.uninstallFeature("violin");
        assertEquals(List.of(), ours());
        allActive();
    }

    /** Our features that bring bundles of ours; not the collections of other people's bundles. */
    private List<String> names() throws Exception {
        return Stream.of(features.listFeatures()).filter(f -> f.getName().startsWith("violin-"))
                .filter(f -> f.getBundles().stream().anyMatch(b -> b.getLocation().contains("org.violin"))).map(Feature::getName).sorted().collect(toList());
    }

    /** The bundles that a feature names itself, as installed. */
    private List<Bundle> brought(String feature) throws Exception {
        List<String> locations = features.getFeature(feature).getBundles().stream().map(b -> b.getLocation()).collect(toList());
        return ours().stream().filter(b -> locations.contains(b.getLocation())).collect(toList());
    }
}
