// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.violin.testkit.cluster.Eventually.eventually;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each file of keys, each kind of damage: one error with file and cure, no identity, nothing written over. */
class KeyFilesTest {
    @TempDir
    Path root;

    private Lab lab;
    private HostTrust one;

    @BeforeEach
    void open() throws Exception {
        lab = new Lab(root);
        one = lab.authority("host1");
        HostTrust two = lab.member("host2", one);
        Lab.identity(one).roll().expel(new Expulsion("host9", 1, 1, java.util.List.of("1"), java.util.List.of("2")));
        Lab.identity(two).roll().expel(new Expulsion("host9", 1, 1, java.util.List.of("1"), java.util.List.of("2")));
        lab.stop(one);
        lab.stop(two);
    }

    @AfterEach
    void close() throws Exception {
        lab.close();
    }

    @Test
    void damage_of_any_file_is_told_and_nothing_is_made_anew() throws Exception {
        for (String file : new String[] {"authority.pem", "host.pem", "known", "expelled"}) check("host1", file);
        for (String file : new String[] {"host.pem", "known", "expelled"}) check("host2", file);
    }

    private void check(String host, String file) throws Exception {
        Path path = lab.keys(host).resolve(file);
        byte[] sound = Files.readAllBytes(path);
        byte[] flipped = sound.clone();
        flipped[flipped.length / 2] ^= 1;
        byte[] headless = Arrays.copyOfRange(sound, new String(sound, "US-ASCII").indexOf('\n') + 1, sound.length);
        for (byte[] damaged : new byte[][] {new byte[0], Arrays.copyOf(sound, sound.length - 1), Arrays.copyOf(sound, 100), flipped, headless,
            new byte[3000]}) {
            Files.write(path, damaged);
            refused(host, path, "is damaged");
        }
        Files.write(path, sound);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
        refused(host, path, "chmod 600");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        Path aside = root.resolve("aside");
        Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
        Files.createDirectory(path);
        refused(host, path, "no plain file");
        Files.delete(path);
        Files.createSymbolicLink(path, aside);
        refused(host, path, "no plain file");
        Files.delete(path);
        Files.move(aside, path);
    }

    @Test
    void lost_keys_are_told_and_not_made_anew() throws Exception {
        Files.move(lab.keys("host1").resolve("host.pem"), root.resolve("h"));
        refused("host1", lab.keys("host1").resolve("host.pem"), "is lost");
        Files.move(root.resolve("h"), lab.keys("host1").resolve("host.pem"));
        Files.move(lab.keys("host1").resolve("authority.pem"), root.resolve("a"));
        refused("host1", lab.keys("host1").resolve("authority.pem"), "is lost");
        Files.move(lab.keys("host2").resolve("host.pem"), root.resolve("h2"));
        refused("host2", lab.tokenFile("host2"), "no token to join with");
    }

    @Test
    void keys_that_do_not_fit_together_are_told() throws Exception {
        KeyFolder folder = new KeyFolder(lab.keys("host2"));
        HostKeys keys = HostKeys.load(folder, "host2", Clock.systemUTC()).orElseThrow();
        HostKeys other = HostKeys.load(new KeyFolder(lab.keys("host1")), "host1", Clock.systemUTC()).orElseThrow();
        AuthorityKeys strange = AuthorityKeys.make("host1", lab.clock.millis() / 1000);
        Path path = folder.path("host.pem");
        for (HostKeys mixed : new HostKeys[] {
            new HostKeys(other.secret(), keys.tunnel(), keys.certificate(), keys.authority(), keys.labSecret()),
            new HostKeys(keys.secret(), other.tunnel(), keys.certificate(), keys.authority(), keys.labSecret()),
            new HostKeys(keys.secret(), keys.tunnel(), other.certificate(), keys.authority(), keys.labSecret()),
            new HostKeys(keys.secret(), keys.tunnel(), keys.certificate(), strange.certificate(), keys.labSecret()),
            new HostKeys(keys.secret(), keys.tunnel(), keys.certificate(), keys.certificate(), keys.labSecret()),
            new HostKeys(keys.secret(), keys.tunnel(), keys.certificate(), keys.authority(), new byte[3])}) {
            mixed.save(folder);
            refused("host2", path, "is damaged or expired");
        }
        other.save(folder);
        refused("host2", path, "is of host 'host1'");
        keys.save(folder);
        new KeyFolder(lab.keys("host1"));
        strange.save(new KeyFolder(lab.keys("host1")));
        refused("host1", lab.keys("host1").resolve("host.pem"), "another lab");
    }

    @Test
    void an_open_folder_is_told_and_mended_without_a_restart() throws Exception {
        Files.setPosixFilePermissions(lab.keys("host2"), PosixFilePermissions.fromString("rwxr-xr-x"));
        HostTrust two = lab.joiner("host2", 1);
        eventually("it is told", () -> two.trouble().contains("chmod 700 " + lab.keys("host2")));
        Files.setPosixFilePermissions(lab.keys("host2"), PosixFilePermissions.fromString("rwx------"));
        eventually("mended", () -> two.identity().isPresent());
        assertEquals("", two.trouble());
    }

    @Test
    void damaged_keys_are_not_replaced_even_with_a_token() throws Exception {
        HostTrust authority = lab.authority("host1");
        byte[] broken = {1, 2, 3};
        Files.write(lab.keys("host2").resolve("host.pem"), broken);
        HostTrust two = lab.joiner("host2", authority);
        eventually("it is told", () -> two.trouble().contains("host.pem"));
        assertTrue(two.identity().isEmpty());
        assertArrayEquals(broken, Files.readAllBytes(lab.keys("host2").resolve("host.pem")));
        assertEquals(1, authority.tokens().size());
    }

    @Test
    void an_open_or_senseless_token_file_is_told() throws Exception {
        Files.delete(lab.keys("host2").resolve("host.pem"));
        lab.putToken("host2", "violin1.nonsense");
        refused("host2", lab.tokenFile("host2"), "is no token");
        lab.putToken("host2", "violin1.0011223344556677." + "a".repeat(64) + ".1.x:1");
        Files.setPosixFilePermissions(lab.tokenFile("host2"), PosixFilePermissions.fromString("rw-rw-rw-"));
        refused("host2", lab.tokenFile("host2"), "chmod 600");
    }

    @Test
    void an_expired_certificate_is_told() throws Exception {
        lab.clock.shift(Duration.ofDays(400));
        refused("host2", lab.keys("host2").resolve("host.pem"), "expired");
    }

    @Test
    void a_write_that_breaks_off_leaves_the_old_file() throws Exception {
        KeyFolder folder = new KeyFolder(lab.keys("host2"));
        folder.write("x", "one\n");
        Files.createDirectory(folder.path("y"));
        Files.createFile(folder.path("y").resolve("in it"));
        assertThrows(KeyFileException.class, () -> folder.write("y", "two\n"));
        assertEquals("one\n", folder.read("x", "").orElseThrow());
        try (Stream<Path> files = Files.list(lab.keys("host2"))) {
            assertFalse(files.anyMatch(f -> f.getFileName().toString().endsWith(".new")));
        }
    }

    /** Starts the host: it says that of the file, has no identity, and changes nothing. */
    private void refused(String host, Path file, String what) throws Exception {
        Map<String, String> before = contents(host);
        HostTrust trust = host.equals("host1") ? lab.authority(host, Lab.PATIENT) : lab.joiner(host, 1);
        eventually(file + " " + what + ", not: " + trust.trouble(), () -> trust.trouble().startsWith(file + ": ") && trust.trouble().contains(what));
        assertTrue(trust.identity().isEmpty());
        lab.stop(trust);
        assertEquals(before, contents(host));
    }

    private Map<String, String> contents(String host) throws Exception {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(lab.keys(host))) {
            for (Path file : files.toList()) {
                contents.put(file.toString(), Files.isRegularFile(file) ? Crypto.fingerprint(Files.readAllBytes(file)) : "");
            }
        }
        return contents;
    }
}
