// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.violin.testkit.cluster.Eventually.eventually;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.StateException;
import org.violin.testkit.cluster.MemoryAuthority;

class ClusterTest {
    @TempDir
    Path directory;
    private Lab lab;

    @BeforeEach
    void begin() throws Exception {
        lab = new Lab(directory);
    }

    @AfterEach
    void end() {
        lab.close();
    }

    @Test
    void hosts_see_each_other_join_and_leave() throws Exception {
        Cluster one = joined(lab.first("host1"));
        AtomicInteger calls = new AtomicInteger();
        one.listen(calls::incrementAndGet);
        eventually("the listener is called at once", () -> calls.get() > 0);
        int before = calls.get();
        Cluster two = joined(lab.next("host2"));
        eventually("host1 sees host2", () -> names(one).equals(List.of("host1", "host2")));
        assertEquals(List.of("host1", "host2"), names(two));
        assertEquals(two.self(), one.hosts().get(1));
        eventually("the listener is called for host2", () -> calls.get() > before);
        lab.stop(two);
        eventually("host2 left", () -> names(one).equals(List.of("host1")));
        eventually("all is told: " + lab.events, () -> lab.events.containsAll(
                List.of("host1: host/joined host2", "host1: host/left host2", "host1: host/leader host1")));
    }

    @Test
    void one_host_leads_and_another_takes_over_when_it_leaves() throws Exception {
        joined(lab.first("host1"));
        Cluster two = joined(lab.next("host2"));
        Cluster three = joined(lab.next("host3"));
        lab.stop(lab.first("late-server-in-the-way")); // a second server cannot listen there and does no harm
        assertFalse(two.leader() || three.leader());
        Cluster one = running("host1");
        assertTrue(one.leader());
        one.client().getZookeeperClient().getZooKeeper().getTestable().injectSessionExpiration();
        eventually("somebody else leads", () -> two.leader() || three.leader());
        eventually("host1 is back, but " + one.trouble(), one::connected);
        eventually("one leads", () -> List.of(one, two, three).stream().filter(Cluster::leader).count() == 1);
    }

    @Test
    void the_data_of_another_lab_is_refused_with_a_sentence_and_not_shown() throws Exception {
        lab.stop(joined(lab.first("host1")));
        Cluster other = lab.start("host1", "127.0.0.1", "", new MemoryAuthority());
        eventually("it is refused", () -> other.trouble().contains("keeps the state of another lab"));
        assertFalse(other.connected());
        StateException refused = assertThrows(StateException.class, () -> other.state().read("/x"));
        assertTrue(refused.getMessage().contains("another lab"), refused.getMessage());
        for (String path : List.of("/", "/violin", "/violin/members")) {
            assertThrows(org.apache.zookeeper.KeeperException.NoAuthException.class, () -> other.client().getChildren().forPath(path), path);
        }
        assertThrows(org.apache.zookeeper.KeeperException.NoAuthException.class, () -> other.client().create().forPath("/planted"));
    }

    @Test
    void the_name_of_a_living_host_elsewhere_is_refused_until_that_host_leaves() throws Exception {
        joined(lab.first("host1"));
        Cluster two = joined(lab.next("host2"));
        Cluster twin = lab.start("host2", "127.0.0.9", "127.0.0.1", lab.authority);
        eventually("the name is refused", () -> twin.trouble().contains("'host2' is taken by the host at 127.0.0.1"));
        assertTrue(two.connected());
        lab.stop(two);
        eventually("the name is free, but " + twin.trouble(), twin::connected);
    }

    @Test
    void a_host_that_was_killed_and_started_again_takes_its_name_over_at_once() throws Exception {
        Cluster one = joined(lab.first("host1"));
        Cluster killed = joined(lab.next("host2")); // its session lives on, as after kill -9
        killed.state().lock("apply", Duration.ofSeconds(5)).orElseThrow();
        Cluster again = joined(lab.next("host2"));
        again.state().lock("apply", Duration.ofMillis(500)).orElseThrow(() -> new AssertionError("the dead start keeps its lock")).close();
        eventually("host1 sees the new start", () -> one.hosts().get(1).incarnation() == again.self().incarnation());
        eventually("the earlier start gives way", () -> killed.trouble().contains("was started later under the name 'host2'"));
        assertTrue(again.connected());
    }

    @Test
    void without_zookeeper_a_host_knows_its_peers_and_joins_again_when_it_is_back() throws Exception {
        Cluster one = joined(lab.first("host1"));
        Cluster two = joined(lab.next("host2"));
        two.state().write("/kept", bytes("on disk"), SharedState.ABSENT);
        AtomicInteger watched = new AtomicInteger();
        two.state().watch("/kept", p -> watched.incrementAndGet());
        eventually("the watch works", () -> watched.get() == 1);
        lab.stop(one);
        eventually("host2 is headless", () -> !two.connected());
        assertEquals(List.of("host1", "host2"), names(two));
        assertFalse(two.leader());
        StateException gone = assertThrows(StateException.class, () -> two.state().read("/kept"));
        assertTrue(gone.getMessage().contains("127.0.0.1:" + lab.port + " is out of reach"), gone.getMessage());
        Cluster back = joined(lab.first("host1"));
        eventually("host2 is back, but " + two.trouble(), two::connected);
        assertEquals("on disk", new String(back.state().read("/kept").orElseThrow().data(), StandardCharsets.UTF_8));
        back.state().write("/kept", bytes("again"), 0);
        eventually("the watch works again", () -> watched.get() == 2);
        eventually("all see all", () -> names(back).equals(names(two)) && names(two).size() == 2);
        assertTrue(lab.events.contains("host2: host/disconnected host2"), lab.events.toString());
    }

    @Test
    void a_host_started_without_zookeeper_knows_the_peers_it_saw_last() throws Exception {
        Cluster one = joined(lab.first("host1"));
        Cluster two = joined(lab.next("host2"));
        lab.stop(one);
        lab.stop(two);
        Cluster again = lab.next("host2");
        assertEquals(List.of("host1", "host2"), names(again));
        assertEquals(one.self(), again.hosts().get(0));
        eventually("it says why", () -> again.trouble().contains("ZooKeeper at 127.0.0.1:" + lab.port));
        assertThrows(StateException.class, () -> again.state().children("/"));
        joined(lab.first("host1"));
        eventually("it joins, but " + again.trouble(), again::connected);
    }

    @Test
    void a_lost_session_is_replaced_by_another() throws Exception {
        Cluster one = joined(lab.first("host1"));
        Cluster two = joined(lab.next("host2"));
        two.client().getZookeeperClient().getZooKeeper().getTestable().injectSessionExpiration();
        eventually("it is noticed", () -> lab.events.contains("host2: host/disconnected host2"));
        eventually("host2 is back, but " + two.trouble(), two::connected);
        eventually("host1 sees it", () -> names(one).equals(List.of("host1", "host2")));
        two.state().lock("apply", Duration.ofSeconds(5)).orElseThrow().close();
    }

    @Test
    void a_call_ends_when_the_server_falls_silent_in_the_middle() throws Exception {
        joined(lab.first("host1"));
        try (Freezer way = new Freezer(lab.port)) {
            Cluster two = joined(lab.start("host2", "127.0.0.1", "127.0.0.1:" + way.port(), lab.authority));
            two.state().write("/x", bytes("1"), SharedState.ABSENT);
            way.freeze(true);
            assertThrows(StateException.class, () -> two.state().write("/x", bytes("2"), 0));
            eventually("host2 is headless", () -> !two.connected());
            way.freeze(false);
            eventually("host2 is back, but " + two.trouble(), two::connected);
            two.state().write("/x", bytes("3"), SharedState.ANY);
        }
    }

    @Test
    void a_change_of_the_runtimes_is_announced() throws Exception {
        Cluster one = joined(lab.first("host1"));
        Cluster two = joined(lab.next("host2"));
        two.runtimes(List.of("netns", "uml"));
        eventually("host1 sees them", () -> one.hosts().size() == 2 && one.hosts().get(1).runtimes().equals(List.of("netns", "uml")));
        assertEquals(List.of("netns", "uml"), two.self().runtimes());
    }

    @Test
    void a_change_of_the_labels_is_announced_and_outlives_a_change_of_the_runtimes() throws Exception {
        Cluster one = joined(lab.first("host1"));
        Cluster two = joined(lab.next("host2"));
        two.labels(Map.of("site", "berlin", "up", "100M"));
        two.runtimes(List.of("netns", "uml"));
        eventually("host1 sees both", () -> one.hosts().size() == 2 && one.hosts().get(1).runtimes().size() == 2
                && one.hosts().get(1).labels().equals(Map.of("site", "berlin", "up", "100M")));
        two.labels(Map.of());
        eventually("host1 sees none", () -> one.hosts().get(1).labels().isEmpty());
    }

    private Cluster host1;

    private Cluster joined(Cluster cluster) throws Exception {
        eventually(cluster.self().name() + " joins, but " + cluster.trouble(), cluster::connected);
        eventually("the first leads", () -> !cluster.self().name().equals("host1") || cluster.leader() || host1 != null);
        if (host1 == null) host1 = cluster;
        return cluster;
    }

    private Cluster running(String name) {
        assertEquals(name, host1.self().name());
        return host1;
    }

    private static List<String> names(Cluster cluster) {
        return cluster.hosts().stream().map(HostInfo::name).toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
