// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.violin.api.cluster.HostInfo;
import org.violin.shell.KarafShell.Answer;
import org.violin.shell.link.RemoteHosts;

/** Tokens, expelling, and the expelled: on the authority's host2, and from host1 over the control link. */
class AdmissionVerbsTest {
    private final Doors doors = new Doors();
    private final FakeAdmission there = new FakeAdmission(true);
    private final FakeAdmission here = new FakeAdmission(false);
    private KarafShell far;
    private KarafShell shell;
    private RemoteHosts remotes;

    @BeforeEach
    void start() throws Exception {
        HostInfo h2 = doors.host("host2", 1);
        List<HostInfo> before = List.of(Fakes.HOST1, h2);
        far = new KarafShell(new Fakes.FakeViolins(), new Fakes.FakeMembers(h2, before), there,
                new RemoteHosts(doors.authority.identity("host2")));
        int port = doors.open(far, "host2");
        remotes = new RemoteHosts(doors.authority.identity("host1"));
        shell = new KarafShell(new Fakes.FakeViolins(), new Fakes.FakeMembers(Fakes.HOST1, List.of(Fakes.HOST1, doors.host("host2", port))),
                here, remotes);
    }

    @AfterEach
    void stop() throws Exception {
        doors.close();
        remotes.close();
        shell.close();
        far.close();
    }

    @Test
    void the_token_alone_is_on_standard_output() throws Exception {
        for (KarafShell from : List.of(far, shell)) {
            Answer answer = from.call("host-token", "--for", "host9", "--valid", "10m");
            assertEquals("vt1-secret\n", answer.out());
            assertEquals(0, answer.result());
            assertTrue(answer.err().startsWith("good once, for host9, until "), answer.err());
            assertFalse(answer.err().contains("vt1"));
        }
        assertEquals(List.of("host9 PT10M", "host9 PT10M"), there.asked);
        assertEquals("vt1-secret\n", shell.call("host-token").out());
        assertEquals(" PT1H", there.asked.get(2));
        JsonNode json = new ObjectMapper().readTree(shell.call("host-token", "-o", "json").out());
        assertEquals("vt1-secret", json.get("token").asText());
        for (String wrong : List.of("8d", "0h", "1w", "h", "")) assertEquals(2, shell.call("host-token", "--valid", wrong).result(), wrong);
    }

    @Test
    void what_the_authority_answers_is_passed_on() throws Exception {
        there.trouble = "the shared state is out of reach";
        Answer answer = shell.call("host-token");
        assertEquals(1, answer.result());
        assertEquals("the shared state is out of reach\n", answer.err());
        assertEquals("", answer.out());
        assertTrue(shell.call("host-tokens").out().contains("t2     host9"), shell.call("host-tokens").out());
        assertEquals(2, new ObjectMapper().readTree(shell.call("host-tokens", "-o", "json").out()).size());
        doors.close();
        Answer gone = shell.call("host-token");
        assertEquals(1, gone.result());
        assertTrue(gone.err().startsWith("no joined overlay host holds the lab's authority") && gone.err().contains("host2"), gone.err());
    }

    @Test
    void a_host_is_removed_only_when_meant() throws Exception {
        Answer asked = far.call("host-remove", "host1");
        assertEquals(1, asked.result());
        assertTrue(asked.err().contains("out of reach of all others: 3 of figure2") && asked.err().contains("--yes"), asked.err());
        assertEquals(List.of(), there.expelled);
        Answer done = far.call("host-remove", "host1", "--yes");
        assertEquals(0, done.result(), done.err());
        assertTrue(done.out().startsWith("host1 is expelled. Nodes placed there"), done.out());
        assertEquals(List.of("host1"), there.expelled);
        assertEquals("host1 is expelled already\n", far.call("host-remove", "host1", "--yes").out());
        assertTrue(far.call("hosts").out().contains("expelled"));
        assertEquals("expelled", new ObjectMapper().readTree(far.call("hosts", "-o", "json").out()).get(0).get("state").asText());
    }

    @Test
    void the_authority_and_the_last_host_stay() throws Exception {
        for (KarafShell from : List.of(far, shell)) {
            Answer refused = from.call("host-remove", "host2", "--yes");
            assertEquals(1, refused.result());
            assertTrue(refused.err().contains("it holds the lab's authority"), refused.err());
        }
        assertEquals(0, shell.call("host-remove", "host7", "--yes").result(), "a host that is away can be removed");
        doors.close();
        Answer unsure = shell.call("host-remove", "host2", "--yes");
        assertTrue(unsure.err().contains("--force removes it") && unsure.err().contains("cannot be reached"), unsure.err());
        assertEquals(List.of("host7"), here.expelled);
        assertEquals(0, shell.call("host-remove", "host2", "--yes", "--force").result());
        try (KarafShell alone = new KarafShell(new Fakes.FakeMembers(Fakes.HOST1, List.of(Fakes.HOST1)), here)) {
            assertTrue(alone.call("host-remove", "host1", "--yes").err().contains("it is the last overlay host"));
        }
    }

    @Test
    void the_doors_are_shown() throws Exception {
        try (KarafShell guarded = new KarafShell(doors.server())) {
            assertTrue(guarded.call("doors").out().contains("control link  127.0.0.1:"));
            assertEquals(0, new ObjectMapper().readTree(guarded.call("doors", "-o", "json").out()).get("connected").size());
        }
    }
}
