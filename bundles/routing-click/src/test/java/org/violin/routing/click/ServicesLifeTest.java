// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.violin.api.model.NicSpec;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.Forwarding;
import org.violin.api.routing.RouterSpec;

/** Services of a router that a real Click forwards for, in network namespaces: inside - eth1 router eth0 - outside, which has no way back inside. */
class ServicesLifeTest {
    private static final String LOST_NONE = " 0% packet loss";

    private final NicSpec eth0 = Bed.nic("eth0", 1, "192.0.2.1/24");
    private final NicSpec eth1 = Bed.nic("eth1", 2, "10.0.1.1/24");
    private Bed bed;
    private Bed.Box outside;
    private Bed.Box inside;
    private Bed.Box router;

    @BeforeEach
    void open() throws Exception {
        bed = new Bed();
        outside = bed.box(Bed.nic("eth0", 11, "192.0.2.2/24"));
        inside = bed.box(Bed.nic("eth0", 12, "10.0.1.2/24"));
        router = bed.box(eth0, eth1);
        router.sh("echo 1 > /proc/sys/net/ipv4/ip_forward");
        inside.sh("ip route add default via 10.0.1.1");
    }

    @AfterEach
    void close() throws Exception {
        if (bed != null) bed.close();
    }

    private RouterSpec spec(Map<String, Map<String, String>> services) {
        return Bed.serving(Bed.router(Map.of(), eth0, eth1), services);
    }

    private Forwarding start(RouterSpec spec) throws Exception {
        assertEquals(List.of(), bed.provider.check(spec));
        Forwarding forwarding = bed.keep(bed.provider.open(spec, null, router.taps, FibBatch.all(List.of()), null));
        bed.cable(outside.taps.get("eth0"), forwarding.device("eth0").orElseThrow());
        bed.cable(inside.taps.get("eth0"), forwarding.device("eth1").orElseThrow());
        forwarding.begin();
        return forwarding;
    }

    /** Answers each connection with the address that it comes from, as often as it is asked. */
    private Process server(Bed.Box box, int port) throws Exception {
        Process process = new ProcessBuilder("nsenter", "--net=" + box.namespace.path(), "--", "python3", "-c", """
                import socket,threading
                s=socket.socket();s.setsockopt(1,2,1);s.bind(('0.0.0.0',%d));s.listen();print('up',flush=True)
                def one(c,a):
                 while c.recv(1000): c.sendall(a[0].encode()+b'\\n')
                while True: threading.Thread(target=one,args=s.accept(),daemon=True).start()
                """.formatted(port)).redirectErrorStream(true).start();
        bed.keep(() -> process.destroyForcibly().waitFor());
        assertEquals('u', process.getInputStream().read());
        return process;
    }

    private static String ask(Bed.Box box, String address, int port) throws Exception {
        return box.sh("python3 -c \"import socket;s=socket.create_connection(('" + address + "'," + port
                + "),3);s.sendall(b'x');print(s.recv(100).decode(),end='')\" 2>&1 | tail -1").strip();
    }

    /** A connection that stays; {@link #again} uses it. */
    private Process connection(Bed.Box box, String address, int port) throws Exception {
        Process process = new ProcessBuilder("nsenter", "--net=" + box.namespace.path(), "--", "python3", "-c", """
                import socket,sys
                s=socket.create_connection(('%s',%d),5);s.settimeout(5)
                for line in sys.stdin:
                 try: s.sendall(b'x');print(s.recv(100).decode(),end='',flush=True)
                 except Exception as e: print('failed',e,flush=True)
                """.formatted(address, port)).redirectErrorStream(true).start();
        bed.keep(() -> process.destroyForcibly().waitFor());
        return process;
    }

    private static String again(Process connection) throws Exception {
        connection.getOutputStream().write('\n');
        connection.getOutputStream().flush();
        StringBuilder line = new StringBuilder();
        for (int c = connection.getInputStream().read(); c != '\n' && c >= 0; c = connection.getInputStream().read()) line.append((char) c);
        return line.toString();
    }

    private static String ping(Bed.Box from, String options) throws Exception {
        return from.sh("ping -c 3 -i 0.05 -W 2 " + options);
    }

    @Test
    void whatLeavesHasTheRoutersAddressAndPortsLeadInside() throws Exception {
        Forwarding forwarding = start(spec(Map.of("nat", Map.of("out", "eth0", "inside", "10.0.1.0/24", "forward", "tcp/8080=10.0.1.2:80"))));
        server(outside, 7000);
        server(inside, 80);
        server(router, 9000);
        assertEquals("192.0.2.1", ask(inside, "192.0.2.2", 7000));
        assertEquals("192.0.2.2", ask(outside, "192.0.2.1", 8080));
        assertEquals("192.0.2.2", ask(outside, "192.0.2.1", 9000)); // the router itself
        assertEquals("10.0.1.2", ask(inside, "192.0.2.1", 9000));
        server(outside, 9001);
        assertEquals("192.0.2.1", ask(router, "192.0.2.2", 9001)); // what the router's kernel begins
        String echo = ping(inside, "192.0.2.2");
        assertTrue(echo.contains(LOST_NONE) && echo.contains("ttl=63"), echo);
        assertTrue(ping(outside, "192.0.2.1").contains(LOST_NONE));
        assertTrue(ping(router, "192.0.2.2").contains(LOST_NONE));
        assertTrue(ping(inside, "-s 4000 192.0.2.2").contains(LOST_NONE)); // fragments both ways
        assertTrue(ping(inside, "-s 4000 10.0.1.1").contains(LOST_NONE));
        String refused = ask(inside, "192.0.2.2", 7999);
        assertTrue(refused.contains("refused"), refused);
        String expired = inside.sh("ping -c 1 -t 1 -W 3 192.0.2.2");
        assertTrue(expired.contains("From 10.0.1.1") && expired.contains("Time to live exceeded"), expired);
        assertEquals(0, router.forwarded());
        Map<String, Long> counters = forwarding.counters();
        assertTrue(counters.get("nat.flows") >= 2 && counters.get("nat.pings") >= 1, counters.toString());
        assertTrue(forwarding.wouldLose().orElse("").contains("translations of addresses in nat"), forwarding.wouldLose().toString());
    }

    @Test
    void errorsAboutTranslatedPacketsComeBack() throws Exception {
        start(spec(Map.of("nat", Map.of("out", "eth0"))));
        String udp = inside.sh("python3 -c \"import socket;s=socket.socket(2,2);s.settimeout(3);s.connect(('192.0.2.2',7999));s.send(b'x');s.recv(1)\" 2>&1 | tail -1");
        assertTrue(udp.contains("refused"), udp); // ICMP port unreachable of the one outside
    }

    @Test
    void whomItTranslatesForIsChangedInPlace() throws Exception {
        Map<String, String> nat = new TreeMap<>(Map.of("out", "eth0", "inside", "10.0.1.0/24"));
        Forwarding forwarding = start(spec(Map.of("nat", nat)));
        server(outside, 7000);
        Process kept = connection(inside, "192.0.2.2", 7000);
        assertEquals("192.0.2.1", again(kept));
        nat.put("inside", "10.99.0.0/16");
        assertTrue(forwarding.apply(spec(Map.of("nat", nat))));
        assertEquals("192.0.2.1", again(kept)); // a connection keeps its translation
        assertFalse(ping(inside, "-W 1 192.0.2.2").contains(LOST_NONE));
        nat.put("forward", "tcp/80=10.0.1.2");
        assertFalse(forwarding.apply(spec(Map.of("nat", nat)))); // another graph
    }

    @Test
    void rulesAreChangedInPlaceAndConnectionsStay() throws Exception {
        outside.sh("ip route add 10.0.1.0/24 via 192.0.2.1");
        Map<String, String> firewall = new TreeMap<>(Map.of("policy", "drop", "rules", "iifname \"eth1\" accept\ntcp dport { 8000-8003, 80 } accept"));
        Forwarding forwarding = start(spec(Map.of("firewall", firewall)));
        server(inside, 8002);
        server(inside, 7000);
        server(outside, 7000);
        assertTrue(ping(inside, "192.0.2.2").contains(LOST_NONE)); // and back, as known
        assertTrue(ping(outside, "10.0.1.2").contains("100% packet loss"));
        assertEquals("10.0.1.2", ask(inside, "192.0.2.2", 7000));
        assertEquals("192.0.2.2", ask(outside, "10.0.1.2", 8002));
        assertTrue(ask(outside, "10.0.1.2", 7000).contains("timed out"));
        assertTrue(ping(outside, "192.0.2.1").contains(LOST_NONE)); // the router itself is no forwarding
        Process kept = connection(outside, "10.0.1.2", 8002);
        assertEquals("192.0.2.2", again(kept));
        Map<String, Long> counters = forwarding.counters();
        assertTrue(counters.get("firewall.accepted") >= 3 && counters.get("firewall.dropped") >= 4, counters.toString());
        firewall.put("rules", "iifname \"eth1\" accept\ntcp dport 9 accept\ntcp reject");
        assertTrue(bed.provider.check(spec(Map.of("firewall", firewall))).toString().contains("cannot"));
        firewall.put("rules", "iifname \"eth1\" accept\ntcp dport 9 accept\nmeta l4proto tcp reject");
        assertEquals(List.of(), bed.provider.check(spec(Map.of("firewall", firewall))));
        assertTrue(forwarding.apply(spec(Map.of("firewall", firewall))));
        assertEquals("192.0.2.2", again(kept));
        assertTrue(ask(outside, "10.0.1.2", 8002).contains("refused"));
        assertEquals(0, forwarding.counters().get("restarts"));
        assertEquals(0, router.forwarded());
    }

    @Test
    void aPortThatLeadsInsidePassesTheFirewallAsTranslated() throws Exception {
        Map<String, String> firewall = Map.of("policy", "drop", "rules", "ct status dnat accept\niifname eth1 oifname eth0 accept");
        start(spec(Map.of("firewall", firewall, "nat", Map.of("out", "eth0", "forward", "tcp/8080=10.0.1.2:80,udp/5000-5010=10.0.1.2"))));
        outside.sh("ip route add 10.0.1.0/24 via 192.0.2.1");
        server(inside, 80);
        server(outside, 7000);
        assertEquals("192.0.2.2", ask(outside, "192.0.2.1", 8080));
        assertTrue(ask(outside, "10.0.1.2", 80).contains("timed out"));
        assertEquals("192.0.2.1", ask(inside, "192.0.2.2", 7000));
        Process udp = new ProcessBuilder("nsenter", "--net=" + inside.namespace.path(), "--", "python3", "-c",
                "import socket;s=socket.socket(2,2);s.bind(('0.0.0.0',5003));print('up',flush=True);d,a=s.recvfrom(9);s.sendto(a[0].encode(),a)").start();
        bed.keep(() -> udp.destroyForcibly().waitFor());
        assertEquals('u', udp.getInputStream().read());
        String said = outside.sh("python3 -c \"import socket;s=socket.socket(2,2);s.settimeout(3);s.connect(('192.0.2.1',5003));s.send(b'x');print(s.recv(99).decode())\" 2>&1");
        assertEquals("192.0.2.2", said.strip());
        assertEquals(0, router.forwarded());
    }

    /** Nothing waits, and nothing came for some reads. */
    private static boolean idle(Forwarding forwarding) {
        try {
            String before = forwarding.command("read", "rx_eth1.count", null);
            for (int i = 0; i < 50; i++) {
                if (!forwarding.command("read", "q_eth0.length", null).trim().equals("0")) return false;
                java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
            }
            return before.equals(forwarding.command("read", "rx_eth1.count", null));
        } catch (org.violin.api.guest.GuestException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theRateHoldsBackWhatLeavesAndIsChangedInPlace() throws Exception {
        outside.sh("ip route add 10.0.1.0/24 via 192.0.2.1");
        Forwarding forwarding = start(spec(Map.of("shape", Map.of("eth0", "1000000"))));
        // Far more than a second's worth, sent at once: the queue holds 50 ms, so most is lost, on this vNIC alone.
        String flood = "python3 -c \"import socket;s=socket.socket(2,2);[s.sendto(b'x'*1400,('%s',9)) for i in range(1500)]\"";
        inside.sh("ping -c 1 -W 2 192.0.2.2");
        Map<String, Long> before = forwarding.counters();
        inside.sh(flood.formatted("192.0.2.2"));
        Bed.await("the queue is empty", () -> idle(forwarding));
        Map<String, Long> slow = forwarding.counters();
        long lost = slow.get("eth0.drops.queue") - before.get("eth0.drops.queue");
        long passed = slow.get("eth0.out") - before.get("eth0.out");
        assertTrue(lost > 2 * passed, slow.toString());
        assertEquals(0L, slow.get("eth1.drops.queue"), slow.toString());
        assertTrue(forwarding.apply(spec(Map.of("shape", Map.of("eth0", "10000000000")))));
        inside.sh(flood.formatted("192.0.2.2"));
        Bed.await("the queue is empty again", () -> idle(forwarding));
        Map<String, Long> fast = forwarding.counters();
        long quick = fast.get("eth0.out") - slow.get("eth0.out");
        assertTrue(quick > 2 * passed && fast.get("eth0.drops.queue") - slow.get("eth0.drops.queue") < quick, slow + " " + fast);
        assertEquals(0L, fast.get("restarts"));
    }
}
