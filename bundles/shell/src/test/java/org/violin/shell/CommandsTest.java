// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.violin.api.guest.ExecRequest;
import org.violin.api.measure.Measurements;
import org.violin.api.measure.PathFigure;
import org.violin.shell.KarafShell.Answer;

class CommandsTest {
    private final Fakes.FakeViolins violins = new Fakes.FakeViolins();
    private final Fakes.FakeEvents events = new Fakes.FakeEvents();
    private final AtomicReference<ExecRequest> asked = new AtomicReference<>();
    private final KarafShell shell = new KarafShell(violins, events, new Fakes.FakeDataPlane(), new Fakes.FakeMembers(Fakes.HOST1,
            List.of(Fakes.HOST1)),
            new Fakes.FakeGuests("host1", (node, request) -> {
                asked.set(request);
                return new LocalProgram(request.command());
            }));

    @AfterEach
    void close() {
        shell.close();
    }

    private static JsonNode json(Answer answer) throws Exception {
        return new ObjectMapper().readTree(answer.out());
    }

    @Test
    void listShowsATableAndJson() throws Exception {
        Answer text = shell.line("violin:list");
        assertEquals("VIOLIN   STATE     REVISION  VHOSTS  VROUTERS  VSWITCHES  LINKS  HOSTS\n"
                + "figure2  degraded         4       2         1          1      1  host1 host2\n", text.out());
        assertEquals(0, text.result());
        assertEquals("figure2", json(shell.line("violin:list -o json")).get(0).get("name").asText());
    }

    @Test
    void showListsEntitiesLinksAndReasons() throws Exception {
        String out = shell.line("violin:show figure2").out();
        for (String part : List.of("vHost1", "eth1 10.0.1.2/24", "eth1 fd00:1::2/64", "failed", "vHost2: no memory",
                "vHost1:eth1 -- vSwitch1:p1", "2.50 ms", "  vRouter1: nat, uplink\n", "WAY OUT of the violin at vRouter1, to the network of host1\n")) {
            assertTrue(out.contains(part), part + " is missing in\n" + out);
        }
        assertFalse(out.contains("\u001b"), "no colour without a terminal");
        JsonNode json = json(shell.call("show", "figure2", "-o", "json"));
        assertEquals(List.of("summary", "entities", "links", "attributes"), List.copyOf(names(json)));
        assertEquals("10.0.1.2/24", json.at("/entities/0/addresses/0").asText().split(" ")[1]);
    }

    private static List<String> names(JsonNode json) {
        List<String> names = new java.util.ArrayList<>();
        json.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void anUnknownViolinIsNamedWithTheKnownOnes() throws Exception {
        Answer answer = shell.line("violin:show nothing");
        assertEquals(1, answer.result());
        assertEquals("violin: 'nothing': there is no such violin; there are figure2\n", answer.err());
        assertEquals("", answer.out());
    }

    @Test
    void applyReadsAFileAndSaysWhatWasDone(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("f.yaml"), "name: é");
        Answer answer = shell.line("violin:apply " + file);
        assertEquals(0, answer.result());
        assertEquals(List.of(file + ": name: é"), violins.applied);
        assertEquals("note: two edges were merged\nfigure2: create 2 vhost, remove 1 vlink; revision 4; planned in 3 ms, done in 40 ms\n",
                answer.out());
        assertEquals("working\n", answer.err(), "progress goes to standard error");
    }

    @Test
    void applyTakesStandardInputAndOptionsAnywhereWhenCalled() throws Exception {
        Answer answer = shell.call("content ü".getBytes(StandardCharsets.UTF_8), "apply", "--stdin", "my file.yaml", "--dry-run");
        assertEquals(0, answer.result());
        assertEquals(List.of("my file.yaml: content ü"), violins.applied);
        assertTrue(answer.out().contains("create  vhost  vHost1"), answer.out());
        assertTrue(answer.out().endsWith("figure2: would create 2 vhost, remove 1 vlink; planned in 3 ms, nothing was changed\n"),
                answer.out());
        assertEquals(3, json(shell.call("x".getBytes(), "apply", "--stdin", "f", "-o", "json")).get("steps").size());
        shell.call("y".getBytes(), "apply", "--stdin", "z.graphml", "--routing", "ospf+click", "--part", "2");
        shell.call("y".getBytes(), "apply", "--stdin", "z.graphml", "--routing", "ospf");
        assertEquals(List.of("z.graphml#2#routing=ospf+click: y", "z.graphml#routing=ospf: y"), violins.applied.subList(2, 4));
        shell.call("y".getBytes(), "apply", "--stdin", "z.graphml", "--emulate", "true", "--routing", "ospf");
        assertEquals("z.graphml#routing=ospf#emulate=true: y", violins.applied.get(4));
        assertTrue(shell.call("same".getBytes(), "apply", "--stdin", "f").out().endsWith("figure2: nothing to do\n"));
    }

    @Test
    void allMistakesAreListedOneALine() throws Exception {
        Answer answer = shell.call("bad".getBytes(), "apply", "--stdin", "f.yaml");
        assertEquals(1, answer.result());
        assertEquals("f.yaml:3: 'bad': is not good\nf.yaml: nothing works\n", answer.err());
        Answer noText = shell.call(new byte[] {(byte) 0xff, 0x20}, "apply", "--stdin", "f.yaml");
        assertEquals("f.yaml: not UTF-8 text\n", noText.err());
        Answer missing = shell.line("violin:apply /does/not/exist");
        assertEquals(1, missing.result());
        assertEquals("/does/not/exist: there is no such file on this overlay host\n", missing.err());
    }

    @Test
    void failuresOfAnApplyMakeItFail() throws Exception {
        Answer answer = shell.call("fails".getBytes(), "apply", "--stdin", "f");
        assertEquals(1, answer.result());
        assertTrue(answer.err().endsWith("vHost1 on host1: no memory\n"), answer.err());
    }

    @Test
    void destroyGoesOnAfterAMistake() throws Exception {
        Answer answer = shell.line("violin:destroy nothing figure2");
        assertEquals(1, answer.result());
        assertEquals("destroy: 'nothing': there is no such violin\n", answer.err());
        assertEquals("figure2: destroyed in 2 ms\n", answer.out());
        assertEquals(0, shell.call("destroy", "--all").result());
        assertEquals(List.of("figure2", "figure2"), violins.destroyed);
        assertEquals(2, shell.line("violin:destroy").result());
    }

    @Test
    void wrongUseIsStatusTwo() throws Exception {
        assertEquals(2, shell.line("violin:list -o xml").result());
        Answer option = shell.call("list", "--bogus");
        assertEquals(2, option.result());
        assertEquals("violin list: Undefined option: --bogus; see: list --help\n", option.err());
        assertEquals(2, shell.call("show").result());
        assertEquals(2, shell.call("frobnicate").result());
        assertEquals(2, shell.line("violin:call AAAB====x").result());
        assertEquals(2, shell.call("list", "too", "many").result());
    }

    @Test
    void execPassesBytesStreamsAndStatus() throws Exception {
        byte[] bytes = new byte[1_000_000];
        new Random(1).nextBytes(bytes);
        assertArrayEquals(bytes, shell.call(bytes, "exec", "figure2", "vHost1", "--", "cat").bytes());
        Answer both = shell.call("exec", "figure2", "vHost1", "--", "sh", "-c", "echo out; echo err >&2; exit 7");
        assertEquals(7, both.result());
        assertEquals("out\n", both.out());
        assertEquals("err\n", both.err());
    }

    @Test
    void wordsAfterTheDashesBelongToTheProgram() throws Exception {
        shell.call("exec", "figure2", "vHost1", "--", "printf", "%s.", "--help", "-o", "json", "--", "a b", "$x", "'", "ü");
        assertEquals(List.of("printf", "%s.", "--help", "-o", "json", "--", "a b", "$x", "'", "ü"), asked.get().command());
        assertEquals("x", shell.line("violin:exec figure2 vHost1 -- printf x").out());
        assertEquals(2, shell.call("exec", "figure2", "vHost1", "--").result());
    }

    @Test
    void aChildThatKeepsThePipeOpenDoesNotHoldTheCommand() throws Exception {
        Answer answer = shell.call("exec", "figure2", "vHost1", "--", "sh", "-c", "sleep 20 & echo done");
        assertEquals("done\n", answer.out());
    }

    @Test
    void nodesThatCannotRunProgramsAreNamed() throws Exception {
        assertEquals("figure2: 'vSwitch1': a vswitch runs no programs; take a vhost or vrouter\n", shell.call("exec", "figure2",
                "vSwitch1", "--", "ls").err());
        assertEquals("figure2: 'nobody': there is no such node; there are vHost1, vHost2, vRouter1\n", shell.call("exec", "figure2",
                "nobody", "--", "ls").err());
        assertEquals("figure2/vHost2 is on overlay host host2, not on host1\n", shell.call("exec", "--local", "figure2", "vHost2", "--",
                "ls").err());
        Answer away = shell.call("connect", "figure2", "vHost2");
        assertEquals(1, away.result());
    }

    @Test
    void connectAsksForATerminalOfTheGivenSize() throws Exception {
        Answer answer = shell.call("connect", "--rows", "50", "--cols", "132", "figure2", "vHost1", "--", "echo", "hi");
        assertEquals("hi\n", answer.out());
        assertTrue(asked.get().terminal());
        assertEquals(List.of(50, 132), List.of(asked.get().rows(), asked.get().columns()));
        assertEquals("xterm", asked.get().environment().get("TERM"));
    }

    @Test
    void portsTunnelsAndHostsShowCounters() throws Exception {
        assertTrue(shell.line("violin:ports figure2").out().endsWith("no_buffer 2\n"));
        assertEquals(2, json(shell.line("violin:ports -o json")).size());
        assertTrue(shell.line("violin:tunnels").out().endsWith("dropped on this host: unknown_vni 3\n"));
        assertEquals("host2", json(shell.line("violin:tunnels -o json")).at("/tunnels/0/peer").asText());
        assertTrue(shell.line("violin:hosts").out().contains("host1  *  127.0.0.1"));
        assertTrue(shell.line("violin:hosts").out().contains("site=berlin up=100M"));
        assertEquals("berlin", json(shell.line("violin:hosts -o json")).get(0).get("labels").get("site").asText());
        assertEquals(4L << 30, json(shell.line("violin:hosts -o json")).get(0).get("memoryBytes").asLong());
    }

    @Test
    void theMatrixShowsEstimatesLossAndAge() throws Exception {
        List<PathFigure> figures = List.of(
                new PathFigure("host1", "host2", 81_000, 80_400, 0, 0.025, 97.3, 100, 3, 1_000, PathFigure.Source.MEASURED),
                new PathFigure("host1", "host3", 9_120, 9_120, 0, 0, 0, 0, 0, -1, PathFigure.Source.ESTIMATED),
                new PathFigure("host2", "host1", 512, 512, 0, 0, 0, 9, 0, 75_000, PathFigure.Source.MEASURED));
        Measurements fake = (Measurements) java.lang.reflect.Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Measurements.class},
                (proxy, method, args) -> switch (method.getName()) {
                    case "figures" -> figures;
                    case "hashCode" -> 1;
                    case "equals" -> proxy == args[0];
                    default -> null;
                });
        try (KarafShell with = new KarafShell(fake, new Fakes.FakeMembers(Fakes.HOST1, List.of(Fakes.HOST1)))) {
            String[] lines = with.line("violin:hosts --matrix").out().replaceAll(" +", " ").split("\n");
            assertEquals("MS TO HOST1 HOST2 HOST3", lines[0]);
            assertEquals("from host1 80.4 ~9.12", lines[1]);
            assertEquals(" 2.50 % lost", lines[2]);
            assertEquals("from host2 0.51 -", lines[3]);
            assertEquals(" 1 min old", lines[4]);
            assertEquals(80_400, json(with.line("violin:hosts --matrix -o json")).get(0).get("rttSlowMicros").asDouble());
            assertTrue(with.line("violin:hosts --matrix host1").out().contains("97.3"));
        }
        assertTrue(shell.line("violin:hosts --matrix").err().contains("org.violin.measure"));
    }

    @Test
    void eventsAreShownNewestLastAndFollowed() throws Exception {
        for (int i = 0; i < 30; i++) events.happen("event " + i);
        assertEquals(20, shell.line("violin:events").out().lines().count());
        assertTrue(shell.call("events", "-n", "1").out().endsWith("figure2  event 29\n"));
        assertEquals(29, json(shell.call("events", "-n", "1", "-o", "json")).get("sequence").asInt());
        java.io.PipedInputStream read = new java.io.PipedInputStream();
        java.io.PipedOutputStream out = new java.io.PipedOutputStream(read);
        Thread following = new Thread(() -> {
            try {
                shell.run("violin:call " + CallVerb.encode(List.of("events", "-n", "0", "--follow")),
                        java.io.InputStream.nullInputStream(), out, java.io.OutputStream.nullOutputStream());
            } catch (Exception e) {
                return; // interrupted, as it should be
            }
        });
        following.start();
        while (events.listeners.isEmpty()) Thread.onSpinWait();
        events.happen("fresh");
        String line = new java.io.BufferedReader(new java.io.InputStreamReader(read, StandardCharsets.UTF_8)).readLine();
        assertTrue(line.endsWith("fresh"), line);
        following.interrupt();
        following.join(10_000);
        assertFalse(following.isAlive());
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!events.listeners.isEmpty() && System.nanoTime() < deadline) Thread.onSpinWait();
        assertTrue(events.listeners.isEmpty(), "the listener is removed");
    }

    @Test
    void aMissingServiceIsNamedWithTheBundle() throws Exception {
        try (KarafShell empty = new KarafShell()) {
            Answer answer = empty.call("list");
            assertEquals(1, answer.result());
            assertTrue(answer.err().contains("org.violin.control"), answer.err());
        }
    }

    @Test
    void tabCompletesViolinsNodesAndOptions() {
        assertEquals(List.of("figure2"), shell.complete("violin:show", ""));
        assertEquals(List.of("vHost1", "vHost2", "vRouter1"), shell.complete("violin:exec", "figure2", "v"));
        assertEquals(List.of("vRouter1"), shell.complete("violin:connect", "figure2", "vR"));
        assertEquals(List.of("json", "text"), shell.complete("violin:list", "-o", "").stream().sorted().toList());
        assertTrue(shell.complete("violin:apply", "--d").contains("--dry-run"));
        assertTrue(shell.complete("violin:apply", "--routing", "osp").contains("ospf+click"));
    }

    @Test
    void everyCommandHasHelpWithAnExample() throws Exception {
        for (String name : Verbs.names()) {
            Answer help = shell.call(name, "--help");
            assertTrue(help.out().contains("Examples:") && help.out().contains("violin:" + name + " "), name + ":\n" + help.out());
            assertEquals(0, help.result());
        }
        assertNull(shell.line("violin:exec --help").result());
    }
}
