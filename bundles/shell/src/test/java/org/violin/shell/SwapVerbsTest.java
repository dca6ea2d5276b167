// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.violin.api.cluster.HostInfo;
import org.violin.api.control.Plugins;
import org.violin.api.control.SwapReport;
import org.violin.api.model.Refused;
import org.violin.api.routing.ControlChange;
import org.violin.shell.KarafShell.Answer;
import org.violin.shell.link.RemoteHosts;

/** Swaps asked for on host1, with host2 over real TLS. */
class SwapVerbsTest {
    private final Doors doors = new Doors();
    private final FakePlugins there = new FakePlugins();
    private final FakePlugins here = new FakePlugins();
    private KarafShell far;
    private KarafShell shell;
    private RemoteHosts remotes;

    private static final class FakePlugins implements Plugins {
        final List<String> asked = new CopyOnWriteArrayList<>();
        volatile String refused = "";
        volatile List<String> losses = List.of();
        volatile List<ControlChange> outages = List.of();

        @Override
        public List<String> losses(String role, String provider, Optional<String> violin) {
            return losses;
        }

        @Override
        public List<ControlChange> outages(String violin, long agoMillis) {
            asked.add("outages " + violin + (agoMillis >= 1000 && agoMillis < 60_000 ? "" : " since " + agoMillis));
            return outages;
        }

        @Override
        public List<Plugin> list() {
            return List.of(new Plugin("cipher", "aead", "org.violin.cipher.aead", "0.1.0", 70, "active", 0, true, ""),
                    new Plugin("cipher", "none", "org.violin.cipher.none", "0.1.0", 71, "stopped", 0, false, ""),
                    new Plugin("routing", "click", "org.violin.routing.click", "0.1.0", 72, "active", 0, false, "forwarding"));
        }

        @Override
        public SwapReport offer(String role, String kind) throws Refused {
            asked.add("offer " + role + " " + kind);
            if (kind.equals(refused)) throw new Refused("swap " + role, kind, "no such luck");
            return new SwapReport(role, "", kind, "host", "went well", List.of(), List.of());
        }

        @Override
        public SwapReport swap(String role, String provider, Optional<String> violin) throws Refused {
            asked.add("swap " + role + " " + provider + violin.map(v -> " " + v).orElse(""));
            if (provider.equals("breaks")) throw new Refused("swap " + role, provider, "broke");
            return new SwapReport(role, "old", provider, violin.map(v -> "violin " + v).orElse("host"), "went well", List.of("a note"), outages);
        }
    }

    @BeforeEach
    void start() throws Exception {
        HostInfo h2 = doors.host("host2", 1);
        far = new KarafShell(new Fakes.FakeViolins(), new Fakes.FakeMembers(h2, List.of(Fakes.HOST1, h2)), there);
        int port = doors.open(far, "host2");
        remotes = new RemoteHosts(doors.authority.identity("host1"));
        shell = new KarafShell(new Fakes.FakeViolins(), new Fakes.FakeMembers(Fakes.HOST1, List.of(Fakes.HOST1, doors.host("host2", port))),
                here, remotes, new Fakes.FakeGuests("host1", (node, request) -> null));
    }

    @AfterEach
    void stop() throws Exception {
        doors.close();
        remotes.close();
        shell.close();
        far.close();
    }

    @Test
    void plugins_are_a_table_and_json() throws Exception {
        assertEquals("ROLE                KIND   BUNDLE                    VERSION  ID  STATE    RANKING  IN USE\n"
                + "cipher              aead   org.violin.cipher.aead      0.1.0  70  active         0  yes\n"
                + "cipher              none   org.violin.cipher.none      0.1.0  71  stopped        0  -\n"
                + "routing forwarding  click  org.violin.routing.click    0.1.0  72  active         0  -\n", shell.call("plugins").out());
        JsonNode json = new ObjectMapper().readTree(shell.call("plugins", "-o", "json").out());
        assertTrue(json.get(0).get("inUse").asBoolean());
        assertEquals(71, json.get(1).get("bundleId").asInt());
    }

    @Test
    void a_violins_kind_is_tried_everywhere_and_changed_once() throws Exception {
        Answer answer = shell.call("swap", "cipher", "none", "figure2");
        assertEquals("violin figure2: cipher old -> none; trial: went well\n  a note\n", answer.out(), answer.err());
        assertEquals(0, answer.result());
        assertEquals(List.of("offer cipher none", "swap cipher none figure2"), here.asked);
        assertEquals(List.of("offer cipher none"), there.asked);
    }

    @Test
    void a_hosts_kind_is_changed_on_all_of_them() throws Exception {
        Answer answer = shell.call("swap", "-o", "json", "tunnel", "udp");
        JsonNode json = new ObjectMapper().readTree(answer.out());
        assertEquals("host1 host2", json.get(0).get("host").asText() + " " + json.get(1).get("host").asText());
        assertEquals("udp", json.get(1).get("report").get("after").asText());
        assertEquals(List.of("offer tunnel udp", "swap tunnel udp"), here.asked);
        assertEquals(here.asked, there.asked);
        assertEquals(0, shell.call("swap", "--local", "tunnel", "udp").result());
        assertEquals(2, there.asked.size());
    }

    @Test
    void when_one_host_has_it_not_nothing_is_changed() throws Exception {
        there.refused = "quic";
        Answer answer = shell.call("swap", "tunnel", "quic");
        assertEquals(1, answer.result());
        assertEquals("", answer.out());
        assertTrue(answer.err().contains("overlay host host2: swap tunnel: 'quic': no such luck"), answer.err());
        assertTrue(answer.err().endsWith("nothing is changed\n"), answer.err());
        assertEquals(List.of("offer tunnel quic"), here.asked);
        here.refused = "quic";
        there.asked.clear();
        assertEquals(1, shell.call("swap", "tunnel", "quic").result());
        assertEquals(List.of(), there.asked);
    }

    @Test
    void one_vrouter_is_swapped_at_its_host_only() throws Exception {
        Answer answer = shell.call("swap", "routing", "click", "figure2", "vRouter1");
        assertEquals("violin figure2/vRouter1: routing old -> click; trial: went well\n  a note\n", answer.out(), answer.err());
        assertEquals(List.of("offer routing click", "swap routing click figure2/vRouter1"), here.asked);
        assertEquals(List.of(), there.asked);
        here.asked.clear();
        Answer far = shell.call("swap", "--yes", "routing", "click", "figure2", "vHost2");
        assertEquals(0, far.result(), far.err());
        assertEquals(List.of("swap routing click figure2/vHost2"), there.asked);
        assertEquals(List.of(), here.asked);
        assertEquals(2, shell.call("swap", "routing", "file:/x.jar", "figure2", "vRouter1").result());
    }

    @Test
    void how_long_nothing_was_learnt_is_told() throws Exception {
        here.outages = List.of(new ControlChange("v/r1", "zebra", "bird", 1, 700, 4230, 12, ControlChange.COMPLETE),
                new ControlChange("v/r2", "", "bird", 1, 0, 30_000, 3, ControlChange.EXPIRED));
        String out = shell.call("swap", "routing", "click", "figure2", "vRouter1").out();
        assertTrue(out.contains("\n  v/r1: zebra -> bird; neighbours had 0.7 s to go elsewhere; nothing learnt for 4.2 s; it forwarded on by 12 routes of before\n"), out);
        assertTrue(out.contains("v/r2: computed -> bird; nothing learnt for 30.0 s, then neighbours were still missing; it forwarded on by 3 routes"), out);
        assertTrue(shell.call("swap", "-o", "json", "routing", "click", "figure2", "vRouter1").out().contains("\"outageMillis\" : 4230"));
    }

    @Test
    void what_would_be_lost_is_said_and_wants_a_yes() throws Exception {
        here.losses = List.of("vRouter1: 12 translations of addresses; their connections break");
        Answer answer = shell.call("swap", "routing", "click", "figure2", "vRouter1");
        assertEquals(1, answer.result());
        assertEquals("This swap loses:\n  vRouter1: 12 translations of addresses; their connections break\n"
                + "Nothing was done; to swap all the same: swap --yes routing click figure2 vRouter1\n", answer.err());
        assertEquals(List.of("offer routing click"), here.asked);
        assertEquals(0, shell.call("swap", "routing", "click", "figure2", "vRouter1", "--yes").result());
        there.losses = here.losses;
        Answer far = shell.call("swap", "routing", "click", "figure2", "vHost2");
        assertEquals(1, far.result());
        assertTrue(far.err().contains("swap --yes routing click figure2 vHost2"), far.err());
        assertEquals(List.of(), there.asked);
    }

    @Test
    void every_overlay_host_says_what_a_swap_of_a_whole_violin_loses() throws Exception {
        there.losses = List.of("gate: 3 translations of addresses; their connections break");
        Answer answer = shell.call("swap", "routing", "kernel", "figure2");
        assertEquals(1, answer.result());
        assertEquals("This swap loses:\n  gate: 3 translations of addresses; their connections break\n"
                + "Nothing was done; to swap all the same: swap --yes routing kernel figure2\n", answer.err());
        assertEquals(List.of("offer routing kernel"), here.asked);
        assertEquals(0, shell.call("swap", "--yes", "routing", "kernel", "figure2").result());
        assertEquals(List.of("offer routing kernel", "offer routing kernel", "outages figure2"), there.asked);
    }

    @Test
    void outages_of_vrouters_of_every_overlay_host_are_told() throws Exception {
        here.outages = List.of(new ControlChange("v/r1", "zebra", "bird", 1, 0, 4230, 12, ControlChange.COMPLETE));
        there.outages = List.of(new ControlChange("v/r2", "zebra", "bird", 1, 0, 1500, 3, ControlChange.COMPLETE));
        String out = shell.call("swap", "routing", "bird", "figure2").out();
        assertTrue(out.contains("v/r1: zebra -> bird; nothing learnt for 4.2 s") && out.contains("v/r2: zebra -> bird; nothing learnt for 1.5 s"), out);
        assertEquals(List.of("offer routing bird", "outages figure2"), there.asked);
        there.asked.clear();
        assertEquals(0, shell.call("swap", "cipher", "none", "figure2").result());
        assertEquals(List.of("offer cipher none"), there.asked);
        assertEquals(2, shell.call("swap", "--outages", "5", "routing", "bird").result());
    }

    @Test
    void an_unreachable_host_is_named_and_nothing_is_changed() throws Exception {
        doors.close();
        Answer answer = shell.call("swap", "cipher", "none", "figure2");
        assertEquals(1, answer.result());
        assertTrue(answer.err().contains("host2") && answer.err().contains("nothing is changed"), answer.err());
        assertEquals(List.of("offer cipher none"), here.asked);
    }

    @Test
    void a_bundle_is_replaced_here_only(@TempDir Path folder) throws Exception {
        Path jar = Files.createFile(folder.resolve("my.jar"));
        assertEquals(0, shell.call("swap", "switching", jar.toString()).result());
        assertEquals(0, shell.call("swap", "switching", "mvn:a/b/1").result());
        assertEquals(0, shell.call("swap", "switching", "org.violin.switching.learning/0.1.0").result());
        assertEquals(List.of("swap switching " + jar, "swap switching mvn:a/b/1", "swap switching org.violin.switching.learning/0.1.0"), here.asked);
        assertEquals(List.of(), there.asked);
        assertEquals(1, shell.call("swap", "--local", "switching", "breaks").result());
        assertEquals(2, shell.call("swap", "--try", "switching", "learning", "figure2").result());
    }
}
