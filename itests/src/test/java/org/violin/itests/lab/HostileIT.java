// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Somebody on the underlay, who hears and sends what he likes, against three real overlay hosts; and a host that is not welcome any more.
 * Needs root. The tests run in order and share the lab.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostileIT {
    private static final String LAB = "bad";
    private static final String HOST2 = "198.18.0.2";
    private static final int CLEAR = 0x30;
    private static final int SEALED = 0x31;
    private static final int EXCHANGE = 0x33;
    private static final String MARKER = "56494f4c494e2d6d61726b65722d2d31";
    private static final long SEED = 20_261_123;

    private static Violin violin;
    private static Path folder;
    private static Set<String> before;

    @BeforeAll
    static void labUp() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: network namespaces");
        before = Traces.now();
        folder = Files.createTempDirectory("violin-it");
        violin = new Violin(LAB, folder.resolve("state"));
        violin.ok("lab", "up", "-n", "3");
        apply("sealed", 77, "");
        apply("open", 78, "cipher: none\n");
    }

    private static void apply(String name, int net, String cipher) throws IOException {
        String text = "name: " + name + "\n" + cipher + "addressing: {ipv6: none}\ntopology:\n  nodes:\n"
                + "    a: {kind: vhost, host: host1, interfaces: {eth0: {ipv4: 10." + net + ".13.1}}}\n"
                + "    b: {kind: vhost, host: host2, interfaces: {eth0: {ipv4: 10." + net + ".13.2}}}\n"
                + "    c: {kind: vhost, host: host3, interfaces: {eth0: {ipv4: 10." + net + ".13.3}}}\n"
                + "  lans:\n    lan: {members: [\"a:eth0\", \"b:eth0\", \"c:eth0\"], host: host1, subnet: 10." + net + ".13.0/24}\n";
        violin.ok("apply", Files.writeString(folder.resolve(name + ".yaml"), text).toString());
        violin.ok("ping-all", name);
    }

    @AfterAll
    static void labDown() throws IOException {
        if (violin == null) return;
        violin.run("lab", "down");
        try (var files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
        }
    }

    private static void ping(String name, String from, String to, int count) {
        violin.in(name, from, "ping", "-q", "-c", "" + count, "-i", "0.02", "-W", "2", "-s", "300", "-p", MARKER, to);
    }

    /** Echo requests that a guest's kernel has seen. */
    private static long echoes(String name, String node) {
        List<String> lines = violin.in(name, node, "grep", "^Icmp:", "/proc/net/snmp").lines().toList();
        List<String> names = List.of(lines.get(0).split(" "));
        return Long.parseLong(lines.get(1).split(" ")[names.indexOf("InEchos")]);
    }

    /** The sum of a counter over all rows of a host's tunnels. */
    private static long counted(String host, String... names) {
        String json = violin.ok("--host", host, "tunnels", "-o", "json");
        long sum = 0;
        for (String name : names) {
            Matcher m = Pattern.compile("\"" + name + "\" *: *(\\d+)").matcher(json);
            while (m.find()) sum += Long.parseLong(m.group(1));
        }
        return sum;
    }

    private static byte[] mac(String name, String node) {
        return HexFormat.of().parseHex(violin.in(name, node, "cat", "/sys/class/net/eth0/address").replace(":", ""));
    }

    /** What a sealed flow from a to b looks like on the cable of host2. */
    private static List<byte[]> flow(Wiretap tap, int pings) {
        tap.heard();
        ping("sealed", "a", "10.77.13.2", pings);
        List<byte[]> datagrams = Wiretap.tunnel(tap.heard(), SEALED, HOST2);
        assertTrue(datagrams.size() >= pings, "sealed datagrams heard: " + datagrams.size());
        // The kernel has left their checksums to a card that is not there.
        return datagrams.stream().map(f -> Wiretap.with(f, Wiretap.payload(f))).toList();
    }

    /** Sends to host2 what must not get in: it is counted there, and no guest hears of it. */
    private static void refused(Wiretap tap, List<byte[]> frames, String... counters) throws Exception {
        long echoes = echoes("sealed", "b");
        long counted = counted("host2", counters);
        frames.forEach(tap::send);
        Violin.eventually(frames.size() + " counted as one of " + List.of(counters), 10,
                () -> counted("host2", counters) >= counted + frames.size());
        assertEquals(echoes, echoes("sealed", "b"), "echo requests at the guest");
        ping("sealed", "a", "10.77.13.2", 3);
    }

    @Test
    @Order(1)
    void nothingInsideCanBeReadOnTheUnderlay() throws Exception {
        byte[] marker = HexFormat.of().parseHex(MARKER);
        for (String name : List.of("open", "sealed")) {
            boolean readable = name.equals("open");
            String net = readable ? "10.78.13." : "10.77.13.";
            byte[] address = {10, (byte) (readable ? 78 : 77), 13, 2};
            byte[] mac = mac(name, "b");
            try (Wiretap tap = Wiretap.on(LAB, "host2")) {
                ping(name, "a", net + "2", 100);
                List<byte[]> all = tap.heard();
                assertTrue(all.size() >= 200, "frames heard: " + all.size());
                assertEquals(readable, Wiretap.contains(all, marker), name + ": the payload's marker");
                assertEquals(readable, Wiretap.contains(all, mac), name + ": the MAC of b");
                assertEquals(readable, Wiretap.contains(all, address), name + ": the address of b");
            }
        }
        assertTrue(violin.ok("show", "open").contains("CLEAR"));
    }

    @Test
    @Order(2)
    void repeatedDatagramsAreRefused() throws Exception {
        try (Wiretap tap = Wiretap.on(LAB, "host2")) {
            refused(tap, flow(tap, 50), "replayed");
        }
    }

    @Test
    @Order(3)
    void changedAndShortenedDatagramsAreRefused() throws Exception {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        try (Wiretap tap = Wiretap.on(LAB, "host2")) {
            List<byte[]> changed = flow(tap, 40).stream().map(frame -> {
                byte[] payload = Wiretap.payload(frame);
                int at = 6 + random.nextInt(payload.length - 6);
                payload[at] ^= (byte) (1 << random.nextInt(8));
                return Wiretap.with(frame, payload);
            }).toList();
            refused(tap, changed, "forged", "replayed");
            List<byte[]> shortened = flow(tap, 40).stream().map(frame -> {
                byte[] payload = Wiretap.payload(frame);
                return Wiretap.with(frame, Arrays.copyOf(payload, 12 + random.nextInt(payload.length - 12)));
            }).toList();
            refused(tap, shortened, "forged", "malformed", "replayed");
        }
    }

    @Test
    @Order(4)
    void inventedDatagramsAndAWayBackToTheClearAreRefused() throws Exception {
        Random random = new Random(SEED);
        try (Wiretap tap = Wiretap.on(LAB, "host2")) {
            byte[] one = flow(tap, 1).get(0);
            List<byte[]> invented = random.ints(50).mapToObj(seed -> {
                byte[] payload = new byte[100];
                new Random(seed).nextBytes(payload);
                ByteBuffer.wrap(payload).put((byte) 0x56).put((byte) SEALED);
                return Wiretap.with(one, payload);
            }).toList();
            refused(tap, invented, "unknown-peer", "unknown-index");
            // From the address of host1, in the clear, for every channel that the two violins could have.
            List<byte[]> clear = random.ints(50).mapToObj(seed -> Wiretap.with(one, clearEcho((short) (seed & 3)))).toList();
            refused(tap, clear, "unknown-peer", "bad-vni", "gap", "stale", "malformed", "bad-version");
        }
    }

    /** As the clear tunnel of a violin would send it: a record with an Ethernet broadcast in it. */
    private static byte[] clearEcho(short channel) {
        ByteBuffer made = ByteBuffer.allocate(140);
        made.put((byte) 0x56).put((byte) CLEAR).putShort((short) (100 + channel)).putInt(1).putShort((short) 1).putShort((short) 0).putInt(7);
        made.putShort((short) 0).put((byte) 0).putShort((short) 100).put((byte) 0).putShort((short) 1);
        return made.array();
    }

    @Test
    @Order(5)
    void exchangesWithoutAKeyAreRefused() throws Exception {
        Random random = new Random(SEED);
        try (Wiretap tap = Wiretap.on(LAB, "host2")) {
            byte[] one = flow(tap, 1).get(0);
            long handshakes = counted("host2", "handshakes");
            List<byte[]> invented = random.ints(200).mapToObj(seed -> {
                byte[] payload = new byte[20 + (seed & 0xFF)];
                new Random(seed).nextBytes(payload);
                ByteBuffer.wrap(payload).put((byte) 0x56).put((byte) EXCHANGE);
                return Wiretap.with(one, payload);
            }).toList();
            long echoes = echoes("sealed", "b");
            invented.forEach(tap::send);
            ping("sealed", "a", "10.77.13.2", 3);
            assertEquals(echoes + 3, echoes("sealed", "b"));
            assertTrue(counted("host2", "handshakes") - handshakes < 10, "no key was agreed on with a stranger");
        }
    }

    @Test
    @Order(6)
    void whatIsForAnotherHostIsRefused() throws Exception {
        try (Wiretap third = Wiretap.on(LAB, "host3"); Wiretap second = Wiretap.on(LAB, "host2")) {
            ping("sealed", "a", "10.77.13.3", 30);
            List<byte[]> forThird = Wiretap.tunnel(third.heard(), SEALED, "198.18.0.3");
            byte[] one = flow(second, 1).get(0);
            refused(second, forThird.stream().map(f -> Wiretap.with(one, Wiretap.payload(f))).toList(), "unknown-peer", "unknown-index", "forged");
        }
    }

    @Test
    @Order(7)
    void datagramsUnderAKeyOfAnEarlierStartAreRefused() throws Exception {
        try (Wiretap tap = Wiretap.on(LAB, "host2")) {
            List<byte[]> old = flow(tap, 30);
            violin.ok("lab", "kill", "host2");
            violin.ok("lab", "start", "host2");
            Violin.eventually("b answers again", 60, () -> violin.run("exec", "sealed", "a", "--", "ping", "-c", "1", "-W", "1", "10.77.13.2").status() == 0);
            refused(tap, old, "unknown-peer", "unknown-index", "old-key");
        }
    }

    @Test
    @Order(8)
    void aTokenIsGoodOnceAndNotForEver() throws Exception {
        Path state = violin.state().resolve(LAB);
        violin.ok("lab", "kill", "host3");
        Path keys = state.resolve("host3").resolve("keys");
        try (var files = Files.walk(keys)) {
            files.sorted(java.util.Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
        }
        String token = violin.ok("host-token", "--for", "host3", "--valid", "1s").strip();
        Thread.sleep(1500);
        joins(state, token, false);
        assertFalse(log(state, "host3").contains(token.split("\\.")[2]), "but not the secret");
    }

    private static void joins(Path state, String token, boolean welcome) throws Exception {
        Path file = state.resolve("host3").resolve("etc").resolve("violin-token");
        Files.writeString(file, token + "\n");
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        if (welcome) {
            violin.ok("lab", "start", "host3");
            return;
        }
        Process start = violin.start("lab", "start", "host3");
        Violin.eventually("host3 is refused", 60, () -> log(state, "host3").contains("has expired"));
        Violin.eventually("host3 is no member", 20, () -> !members().contains("host3"));
        start.descendants().forEach(ProcessHandle::destroy);
        start.destroy();
        start.waitFor();
        violin.ok("lab", "kill", "host3");
    }

    private static String log(Path state, String host) throws IOException {
        Path file = state.resolve(host).resolve("data/log/karaf.log");
        return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    }

    @Test
    @Order(9)
    void anExpelledHostIsCutOffEverywhere() throws Exception {
        Path state = violin.state().resolve(LAB);
        String token = violin.ok("host-token", "--for", "host3", "--valid", "10m").strip();
        joins(state, token, true);
        Violin.eventually("c answers", 60, () -> violin.run("exec", "sealed", "a", "--", "ping", "-c", "1", "-W", "1", "10.77.13.3").status() == 0);
        violin.ok("host-remove", "host3", "--yes");
        Violin.eventually("host3 is no member", 10, () -> !members().contains("host3"));
        Violin.eventually("c is out of reach", 10, () -> violin.run("exec", "sealed", "a", "--", "ping", "-c", "1", "-W", "1", "10.77.13.3").status() != 0);
        Violin.eventually("it knows", 20, () -> log(state, "host3").contains("expelled"));
        Thread.sleep(3000);
        assertFalse(members().contains("host3"), "and does not come back");
        ping("sealed", "a", "10.77.13.2", 3);
        Violin.Result order = violin.run("--host", "host3", "exec", "sealed", "a", "--", "true");
        assertTrue(order.status() != 0, "no command of host3 is obeyed: " + order.all());
    }

    /** Those that are members now, as host2 sees it. */
    private static String members() {
        return violin.ok("--host", "host2", "hosts").lines().filter(line -> line.contains(" joined ")).reduce("", (a, b) -> a + b + "\n");
    }

    @Test
    @Order(10)
    void nothingSecretIsInLogsOrCommandLines() throws Exception {
        Path state = violin.state().resolve(LAB);
        for (String host : List.of("host1", "host2")) {
            Path keys = state.resolve(host).resolve("keys");
            try (var files = Files.walk(keys)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    String rights = java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
                    assertTrue(rights.endsWith("------"), file + " " + rights);
                }
            }
            assertFalse(log(state, host).matches("(?s).*-----BEGIN.*PRIVATE.*"), host);
        }
    }

    @Test
    @Order(99)
    void nothingIsLeft() throws Exception {
        violin.ok("lab", "down");
        Set<String> after = Traces.now();
        after.removeAll(before);
        assertEquals(Set.of(), after);
    }
}
