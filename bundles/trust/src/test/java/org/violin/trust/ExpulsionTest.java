// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.violin.testkit.cluster.Eventually.eventually;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.StateException;
import org.violin.testkit.cluster.MemoryView;

/** A host that is expelled is nobody's peer any more. */
class ExpulsionTest {
    @TempDir
    Path root;

    private Lab lab;
    private HostTrust one;
    private HostTrust two;
    private HostTrust three;

    @BeforeEach
    void open() throws Exception {
        lab = new Lab(root);
        one = lab.authority("host1");
        two = lab.member("host2", one);
        three = lab.member("host3", one);
        for (HostTrust host : List.of(one, two, three)) {
            lab.share(host);
            for (HostTrust other : List.of(one, two, three)) learn(host, other);
        }
    }

    @AfterEach
    void close() throws Exception {
        lab.close();
    }

    @Test
    void all_hosts_forget_the_expelled_within_moments() throws Exception {
        byte[] key = Lab.identity(two).tunnelKey();
        AtomicInteger told = new AtomicInteger();
        Lab.identity(three).listen(told::incrementAndGet);
        assertEquals(Optional.of("host2"), Lab.identity(three).host(key));
        one.expel("host2");
        assertTrue(Lab.identity(one).expelled("host2"), "at once where it was said");
        eventually("host3 knows", () -> Lab.identity(three).expelled("host2") && told.get() > 0);
        eventually("host2 knows itself", () -> Lab.identity(two).expelled("host2"));
        assertEquals(Optional.empty(), Lab.identity(three).tunnelKey("host2"));
        assertEquals(Optional.empty(), Lab.identity(three).host(key));
        assertEquals(List.of("host2"), three.expelled());
        assertEquals(3, lab.events.stream().filter(e -> e.startsWith("host/expelled host2")).count(), lab.events::toString);
    }

    @Test
    void connections_are_cut_and_new_ones_refused_in_both_roles() throws Exception {
        Lab.Door atThree = lab.door(Lab.identity(three));
        Lab.Door atTwo = lab.door(Lab.identity(two));
        try (SSLSocket in = TlsCalls.open(Lab.identity(two), atThree.port()); SSLSocket out = TlsCalls.open(Lab.identity(three), atTwo.port())) {
            TlsCalls.exchange(in);
            TlsCalls.exchange(out);
            SSLSession session = out.getSession();
            assertEquals("host2", Lab.identity(three).peer(session));
            three.expel("host2");
            assertThrows(SSLPeerUnverifiedException.class, () -> Lab.identity(three).peer(session));
            eventually("the connection to it is cut", () -> fails(out));
            eventually("the connection from it is cut", () -> fails(in));
        }
        int served = atThree.served.size();
        assertThrows(IOException.class, () -> TlsCalls.once(Lab.identity(two), atThree.port()));
        assertThrows(IOException.class, () -> TlsCalls.once(Lab.identity(three), atTwo.port()));
        assertEquals(served, atThree.served.size());
        assertEquals("host3", TlsCalls.once(Lab.identity(one), atThree.port()), "others go on");
    }

    @Test
    void an_engine_with_the_expelled_is_cut() throws Exception {
        EnginePair pair = new EnginePair(Lab.identity(two).tls(), Lab.identity(three).tls());
        pair.handshake();
        pair.pass();
        three.expel("host2");
        assertThrows(IOException.class, pair::pass);
    }

    @Test
    void nothing_is_resumed_even_by_who_keeps_tickets() throws Exception {
        StolenKeys stolen = new StolenKeys(Lab.identity(two).keys());
        Lab.Door atThree = lab.door(Lab.identity(three));
        atThree.naive = true;
        for (int i = 0; i < 3; i++) stolen.call(atThree.port());
        try (StolenKeys.Server evil = stolen.server()) {
            for (int i = 0; i < 3; i++) naiveCall(evil.port());
            three.expel("host2");
            assertThrows(IOException.class, () -> stolen.call(atThree.port()));
            assertThrows(IOException.class, () -> naiveCall(evil.port()));
        }
    }

    @Test
    void tls_below_1_3_is_refused_whatever_the_caller_enables() throws Exception {
        StolenKeys keys = new StolenKeys(Lab.identity(two).keys());
        Lab.Door atThree = lab.door(Lab.identity(three));
        keys.call(atThree.port());
        keys.protocol("TLSv1.2");
        assertThrows(IOException.class, () -> keys.call(atThree.port()));
        try (StolenKeys.Server old = keys.server();
                SSLSocket socket = TlsCalls.open(Lab.identity(three), old.port())) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            assertThrows(IOException.class, () -> TlsCalls.exchange(socket));
        }
    }

    @Test
    void the_authority_stays_whoever_says_otherwise() throws Exception {
        assertThrows(StateException.class, () -> one.expel("host1"));
        assertThrows(StateException.class, () -> two.expel("host1"));
        assertThrows(StateException.class, () -> two.expel("nobody"));
        MemoryView evil = lab.state.view("evil");
        HostCertificate certificate = HostCertificate.of(Lab.identity(one).keys().certificate());
        evil.write("/expelled/host1", Expulsion.of(certificate, 5).text().getBytes(StandardCharsets.US_ASCII), SharedState.ANY);
        evil.write("/expelled/host3", "rubbish".getBytes(StandardCharsets.US_ASCII), SharedState.ANY);
        evil.write("/expelled/host2", new Expulsion("host2", 1, 99_999_999_999L, List.of(), List.of()).text().getBytes(StandardCharsets.US_ASCII),
                SharedState.ANY);
        one.expel("host3");
        eventually("rubbish is replaced", () -> Lab.identity(two).expelled("host3"));
        assertFalse(Lab.identity(two).expelled("host1"));
        assertFalse(Lab.identity(three).expelled("host2"), "no date in the far future is believed");
    }

    @Test
    void what_is_gone_from_the_shared_state_is_put_back_and_survives_a_restart() throws Exception {
        one.expel("host2");
        eventually("host3 knows", () -> Lab.identity(three).expelled("host2"));
        MemoryView evil = lab.state.view("evil");
        evil.delete("/expelled");
        eventually("it is back", () -> evil.read("/expelled/host2").isPresent());
        assertTrue(Lab.identity(three).expelled("host2"));
        lab.stop(three);
        HostTrust again = lab.joiner("host3", 1);
        eventually("host3 is back", () -> again.identity().isPresent());
        assertTrue(Lab.identity(again).expelled("host2"), "from the disk alone");
    }

    @Test
    void without_the_shared_state_expel_says_so_and_changes_nothing() throws Exception {
        one.state(null);
        assertThrows(StateException.class, () -> one.expel("host2"));
        assertFalse(Lab.identity(one).expelled("host2"));
        MemoryView view = lab.share(one);
        view.reachable(false);
        assertThrows(StateException.class, () -> one.expel("host2"));
        view.reachable(true);
        one.expel("host2");
        one.expel("host2");
        assertEquals(List.of("host2"), one.expelled());
    }

    @Test
    void the_expelled_comes_back_with_new_keys_and_the_old_ones_stay_worthless() throws Exception {
        HostKeys old = Lab.identity(two).keys();
        one.expel("host2");
        eventually("host2 knows", () -> Lab.identity(two).expelled("host2"));
        eventually("host3 knows", () -> Lab.identity(three).expelled("host2"));
        lab.putToken("host2", one.token("", java.time.Duration.ofHours(1)));
        eventually("it has new keys", () -> !Lab.identity(two).keys().equals(old));
        assertNotEquals(Crypto.hex(old.tunnelKey()), Crypto.hex(Lab.identity(two).tunnelKey()));
        assertFalse(Lab.identity(one).expelled("host2"));
        Lab.Door atThree = lab.door(Lab.identity(three));
        assertEquals("host3", TlsCalls.once(Lab.identity(two), atThree.port()));
        assertFalse(Lab.identity(three).expelled("host2"), "learnt in the handshake");
        assertArrayEquals(Lab.identity(two).tunnelKey(), Lab.identity(three).tunnelKey("host2").orElseThrow());
        assertThrows(IOException.class, () -> new StolenKeys(old).call(atThree.port()));
        one.expel("host2");
        eventually("out again", () -> Lab.identity(three).expelled("host2"));
    }

    private void naiveCall(int port) throws IOException {
        try (SSLSocket socket = TlsCalls.open(Lab.identity(three), port)) {
            TlsCalls.exchange(socket);
        }
    }

    private static boolean fails(SSLSocket socket) {
        try {
            TlsCalls.exchange(socket);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static void learn(HostTrust who, HostTrust whom) throws Exception {
        Roll roll = Lab.identity(who).roll();
        roll.learn(roll.believe(Lab.identity(whom).keys().certificate()));
    }
}
