// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.violin.testkit.cluster.Eventually.eventually;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.violin.api.cluster.SharedState;
import org.violin.testkit.cluster.SharedStateContract;

class ZooKeeperStateTest extends SharedStateContract {
    @TempDir
    Path directory;
    private Lab lab;
    private final Map<SharedState, Cluster> hosts = new HashMap<>();

    @BeforeEach
    void begin() throws Exception {
        lab = new Lab(directory);
        Cluster server = lab.first("server");
        eventually("the server runs", server::connected);
    }

    @AfterEach
    void end() {
        lab.close();
    }

    @Override
    protected SharedState join(String host) throws Exception {
        Cluster cluster = lab.next(host);
        hosts.put(cluster.state(), cluster);
        eventually(host + " joins, but " + cluster.trouble(), cluster::connected);
        return cluster.state();
    }

    @Override
    protected void die(SharedState host) throws Exception {
        hosts.get(host).client().getZookeeperClient().getZooKeeper().close(); // the server frees what the session held
        lab.stop(hosts.get(host));
    }

    @Test
    void a_watch_goes_on_after_its_session_was_lost_and_tells_what_it_missed() throws Exception {
        SharedState a = join("a");
        SharedState b = join("b");
        for (String path : List.of("/same", "/changes", "/goes")) a.write(path, new byte[0], SharedState.ANY);
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        b.watch("/", seen::add);
        eventually("what exists is told", () -> seen.size() == 3);
        seen.clear();
        Cluster cut = hosts.get(b);
        long old = cut.client().getZookeeperClient().getZooKeeper().getSessionId();
        cut.client().getZookeeperClient().getZooKeeper().getTestable().injectSessionExpiration();
        a.write("/changes", new byte[1], SharedState.ANY);
        a.write("/comes", new byte[1], SharedState.ANY);
        a.delete("/goes");
        eventually("b has a new session", () -> cut.connected() && cut.client().getZookeeperClient().getZooKeeper().getSessionId() != old);
        eventually("differences are told: " + seen, () -> seen.containsAll(List.of("/changes", "/comes", "/goes")));
        a.write("/after", new byte[1], SharedState.ANY);
        eventually("changes are told", () -> seen.contains("/after"));
        assertEquals(0, Collections.frequency(seen, "/same"));
    }

    @Test
    void a_thousand_values_are_removed_in_one_call() throws Exception {
        SharedState a = join("a");
        for (int i = 0; i < 1_000; i++) a.write("/many/" + i % 7 + "/" + i, new byte[10], SharedState.ANY);
        a.delete("/many");
        assertEquals(List.of(), a.children("/"));
    }
}
