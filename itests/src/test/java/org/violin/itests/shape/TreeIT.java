// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.shape;

import static java.util.stream.Collectors.toList;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The shape of the tree that ARCHITECTURE.md promises, read from sources and from the manifests of the built jars. */
class TreeIT {
    private static final Path ROOT = Path.of(System.getProperty("violin.root", "..")).toAbsolutePath().normalize();
    private static final Set<String> EXPORTING = Set.of("api", "frame", "linux", "placement", "testkit");
    private static final Pattern FORBIDDEN = Pattern.compile(".*(Manager|Helper|Utils?|Impl)\\.java");
    private static final int MAX_LINES = 600;

    private static List<Path> bundles() throws IOException {
        try (Stream<Path> folders = Files.list(ROOT.resolve("bundles"))) {
            return folders.filter(f -> Files.exists(f.resolve("pom.xml"))).sorted().collect(toList());
        }
    }

    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (Path bundle : bundles()) {
            try (Stream<Path> files = Files.walk(bundle.resolve("src"))) {
                files.filter(f -> f.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        return sources;
    }

    private static Attributes manifest(Path bundle) throws IOException {
        try (Stream<Path> jars = Files.list(bundle.resolve("target"))) {
            Path jar = jars.filter(j -> j.getFileName().toString().matches("violin-[a-z-]+-\\d[^/]*\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no jar in " + bundle + "/target; build first"));
            try (JarFile file = new JarFile(jar.toFile())) {
                return file.getManifest().getMainAttributes();
            }
        }
    }

    private static List<String> packages(Attributes manifest, String header) {
        String value = manifest.getValue(header);
        if (value == null) return List.of();
        String bare = value.replaceAll("\"[^\"]*\"", "");
        return Stream.of(bare.split(",")).map(p -> p.replaceAll(";.*", "").trim()).collect(toList());
    }

    @Test
    void oneWordFindsFolderArtifactAndSymbolicName() throws IOException {
        assertTrue(bundles().size() >= 16, bundles().toString());
        for (Path bundle : bundles()) {
            String word = bundle.getFileName().toString();
            assertEquals("org.violin." + word.replace('-', '.'), manifest(bundle).getValue("Bundle-SymbolicName"));
            Path rootPackage = bundle.resolve("src/main/java/org/violin").resolve(word.replace('-', '/'));
            assertTrue(Files.isDirectory(rootPackage), rootPackage + " is the root package");
        }
    }

    @Test
    void onlyTheSharedBundlesExportPackages() throws IOException {
        for (Path bundle : bundles()) {
            List<String> exported = packages(manifest(bundle), "Export-Package");
            boolean may = EXPORTING.contains(bundle.getFileName().toString());
            assertEquals(may, !exported.isEmpty(), bundle.getFileName() + " exports " + exported);
        }
    }

    @Test
    void nothingImportsAPluginsPackage() throws IOException {
        Set<String> open = new TreeSet<>();
        for (Path bundle : bundles()) open.addAll(packages(manifest(bundle), "Export-Package"));
        for (Path bundle : bundles()) {
            for (String imported : packages(manifest(bundle), "Import-Package")) {
                if (imported.startsWith("org.violin.")) assertTrue(open.contains(imported), bundle.getFileName() + " imports " + imported);
            }
            if (!bundle.getFileName().toString().equals("testkit")) {
                assertTrue(packages(manifest(bundle), "Import-Package").stream().noneMatch(p -> p.startsWith("org.violin.testkit")));
            }
        }
    }

    @Test
    void everyBundleHasAReadmeOfReadableLength() throws IOException {
        for (Path bundle : bundles()) {
            if (bundle.getFileName().toString().equals("api")) continue;
            Path readme = bundle.resolve("README.md");
            assertTrue(Files.exists(readme), readme.toString());
            long lines = Files.readAllLines(readme).size();
            assertTrue(lines <= 140, readme + " has " + lines + " lines");
        }
    }

    @Test
    void filesAreShortAndNamedForWhatTheyAre() throws IOException {
        for (Path source : sources()) {
            long lines = Files.readAllLines(source).size();
            assertTrue(lines <= MAX_LINES, source + " has " + lines + " lines, the limit is " + MAX_LINES);
            assertTrue(!FORBIDDEN.matcher(source.getFileName().toString()).matches(), source + ": say what it is");
            assertTrue(Files.readString(source).startsWith("// SPDX-License-Identifier: Apache-2.0"), source + ": first line");
        }
    }
}
