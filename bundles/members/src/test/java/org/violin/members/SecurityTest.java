// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.violin.testkit.cluster.Eventually.eventually;

import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.NoAuthException;
import org.apache.zookeeper.server.NettyServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Identity;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.StateException;
import org.violin.testkit.cluster.MemoryAuthority;

class SecurityTest {
    private static final String MARKER = "value-that-nobody-else-may-read";

    @TempDir
    Path directory;
    private Lab lab;
    private Cluster one;

    @BeforeEach
    void begin() throws Exception {
        lab = new Lab(directory);
        one = joined(lab.first("host1"));
    }

    @AfterEach
    void end() {
        lab.close();
    }

    @Test
    void whoever_has_no_certificate_of_the_lab_gets_no_answer() throws Exception {
        String plain = Intruder.answer(new Socket("127.0.0.1", lab.port));
        assertTrue(plain.length() <= 7, "in clear text there is at most an alert of TLS, but: " + plain);
        assertEquals("", Intruder.answer(Intruder.connect(Intruder.nameless(), lab.port, "TLSv1.3")), "without a certificate");
        assertEquals("", Intruder.answer(Intruder.connect(Intruder.forger("host1", lab.authority.certificate()), lab.port, "TLSv1.3")),
                "with a forged certificate");
        assertEquals(41, Intruder.answer(Intruder.connect(lab.authority.identity("host2").tls(), lab.port, "TLSv1.3")).length(),
                "a member is answered");
    }

    @Test
    void nobody_is_talked_down_to_an_older_tls() throws Exception {
        try (SSLSocket old = Intruder.connect(lab.authority.identity("host2").tls(), lab.port, "TLSv1.2")) {
            assertThrows(SSLHandshakeException.class, old::startHandshake);
        }
    }

    @Test
    void a_host_of_another_lab_is_refused_and_sees_nothing() throws Exception {
        Cluster stranger = lab.start("host2", "127.0.0.1", "127.0.0.1", new MemoryAuthority());
        eventually("it is refused, but " + stranger.trouble(), () -> stranger.trouble().contains("of another lab"));
        assertFalse(stranger.connected());
        assertEquals(List.of("host1"), names(one));
        assertEquals(List.of("host2"), names(stranger));
        assertThrows(StateException.class, () -> stranger.state().read("/x"));
    }

    @Test
    void an_expelled_host_is_cut_off_at_once_and_for_good_and_the_others_go_on() throws Exception {
        Cluster two = joined(lab.start("host2", "127.0.0.1", "127.0.0.1", unaware(lab.authority.identity("host2"))));
        Cluster three = joined(lab.next("host3"));
        eventually("all see all", () -> names(one).size() == 3 && names(three).size() == 3);
        two.state().lock("apply", Duration.ofSeconds(5)).orElseThrow();
        Identity worthless = lab.authority.identity("host2");
        lab.authority.expel("host2");
        eventually("host2 is gone for the others", () -> names(one).equals(List.of("host1", "host3")) && names(three).equals(names(one)));
        three.state().lock("apply", Duration.ofSeconds(2)).orElseThrow(() -> new AssertionError("its lock is not free")).close();
        eventually("it knows why, but " + two.trouble(), () -> two.trouble().contains("was expelled"));
        assertFalse(two.connected());
        assertThrows(StateException.class, () -> two.state().read("/x"));
        three.state().write("/x", MARKER.getBytes(StandardCharsets.UTF_8), SharedState.ABSENT);
        assertEquals("", Intruder.answer(Intruder.connect(worthless.tls(), lab.port, "TLSv1.3")), "the old key is worthless");
        Cluster again = lab.start("host2", "127.0.0.1", "127.0.0.1", worthless);
        eventually("it is refused, but " + again.trouble(), () -> again.trouble().contains("was expelled"));
        assertEquals(List.of("host1", "host3"), names(three));
        lab.stop(again);
        lab.stop(two);
        joined(lab.next("host2")); // admitted again, under another key
        eventually("it is back", () -> names(three).size() == 3);
        assertEquals(lab.authority.identity("host2").certificate(), three.hosts().get(1).certificate());
    }

    @Test
    void the_node_of_a_host_is_that_hosts_alone() throws Exception {
        Cluster two = joined(lab.next("host2"));
        for (CuratorFramework rogue : List.of(two.client(), joined(lab.next("host3")).client())) {
            String node = Presence.ROOT + "/host1";
            assertTrue(rogue.getData().forPath(node).length > 0);
            assertThrows(NoAuthException.class, () -> rogue.delete().forPath(node));
            assertThrows(NoAuthException.class, () -> rogue.transaction().forOperations(rogue.transactionOp().delete().forPath(node)));
            assertThrows(NoAuthException.class, () -> rogue.setData().forPath(node, new byte[0]));
            assertThrows(NoAuthException.class, () -> rogue.setACL().withACL(Clients.holders(lab.authority.identity("host2"))).forPath(node));
            assertThrows(NoAuthException.class, () -> rogue.create().forPath(Presence.ROOT + "/host9"));
            assertThrows(NoAuthException.class,
                    () -> rogue.create().withMode(CreateMode.EPHEMERAL).forPath(Presence.ROOT + "/host9", new byte[0]));
            assertThrows(NoAuthException.class, () -> rogue.setACL().withACL(Clients.holders(lab.authority.identity("host2"))).forPath("/violin"));
        }
        assertEquals(3, names(one).size());
    }

    @Test
    void a_member_cannot_pass_for_the_server() throws Exception {
        Identity rogue = lab.authority.identity("rogue"); // admitted with 127.0.0.1, not with the address it serves at
        try (EmbeddedServer server = new EmbeddedServer(directory.resolve("rogue"), "127.0.0.2", lab.port, rogue)) {
            server.start();
            Cluster victim = lab.start("host2", "127.0.0.1", "127.0.0.2", lab.authority);
            eventually("it is refused, but " + victim.trouble(), () -> victim.trouble().contains("does not name 127.0.0.2"));
            assertTrue(victim.trouble().contains("host 'rogue'"), victim.trouble());
            assertFalse(victim.connected());
        }
        Cluster byName = lab.start("host3", "127.0.0.1", "localhost", lab.authority);
        eventually("a name is believed only from the certificate", () -> byName.trouble().contains("does not name localhost"));
    }

    @Test
    void nothing_of_the_state_and_no_secret_crosses_the_wire_in_clear_text() throws Exception {
        try (Freezer way = new Freezer(lab.port)) {
            Cluster two = joined(lab.start("host2", "127.0.0.1", "127.0.0.1:" + way.port(), lab.authority));
            two.state().write("/secret", MARKER.getBytes(StandardCharsets.UTF_8), SharedState.ABSENT);
            assertEquals(MARKER, new String(two.state().read("/secret").orElseThrow().data(), StandardCharsets.UTF_8));
            String wire = way.passed();
            assertTrue(wire.length() > 5_000, "the traffic went another way: " + wire.length());
            for (String word : List.of(MARKER, lab.authority.identity("host2").labSecret(), "violin", "host2", "digest")) {
                assertFalse(wire.contains(word), word);
            }
            try (Socket plain = new Socket("127.0.0.1", way.port())) {
                plain.getOutputStream().write(MARKER.getBytes(StandardCharsets.UTF_8));
                eventually("the search finds what is there", () -> way.passed().contains(MARKER));
            }
        }
    }

    @Test
    void with_servers_of_others_the_leader_removes_the_node_of_an_expelled_host() throws Exception {
        lab.stop(one);
        Path data = directory.resolve("others");
        ZooKeeperServer server = new ZooKeeperServer(data.toFile(), data.toFile(), Settings.TICK_MILLIS);
        NettyServerCnxnFactory others = SecureFactory.make(new InetSocketAddress("127.0.0.1", lab.port),
                lab.authority.identity("server"), ConcurrentHashMap.newKeySet());
        others.startup(server);
        try {
            Cluster leader = joined(lab.next("host1"));
            eventually("it leads", leader::leader);
            Cluster two = joined(lab.next("host2"));
            eventually("host1 sees host2", () -> names(leader).size() == 2);
            lab.authority.expel("host2");
            eventually("host2 is gone", () -> names(leader).equals(List.of("host1")));
            eventually("it knows why, but " + two.trouble(), () -> two.trouble().contains("was expelled"));
            lab.stop(two);
            lab.stop(leader);
        } finally {
            SecureFactory.end(others);
        }
    }

    @Test
    void the_hosts_carry_their_certificates() throws Exception {
        Cluster two = joined(lab.next("host2"));
        eventually("both see both", () -> names(one).size() == 2 && names(two).size() == 2);
        for (Cluster each : List.of(one, two)) {
            for (HostInfo host : each.hosts()) assertEquals(lab.authority.identity(host.name()).certificate(), host.certificate());
        }
    }

    @Test
    void the_name_must_be_that_of_the_certificate() {
        String mistake = assertThrows(IllegalArgumentException.class,
                () -> lab.start("host7", "127.0.0.1", "127.0.0.1", lab.authority.identity("host2"))).getMessage();
        assertTrue(mistake.contains("name = 'host7'") && mistake.contains("'host2'"), mistake);
    }

    @Test
    void a_server_that_ended_leaves_no_thread_behind() throws Exception {
        lab.close();
        for (int i = 0; i < 2; i++) {
            try (EmbeddedServer server = new EmbeddedServer(directory.resolve("s"), "127.0.0.1", lab.port, lab.authority.identity("host1"))) {
                server.start();
            }
        }
        eventually("no thread of Netty or ZooKeeper", () -> Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .noneMatch(name -> name.startsWith("zkNetty") || name.startsWith("defaultEventExecutor")));
    }

    /** As in life: who is cut off hears of nothing any more, not even of the expulsion. */
    private static Identity unaware(Identity identity) {
        return (Identity) Proxy.newProxyInstance(Identity.class.getClassLoader(), new Class<?>[] {Identity.class}, (proxy, method, arguments) ->
                switch (method.getName()) {
                    case "expelled" -> false;
                    case "listen" -> (AutoCloseable) () -> {};
                    default -> method.invoke(identity, arguments);
                });
    }

    private static Cluster joined(Cluster cluster) throws Exception {
        eventually(cluster.self().name() + " joins, but " + cluster.trouble(), cluster::connected);
        return cluster;
    }

    private static List<String> names(Cluster cluster) {
        return cluster.hosts().stream().map(HostInfo::name).toList();
    }
}
