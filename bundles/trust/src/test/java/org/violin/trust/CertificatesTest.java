// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.violin.testkit.cluster.Eventually.eventually;

import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.violin.api.cluster.HostInfo;
import org.violin.testkit.cluster.MemoryMembers;

/** What certificates say, which are believed, and that they are renewed. */
class CertificatesTest {
    private final Lab.ShiftedClock clock = new Lab.ShiftedClock();
    private final AuthorityKeys authority = AuthorityKeys.make("host1", clock.millis() / 1000);
    private final KeyPair keys = Crypto.ecKeys();
    private final byte[] tunnelKey = Crypto.tunnelKeys().generatePublicKey().getEncoded();

    @Test
    void a_hosts_certificate_has_name_address_and_tunnel_key_for_both_roles() throws Exception {
        Anchor anchor = new Anchor(authority.certificate(), clock);
        X509Certificate x509 = host("host2", 0);
        HostCertificate host = anchor.verify(x509);
        assertEquals("host2", host.name());
        assertEquals(Crypto.hex(tunnelKey), host.tunnelKey());
        assertEquals("[[6, " + HostCertificate.TUNNEL_URI + Crypto.hex(tunnelKey) + "], [2, host2], [7, 10.0.0.2]]",
                List.copyOf(x509.getSubjectAlternativeNames()).toString());
        assertEquals(2, x509.getExtendedKeyUsage().size());
        assertEquals("host1", anchor.authorityName());
        assertNotEquals(x509.getSerialNumber(), host("host2", 0).getSerialNumber());
        for (String name : List.of("under_score", "dot.", "a..b", "x".repeat(63), "UPPER-1.lab")) assertEquals(name, anchor.verify(host(name, 0)).name());
    }

    @Test
    void only_the_authoritys_certificates_are_believed_and_only_in_their_time() throws Exception {
        Anchor anchor = new Anchor(authority.certificate(), clock);
        AuthorityKeys twin = AuthorityKeys.make("host1", clock.millis() / 1000);
        X509Certificate forged = Certificates.host(twin, "host2", "10.0.0.2", keys.getPublic(), tunnelKey, clock.millis() / 1000);
        assertThrows(CertificateException.class, () -> anchor.verify(forged), "the same name of the authority, another key");
        assertThrows(CertificateException.class, () -> anchor.verify(authority.certificate()), "an authority is no host");
        assertThrows(CertificateException.class, () -> new Anchor(host("host2", 0), clock), "a host is no authority");
        assertEquals("host2", anchor.verify(host("host2", 3_600)).name(), "a clock that is an hour ahead");
        assertThrows(CertificateException.class, () -> anchor.verify(host("host2", 2 * Anchor.SKEW_SECONDS)));
        X509Certificate sound = host("host2", 0);
        clock.shift(Duration.ofDays(366));
        assertThrows(CertificateException.class, () -> anchor.verify(sound));
    }

    @Test
    void a_request_proves_its_key_and_name() {
        int refused = 0;
        byte[] request = Certificates.request("host2", keys);
        assertEquals(keys.getPublic(), Certificates.requested("host2", request));
        assertThrows(IllegalArgumentException.class, () -> Certificates.requested("host3", request));
        for (int i = 0; i < request.length; i++) {
            byte[] changed = request.clone();
            changed[i] ^= 1;
            try {
                assertEquals(keys.getPublic(), Certificates.requested("host2", changed), "byte " + i + ": never another key");
            } catch (IllegalArgumentException e) {
                refused++;
            }
        }
        assertTrue(refused > request.length * 9 / 10, "only what means nothing may be changed: " + refused + " of " + request.length);
    }

    /** The first test vector of RFC 7748 5.2, and keys of small order. */
    @Test
    void x25519_is_x25519() {
        HexFormat hex = HexFormat.of();
        X25519PrivateKeyParameters scalar =
                new X25519PrivateKeyParameters(hex.parseHex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"), 0);
        assertArrayEquals(hex.parseHex("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"),
                Crypto.agree(scalar, hex.parseHex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c")));
        byte[] one = new byte[32];
        one[0] = 1;
        assertThrows(IllegalArgumentException.class, () -> Crypto.agree(scalar, one));
        assertThrows(IllegalArgumentException.class, () -> Crypto.agree(scalar, new byte[32]));
        assertThrows(IllegalArgumentException.class, () -> Crypto.agree(scalar, new byte[31]));
    }

    @Test
    void expulsions_merge_and_are_read_back() {
        Expulsion first = new Expulsion("h", 5, 10, List.of("a1"), List.of("b1"));
        Expulsion second = new Expulsion("h", 7, 9, List.of("a2", "a1"), List.of("b2"));
        Expulsion both = first.merge(second);
        assertEquals(new Expulsion("h", 7, 10, List.of("a2", "a1"), List.of("b2", "b1")), both);
        assertEquals(both, second.merge(first));
        assertEquals(both, Expulsion.parse("h", both.text(), 10));
        assertThrows(IllegalArgumentException.class, () -> Expulsion.parse("h", both.text(), 9));
        assertThrows(IllegalArgumentException.class, () -> Expulsion.parse("g", both.text(), 10));
        Expulsion grown = first;
        for (int i = 0; i < 200; i++) grown = grown.merge(new Expulsion("h", 100 + i, 10, List.of(Integer.toHexString(i)), List.of()));
        assertEquals(64, grown.serials().size());
    }

    @Test
    void certificates_are_renewed_in_the_last_third_of_their_life(@TempDir Path root) throws Exception {
        try (Lab lab = new Lab(root)) {
            HostTrust one = lab.authority("host1");
            HostTrust two = lab.member("host2", one);
            String ownBefore = Lab.identity(one).certificate();
            String before = Lab.identity(two).certificate();
            byte[] tunnel = Lab.identity(two).tunnelKey();
            lab.clock.shift(Duration.ofDays(240));
            eventually("not yet", () -> Lab.identity(two).certificate().equals(before));
            lab.clock.shift(Duration.ofDays(10));
            eventually("both are renewed", () -> !Lab.identity(two).certificate().equals(before) && !Lab.identity(one).certificate().equals(ownBefore));
            assertArrayEquals(tunnel, Lab.identity(one).tunnelKey("host2").orElseThrow());
            lab.clock.shift(Duration.ofDays(200));
            Lab.Door door = lab.door(Lab.identity(one));
            assertEquals("host1", TlsCalls.once(Lab.identity(two), door.port()), "the old certificates have ended");
            lab.stop(two);
            HostTrust again = lab.joiner("host2", one.port());
            eventually("the renewed one is on disk", () -> again.identity().isPresent());
        }
    }

    @Test
    void members_certificates_are_learnt_when_they_are_what_they_say(@TempDir Path root) throws Exception {
        try (Lab lab = new Lab(root)) {
            HostTrust one = lab.authority("host1");
            HostTrust two = lab.member("host2", one);
            HostTrust three = lab.member("host3", one);
            MemoryMembers members = new MemoryMembers("host2", List.of(MemoryMembers.host("host2"), shown("host1", Lab.identity(one).certificate()),
                    shown("host4", Lab.identity(three).certificate()), shown("host5", "rubbish")));
            two.members(members);
            eventually("host1 is learnt", () -> Lab.identity(two).tunnelKey("host1").isPresent());
            assertTrue(Lab.identity(two).tunnelKey("host4").isEmpty(), "the certificate of another");
            assertTrue(Lab.identity(two).tunnelKey("host3").isEmpty());
            assertFalse(Lab.identity(two).host(Lab.identity(three).tunnelKey()).isPresent());
            members.setHosts(List.of(MemoryMembers.host("host2"), shown("host3", Lab.identity(three).certificate())));
            eventually("host3 is learnt", () -> Lab.identity(two).host(Lab.identity(three).tunnelKey()).isPresent());
        }
    }

    private static HostInfo shown(String name, String certificate) {
        HostInfo h = MemoryMembers.host(name);
        return new HostInfo(h.name(), h.address(), h.tunnelPort(), h.controlPort(), h.jmxPort(), h.cpus(), h.memoryBytes(), h.runtimes(), h.version(),
                h.incarnation(), h.startedMillis(), certificate);
    }

    private X509Certificate host(String name, long later) {
        return Certificates.host(authority, name, "10.0.0.2", keys.getPublic(), tunnelKey, clock.millis() / 1000 + later);
    }
}
