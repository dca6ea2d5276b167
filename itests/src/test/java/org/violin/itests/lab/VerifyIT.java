// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** {@code violin verify} on real containers and guests of two overlay hosts; then with holes made on purpose. Needs root. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class VerifyIT {
    private static final Pattern FINDING = Pattern.compile(
            "\"host\"\\s*:\\s*\"([^\"]*)\"\\s*,\\s*\"check\"\\s*:\\s*\"([^\"]*)\"\\s*,\\s*\"verdict\"\\s*:\\s*\"([^\"]*)\"\\s*,\\s*\"detail\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final List<String> INSIDE = List.of("control", "host-addresses", "stray-frames", "spoofed-sources", "tunnel-port-inside",
            "odd-frames", "storms", "guest-walls");

    private static Violin violin;
    private static Path folder;

    private record Finding(String host, String check, String verdict, String detail) {}

    @BeforeAll
    static void labUp() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: network namespaces");
        folder = Files.createTempDirectory("violin-it");
        violin = new Violin("itv", folder.resolve("state"));
        violin.ok("lab", "up", "-n", "2");
        for (String name : List.of("red", "blue")) violin.ok("apply", file(name));
        for (String name : List.of("red", "blue")) violin.ok("ping-all", name);
    }

    @AfterAll
    static void labDown() throws IOException {
        if (violin == null) return;
        violin.run("lab", "down");
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
        }
    }

    /** A vLAN with two vHosts on host1 and one on host2. */
    private static String file(String name) throws IOException {
        String net = name.equals("red") ? "10.31.1" : "10.31.2";
        return Files.writeString(folder.resolve(name + ".yaml"), String.join("\n",
                "name: " + name, "topology:", "  nodes:", "    a: {kind: vhost, host: host1}", "    b: {kind: vhost, host: host1}",
                "    c: {kind: vhost, host: host2}", "  lans:", "    lan: {host: host1, subnet: [" + net + ".0/24], members: [a, b, c]}", "")).toString();
    }

    private static List<Finding> findings(Violin.Result result) {
        List<Finding> all = new ArrayList<>();
        for (Matcher m = FINDING.matcher(result.out()); m.find(); ) all.add(new Finding(m.group(1), m.group(2), m.group(3), m.group(4)));
        assertFalse(all.isEmpty(), result.all());
        return all;
    }

    private static Set<String> failed(List<Finding> findings) {
        Set<String> failed = new TreeSet<>();
        findings.stream().filter(f -> f.verdict().equals("FAIL")).forEach(f -> failed.add(f.host() + " " + f.check()));
        return failed;
    }

    private static String verdict(List<Finding> findings, String host, String check) {
        return findings.stream().filter(f -> f.host().equals(host) && f.check().equals(check)).map(Finding::verdict).findFirst().orElse("missing");
    }

    @Test
    @Order(1)
    void aConfinedViolinPassesOnBothHosts() {
        Violin.Result result = violin.run("verify", "red", "-o", "json");
        List<Finding> findings = findings(result);
        assertEquals(Set.of(), failed(findings), result.all());
        assertEquals(0, result.status(), result.all());
        for (String check : INSIDE) assertEquals("PASS", verdict(findings, "host1", check), check + "\n" + result.all());
        for (String host : List.of("host1", "host2")) {
            assertEquals("PASS", verdict(findings, host, "tunnel-port-outside"), result.all());
            assertTrue(Set.of("PASS", "WARN").contains(verdict(findings, host, "cipher")), result.all());
        }
        violin.ok("ping-all", "red");
        violin.ok("ping-all", "blue");
    }

    @Test
    @Order(2)
    void theTableIsForPeople() {
        String table = violin.ok("verify", "red");
        assertTrue(table.contains("HOST") && table.contains("stray-frames") && table.contains("red: "), table);
        assertTrue(Pattern.compile("red: \\d+ pass, \\d+ warn, 0 fail, \\d+ untested").matcher(table).find(), table);
    }

    /** The first process of a guest, as the runtime noted it: its number, then its start time. */
    private static long pid(String host, String name, String node) throws IOException {
        Path end = Path.of("guests", name, node, "pid");
        try (Stream<Path> files = Files.find(violin.state().resolve("itv").resolve(host), 8, (f, a) -> f.endsWith(end))) {
            Path note = files.findFirst().orElseThrow(() -> new AssertionError("no " + end + " of " + host));
            return Long.parseLong(Files.readString(note).trim().split(" ")[0]);
        }
    }

    private static void in(long pid, String command) throws Exception {
        Process process = new ProcessBuilder("nsenter", "-t", Long.toString(pid), "-n", "sh", "-c", command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), command + ": " + out);
    }

    private static long container(String host) throws Exception {
        return Long.parseLong(violin.ok("lab", "exec", host, "--", "sh", "-c", "for p in /proc/[0-9]*; do "
                + "[ \"$(readlink $p/ns/net)\" = \"$(readlink /proc/self/ns/net)\" ] && grep -qs '[o]rg.apache.karaf.main' $p/cmdline && echo ${p#/proc/} && break; done").trim());
    }

    @Test
    @Order(3)
    void aCableFromAGuestToItsHostFails() throws Exception {
        long guest = pid("host1", "red", "a");
        in(guest, "ip link add name hole type veth peer name vhole netns " + container("host1") + " && ip link set hole up");
        try {
            in(container("host1"), "ip link set vhole up");
            Violin.Result result = violin.run("verify", "red", "-o", "json");
            List<Finding> findings = findings(result);
            assertEquals(1, result.status());
            for (String check : List.of("stray-frames", "spoofed-sources", "tunnel-port-inside", "odd-frames")) {
                assertEquals("FAIL", verdict(findings, "host1", check), result.all());
            }
            assertTrue(result.out().contains("vhole of overlay host host1"), result.out());
            assertTrue(failed(findings).stream().noneMatch(f -> f.startsWith("host2")), result.all());
        } finally {
            in(guest, "ip link del hole");
        }
    }

    @Test
    @Order(4)
    void aCableToAnotherViolinFails() throws Exception {
        long red = pid("host1", "red", "b");
        in(red, "ip link add name hole type veth peer name hole netns " + pid("host1", "blue", "b") + " && ip link set hole up");
        try {
            in(pid("host1", "blue", "b"), "ip link set hole up");
            Violin.Result result = violin.run("verify", "red", "-o", "json");
            assertEquals(1, result.status());
            assertEquals("FAIL", verdict(findings(result), "host1", "stray-frames"), result.all());
            assertTrue(result.out().contains("hole of blue/b"), result.out());
        } finally {
            in(red, "ip link del hole");
        }
    }

    @Test
    @Order(5)
    void withTheHolesClosedItPassesAgain() {
        assertEquals(Set.of(), failed(findings(violin.run("verify", "red", "-o", "json"))));
        Violin.Result unknown = violin.run("verify", "nobody");
        assertEquals(1, unknown.status());
        assertTrue(unknown.err().contains("nobody"), unknown.err());
    }
}
