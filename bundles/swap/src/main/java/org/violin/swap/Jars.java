// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.osgi.framework.Constants;
import org.violin.api.model.Refused;

/** Finds the jar that a person names: a path, a URL, or {@code SYMBOLIC-NAME/VERSION} in the container's system repository. */
final class Jars {
    private static final List<String> PROTOCOLS = List.of("file", "mvn");
    private static final String NAME_AND_VERSION = "[A-Za-z0-9._-]+/[0-9][A-Za-z0-9._-]*";

    private final Path repository;

    /** @param repository laid out as Maven's */
    Jars(Path repository) {
        this.repository = repository;
    }

    /** A word of a role, not a jar. */
    static boolean isKind(String provider) {
        return provider.matches("[a-z0-9][a-z0-9-]{0,30}");
    }

    URL find(String provider) throws Refused {
        try {
            if (provider.matches("[a-z]+:.*")) {
                String protocol = provider.substring(0, provider.indexOf(':'));
                if (!PROTOCOLS.contains(protocol)) throw refused(provider, "a jar's URL begins with " + String.join(": or ", PROTOCOLS) + ":");
                return new URL(provider);
            }
            if (!provider.endsWith(".jar") && provider.matches(NAME_AND_VERSION)) return inRepository(provider);
            Path path = Path.of(provider).toAbsolutePath();
            if (!Files.isRegularFile(path)) throw refused(provider, "there is no such file on this overlay host");
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw refused(provider, e.getMessage());
        } catch (IOException e) {
            throw refused(provider, e.toString());
        }
    }

    private URL inRepository(String provider) throws IOException, Refused {
        String name = provider.substring(0, provider.indexOf('/'));
        String version = provider.substring(provider.indexOf('/') + 1).replace("-SNAPSHOT", ".SNAPSHOT");
        if (!Files.isDirectory(repository)) throw refused(provider, "there is no repository " + repository);
        List<Path> jars;
        try (Stream<Path> all = Files.walk(repository)) {
            jars = all.filter(p -> p.getFileName().toString().endsWith(".jar")).sorted().toList();
        }
        for (Path jar : jars) {
            try (JarFile file = new JarFile(jar.toFile())) {
                Manifest manifest = file.getManifest();
                if (manifest == null) continue;
                String symbolic = manifest.getMainAttributes().getValue(Constants.BUNDLE_SYMBOLICNAME);
                if (symbolic == null || !symbolic.replaceAll(";.*", "").trim().equals(name)) continue;
                if (version.equals(manifest.getMainAttributes().getValue(Constants.BUNDLE_VERSION))) return jar.toUri().toURL();
            }
        }
        throw refused(provider, "no such bundle in " + repository);
    }

    private static Refused refused(String value, String rule) {
        return new Refused("swap", value, rule);
    }
}
