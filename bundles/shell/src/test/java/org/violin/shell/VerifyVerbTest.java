// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.violin.api.cluster.HostInfo;
import org.violin.api.control.Confinement;
import org.violin.api.model.Refused;
import org.violin.shell.KarafShell.Answer;
import org.violin.shell.link.RemoteHosts;

/** host1 asks host2 over a real control link; what each finds is given. */
class VerifyVerbTest {
    private final Doors doors = new Doors();
    private final List<String> runs = new CopyOnWriteArrayList<>();
    private volatile Confinement.Verdict onHost2 = Confinement.Verdict.PASS;
    private KarafShell far;
    private KarafShell shell;
    private RemoteHosts remotes;

    private final class Given implements Confinement {
        private final String host;

        Given(String host) {
            this.host = host;
        }

        @Override
        public List<Finding> verify(String violin, String run, Duration atMost) throws Refused {
            runs.add(host + " " + run + " " + atMost.toSeconds());
            if (run.equals("busy")) throw new Refused("verify", violin, "a check already runs on this overlay host");
            return List.of(new Finding(host, "control", Verdict.PASS, "all well"),
                    new Finding(host, "storms", host.equals("host2") ? onHost2 : Verdict.UNTESTED, "as told"));
        }
    }

    @BeforeEach
    void start() {
        far = shell("host2", 1, null);
        int port = doors.open(far, "host2");
        remotes = new RemoteHosts(doors.authority.identity("host1"));
        shell = shell("host1", port, remotes);
    }

    @AfterEach
    void stop() throws Exception {
        remotes.close();
        doors.close();
        shell.close();
        far.close();
    }

    private KarafShell shell(String self, int port2, RemoteHosts hosts) {
        HostInfo host2 = doors.host("host2", port2);
        List<Object> services = new ArrayList<>(List.of(new Fakes.FakeViolins(), new Given(self),
                new Fakes.FakeMembers(self.equals("host1") ? Fakes.HOST1 : host2, List.of(Fakes.HOST1, host2)),
                new Fakes.FakeGuests(self, (node, request) -> new LocalProgram(request.command()))));
        if (hosts != null) services.add(hosts);
        return new KarafShell(services.toArray());
    }

    @Test
    void findings_of_all_hosts_make_one_table() throws Exception {
        Answer answer = shell.call("verify", "figure2", "--seconds", "30");
        assertEquals(0, answer.result(), answer.out() + answer.err());
        assertEquals("HOST   CASE     VERDICT   DETAIL\n"
                + "host1  control  pass      all well\n"
                + "host1  storms   untested  as told\n"
                + "host2  control  pass      all well\n"
                + "host2  storms   pass      as told\n"
                + "figure2: 3 pass, 0 warn, 0 fail, 1 untested\n", answer.out());
        assertEquals(2, runs.size());
        assertTrue(runs.stream().allMatch(r -> r.matches("host[12] [0-9a-f]{24} 30")), runs.toString());
        assertEquals(1, runs.stream().map(r -> r.split(" ")[1]).distinct().count(), "one marker for both");
    }

    @Test
    void one_failure_anywhere_fails() throws Exception {
        onHost2 = Confinement.Verdict.FAIL;
        Answer answer = shell.call("verify", "-o", "json", "figure2");
        assertEquals(1, answer.result());
        assertEquals("FAIL", new ObjectMapper().readTree(answer.out()).get(3).get("verdict").asText());
        assertEquals(0, shell.call("verify", "--local", "figure2").result(), "only this host");
        onHost2 = Confinement.Verdict.WARN;
        assertEquals(0, shell.call("verify", "figure2").result());
    }

    @Test
    void a_host_that_cannot_be_asked_is_untested_with_the_reason() throws Exception {
        doors.close();
        Answer answer = shell.call("verify", "figure2");
        assertEquals(0, answer.result());
        assertTrue(answer.out().contains("host2  all      untested  overlay host host2 cannot be reached"), answer.out());
    }

    @Test
    void what_cannot_be_meant_is_told() throws Exception {
        assertEquals(2, shell.call("verify", "--seconds", "1", "figure2").result());
        assertEquals("verify: 'figure2': a check already runs on this overlay host\n", shell.call("verify", "--local", "--run", "busy", "figure2").err()
                .replaceFirst("^.*\\n(?=verify)", ""));
        assertEquals("violin: 'nothing': there is no such violin; there are figure2\n", shell.call("verify", "nothing").err());
    }
}
