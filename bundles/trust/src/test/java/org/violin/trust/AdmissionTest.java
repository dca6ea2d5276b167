// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.violin.testkit.cluster.Eventually.eventually;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.violin.api.cluster.Admission;
import org.violin.api.cluster.StateException;

/** Hosts that join an authority with tokens, over real sockets. */
class AdmissionTest {
    @TempDir
    Path root;

    private Lab lab;

    @BeforeEach
    void open() {
        lab = new Lab(root);
    }

    @AfterEach
    void close() throws Exception {
        lab.close();
    }

    @Test
    void a_host_with_a_token_is_admitted_and_the_token_is_gone() throws Exception {
        HostTrust one = lab.authority("host1");
        HostTrust two = lab.member("host2", one);
        HostIdentity a = Lab.identity(one);
        HostIdentity b = Lab.identity(two);
        assertEquals("host2", b.name());
        assertEquals(a.labSecret(), b.labSecret());
        assertArrayEquals(b.tunnelKey(), a.tunnelKey("host2").orElseThrow());
        assertEquals(Optional.of("host2"), a.host(b.tunnelKey()));
        assertArrayEquals(a.agree(b.tunnelKey()), b.agree(a.tunnelKey()));
        assertFalse(Files.exists(lab.tokenFile("host2")));
        assertEquals(List.of(), one.tokens());
        assertTrue(lab.events.stream().anyMatch(e -> e.startsWith("host/admitted host2")), lab.events::toString);
        assertEquals("", two.trouble());
    }

    @Test
    void all_files_are_the_owners_alone() throws Exception {
        HostTrust one = lab.authority("host1");
        lab.member("host2", one);
        one.token("", Duration.ofHours(1));
        List<Path> seen = new ArrayList<>();
        for (String host : List.of("host1", "host2")) {
            try (Stream<Path> files = Files.walk(lab.keys(host))) {
                for (Path file : files.toList()) {
                    String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
                    assertEquals(Files.isDirectory(file) ? "rwx------" : "rw-------", mode, file.toString());
                    seen.add(file);
                }
            }
        }
        assertTrue(seen.size() >= 9, seen::toString);
    }

    @Test
    void both_hosts_talk_over_tls_and_know_each_other() throws Exception {
        HostTrust one = lab.authority("host1");
        HostTrust two = lab.member("host2", one);
        Lab.Door door = lab.door(Lab.identity(one));
        assertEquals("host1", TlsCalls.once(Lab.identity(two), door.port()));
        assertEquals(List.of("host2"), door.served);
    }

    @Test
    void a_restart_keeps_the_identity_without_the_authority() throws Exception {
        HostTrust one = lab.authority("host1");
        HostTrust two = lab.member("host2", one);
        byte[] key = Lab.identity(two).tunnelKey();
        byte[] other = Lab.identity(one).tunnelKey();
        Lab.identity(two).roll().learn(Lab.identity(two).roll().believe(Lab.identity(one).keys().certificate()));
        lab.stop(one);
        lab.stop(two);
        HostTrust again = lab.joiner("host2", 1);
        eventually("the identity is back", () -> again.identity().isPresent());
        assertArrayEquals(key, Lab.identity(again).tunnelKey());
        assertArrayEquals(other, Lab.identity(again).tunnelKey("host1").orElseThrow(), "known from the cache on disk");
        HostTrust authority = lab.authority("host1");
        assertArrayEquals(other, Lab.identity(authority).tunnelKey());
    }

    @Test
    void a_joiner_waits_for_an_authority_that_is_not_there_yet() throws Exception {
        HostTrust one = lab.authority("host1");
        String token = one.token("", Duration.ofHours(1));
        int port = one.port();
        lab.stop(one);
        lab.putToken("host2", token);
        HostTrust two = lab.joiner("host2", port);
        eventually("it says that it tries", () -> two.trouble().contains("tried again"));
        assertTrue(two.identity().isEmpty());
        Settings settings = new Settings("host1", "127.0.0.1", lab.keys("host1"), "", port, lab.tokenFile("host1"));
        try (HostTrust again = new HostTrust(settings, lab.clock, new Guard(Lab.PATIENT, System::nanoTime), (t, s, x) -> {}, i -> {})) {
            again.start();
            eventually("host2 is admitted after all", () -> two.identity().isPresent());
        }
    }

    @Test
    void tokens_are_listed_without_secrets_expire_and_are_swept() throws Exception {
        HostTrust one = lab.authority("host1");
        String any = one.token("", Duration.ofHours(1));
        String bound = one.token("host7", Duration.ofHours(2));
        assertNotEquals(any, bound);
        List<Admission.Token> tokens = one.tokens();
        assertEquals(List.of("", "host7"), tokens.stream().map(Admission.Token::host).toList());
        assertEquals(any.split("\\.")[1], tokens.get(0).id());
        assertTrue(tokens.get(0).expiresMillis() > lab.clock.millis());
        lab.clock.shift(Duration.ofMinutes(90));
        assertEquals(List.of("host7"), one.tokens().stream().map(Admission.Token::host).toList());
        assertThrows(IllegalArgumentException.class, () -> one.token("", Duration.ofDays(8)));
        assertThrows(IllegalArgumentException.class, () -> one.token("no name", Duration.ofDays(1)));
        HostTrust two = lab.member("host2", one);
        StateException refused = assertThrows(StateException.class, () -> two.token("", Duration.ofHours(1)));
        assertTrue(refused.getMessage().contains("not the authority"));
        assertFalse(two.authority());
        assertTrue(one.authority());
    }
}
