// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.violin.testkit.cluster.Eventually.eventually;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.violin.testkit.cluster.MemoryMembers;

/** Whom the authority does not let in, and whom a joiner does not believe. */
class RefusalTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path root;

    private Lab lab;
    private HostTrust one;

    @BeforeEach
    void open() throws Exception {
        lab = new Lab(root);
        one = lab.authority("host1");
    }

    @AfterEach
    void close() throws Exception {
        lab.close();
    }

    @Test
    void a_used_token_is_refused_and_the_joiner_stops() throws Exception {
        String token = one.token("", HOUR);
        assertEquals("host2", enrol("host2", token));
        assertRefused("used already", "host3", token);
        lab.putToken("host3", token);
        HostTrust three = lab.joiner("host3", one.port());
        eventually("it stops", () -> three.trouble().contains("does not let this host in"));
        assertTrue(three.identity().isEmpty());
        assertTrue(Files.exists(lab.tokenFile("host3")));
        lab.putToken("host3", one.token("", HOUR));
        eventually("another token lets it in", () -> three.identity().isPresent());
        assertTrue(lab.events.stream().anyMatch(e -> e.startsWith("host/refused")), lab.events::toString);
        String secret = token.split("\\.")[2];
        assertFalse(lab.events.toString().contains(secret));
    }

    @Test
    void an_expired_token_is_refused() throws Exception {
        String token = one.token("", HOUR);
        lab.clock.shift(Duration.ofMinutes(61));
        assertRefused("expired", "host2", token);
        assertEquals(List.of(), one.tokens());
    }

    @Test
    void a_wrong_secret_does_not_reach_the_authority() throws Exception {
        String[] parts = one.token("", HOUR).split("\\.", 5);
        char changed = parts[2].charAt(0) == '0' ? '1' : '0';
        parts[2] = changed + parts[2].substring(1);
        IOException refused = assertThrows(IOException.class, () -> enrol("host2", String.join(".", parts)));
        assertTrue(refused.getMessage().contains("does not know the token's secret"), refused.getMessage());
        assertFalse(refused.getMessage().contains(parts[2]));
        assertEquals(1, one.tokens().size(), "the token may still be used by who has it right");
    }

    @Test
    void an_unknown_token_is_refused() throws Exception {
        String[] parts = one.token("", HOUR).split("\\.", 5);
        parts[1] = "0123456789abcdef";
        assertRefused("unknown", "host2", String.join(".", parts));
    }

    @Test
    void of_two_that_use_one_token_at_once_one_wins() throws Exception {
        ExecutorService both = Executors.newFixedThreadPool(6);
        for (int round = 0; round < 5; round++) {
            String token = one.token("", HOUR);
            List<Callable<Boolean>> tries = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                String name = "host-" + round + "-" + i;
                tries.add(() -> {
                    try {
                        return enrol(name, token).equals(name);
                    } catch (Refusal e) {
                        return false;
                    }
                });
            }
            int winners = 0;
            for (Future<Boolean> each : both.invokeAll(tries)) if (each.get()) winners++;
            assertEquals(1, winners);
        }
        both.shutdownNow();
        assertEquals(1 + 5, Lab.identity(one).roll().known().size());
    }

    @Test
    void a_bound_token_is_good_for_its_name_only() throws Exception {
        String token = one.token("host2", HOUR);
        assertRefused("is for host 'host2'", "host3", token);
        assertEquals("host2", enrol("host2", token), "a mistake with the name does not use it up");
    }

    @Test
    void the_name_of_an_admitted_host_is_not_given_away() throws Exception {
        enrol("host2", one.token("", HOUR));
        assertRefused("is taken", "host2", one.token("", HOUR));
        assertRefused("is taken", "host1", one.token("", HOUR));
        assertRefused("is taken", "host1", one.token("host1", HOUR));
        one.members(new MemoryMembers("host1", List.of(MemoryMembers.host("host1"), MemoryMembers.host("host2"))));
        String bound = one.token("host2", HOUR);
        assertRefused("is taken", "host2", bound);
    }

    @Test
    void a_bound_token_replaces_a_host_that_is_not_joined_and_its_old_keys_are_worthless() throws Exception {
        HostKeys lost = keys("host2", one.token("", HOUR));
        assertEquals("host2", enrol("host2", one.token("host2", HOUR)));
        HostCertificate old = HostCertificate.of(lost.certificate());
        assertTrue(Lab.identity(one).roll().covers(old));
        assertFalse(one.expelled().contains("host2"), "the new one is in");
    }

    @Test
    void bad_names_and_requests_are_refused() throws Exception {
        String token = one.token("", HOUR);
        assertRefused("name is not good", "-host", token);
        assertEquals("under_score.host", enrol("under_score.host", token), "no DNS name, but a good one here");
    }

    @Test
    void an_open_or_broken_token_file_is_not_used() throws Exception {
        String token = one.token("", HOUR);
        Path file = lab.keys("host1").resolve("tokens").resolve(token.split("\\.")[1]);
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        assertRefused("not usable", "host2", token);
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        assertEquals("host2", enrol("host2", token));
        KeyFolder.writeSecret(lab.keys("host1").resolve("tokens").resolve("00112233445566aa"), "secret 12\n");
        assertEquals(List.of(), one.tokens());
    }

    @Test
    void a_token_that_a_launcher_wrote_is_good() throws Exception {
        String secret = "ab".repeat(32);
        long expires = lab.clock.millis() / 1000 + 600;
        KeyFolder.writeSecret(lab.keys("host1").resolve("tokens").resolve("00112233445566aa"),
                "secret " + secret + "\nexpires " + expires + "\nhost host2\n");
        assertEquals("host2", enrol("host2", "violin1.00112233445566aa." + secret + "." + expires + ".127.0.0.1:" + one.port()));
    }

    @Test
    void a_token_may_be_written_before_the_authority_starts_for_the_first_time() throws Exception {
        String secret = "cd".repeat(32);
        long expires = lab.clock.millis() / 1000 + 600;
        Path tokens = new KeyFolder(lab.keys("first")).subfolder("tokens");
        KeyFolder.writeSecret(tokens.resolve("00112233445566aa"), "secret " + secret + "\nexpires " + expires + "\n");
        HostTrust first = lab.authority("first");
        lab.putToken("second", "violin1.00112233445566aa." + secret + "." + expires + ".127.0.0.1:4791");
        HostTrust second = lab.joiner("second", first.port());
        eventually("admitted", () -> second.identity().isPresent());
    }

    @Test
    void a_man_in_the_middle_with_another_certificate_learns_nothing_of_use() throws Exception {
        try (Middle middle = new Middle(one.port())) {
            EnrolmentClient client = new EnrolmentClient("host2", "127.0.0.1", lab.clock, 10_000);
            JoinToken token = token(one.token("", HOUR));
            IOException refused = assertThrows(IOException.class,
                    () -> client.enrol(new InetSocketAddress(InetAddress.getLoopbackAddress(), middle.port()), token));
            assertTrue(refused.getMessage().contains("in between"), refused.getMessage());
            assertTrue(middle.heard().startsWith("violin-enrol 1\ntoken " + token.id()), middle.heard());
            assertFalse(middle.heard().contains("violin-host"), "the joiner says no more than the token's id");
            assertFalse(middle.heard().contains(Crypto.hex(token.secret())));
            assertEquals(1, one.tokens().size());
        }
    }

    @Test
    void no_secret_is_in_any_text_of_ours() throws Exception {
        JoinToken token = token(one.token("", HOUR));
        HostKeys keys = keys("host2", one.token("", HOUR));
        String texts = token + " " + keys + " " + Lab.identity(one) + " " + one.tokens() + " " + lab.events + one.trouble();
        assertFalse(texts.contains(Crypto.hex(token.secret())) || texts.contains(Lab.identity(one).labSecret()));
        try (Stream<String> ids = one.tokens().stream().map(t -> t.id())) {
            assertEquals(List.of(token.id()), ids.toList());
        }
    }

    private void assertRefused(String why, String name, String token) {
        Refusal refused = assertThrows(Refusal.class, () -> enrol(name, token));
        assertTrue(refused.getMessage().contains(why), refused.getMessage());
    }

    private String enrol(String name, String token) throws Exception {
        return HostCertificate.of(keys(name, token).certificate()).name();
    }

    private HostKeys keys(String name, String text) throws Exception {
        return new EnrolmentClient(name, "127.0.0.1", lab.clock, 10_000)
                .enrol(new InetSocketAddress(InetAddress.getLoopbackAddress(), one.port()), token(text));
    }

    private JoinToken token(String text) throws Exception {
        Path file = Files.createTempFile(root, "token", "");
        Files.delete(file);
        KeyFolder.writeSecret(file, text + "\n");
        return JoinToken.read(file);
    }
}
