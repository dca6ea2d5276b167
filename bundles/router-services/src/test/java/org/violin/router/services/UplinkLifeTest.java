// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.violin.api.guest.GuestException;
import org.violin.api.routing.RouterService;
import org.violin.api.routing.RouterSpec;
import org.violin.linux.Netns;

/** The way out, from an overlay host that is a namespace made here: 198.51.100.2, in a network with 198.51.100.9. */
class UplinkLifeTest {
    private static final String HOST = "vs-host-" + ProcessHandle.current().pid();
    private static final String NET = "vs-net-" + ProcessHandle.current().pid();
    private static final Map<String, String> NONE = Map.of();

    private final List<Process> processes = new ArrayList<>();

    private record Config(boolean uplink) implements UplinkConfig {
        @Override
        public String[] uplinkInterfaces() {
            return new String[0];
        }

        @Override
        public Class<? extends Annotation> annotationType() {
            return UplinkConfig.class;
        }
    }

    /** Runs something on the overlay host. */
    private static <T> T onHost(Netns.Task<T> task) throws IOException {
        return Netns.call("/run/netns/" + HOST, task);
    }

    private static String sh(String space, String command) throws IOException {
        return HostTool.run("", List.of("ip", "netns", "exec", space, "sh", "-c", command)).output();
    }

    private void internet() throws IOException {
        for (String line : List.of("netns add " + HOST, "netns add " + NET, "-n " + HOST + " link add eth0 type veth peer name eth0 netns " + NET,
                "-n " + HOST + " link set lo up", "-n " + NET + " link set lo up", "-n " + HOST + " addr add 198.51.100.2/24 dev eth0",
                "-n " + NET + " addr add 198.51.100.9/24 dev eth0", "-n " + HOST + " link set eth0 up", "-n " + NET + " link set eth0 up",
                "-n " + HOST + " route add default via 198.51.100.9", "-n " + NET + " route add 100.64.0.0/10 via 198.51.100.2",
                "-n " + NET + " route add 10.1.0.0/16 via 198.51.100.2")) {
            List<String> command = new ArrayList<>(List.of("ip"));
            command.addAll(Arrays.asList(line.split(" ")));
            HostTool.Said said = HostTool.run("", command);
            assertEquals(0, said.status(), line + ": " + said.output());
        }
    }

    /** A TCP server that tells where its callers come from. */
    private void server(String space, int port) throws Exception {
        Process process = new ProcessBuilder("ip", "netns", "exec", space, "perl", "-MIO::Socket::INET", "-e",
                "$| = 1; my $s = IO::Socket::INET->new(LocalPort => shift, Listen => 5, ReuseAddr => 1) or die; print qq(ready\\n);"
                        + " while (my $c = $s->accept) { print $c $c->peerhost . qq(\\n); close $c; }", String.valueOf(port)).start();
        processes.add(process);
        assertEquals("ready", process.inputReader().readLine());
    }

    private static final String CALL = "perl -MIO::Socket::INET -e 'my $c = IO::Socket::INET->new(PeerAddr => shift, Timeout => 2) or do { print q(none); exit };"
            + " my $line = <$c>; chomp $line; print $line' ";

    @AfterEach
    void clean() throws IOException {
        processes.forEach(Process::destroyForcibly);
        for (String space : List.of(HOST, NET)) HostTool.run("", List.of("ip", "netns", "delete", space));
    }

    @Test
    void itLeadsOutAndNothingIn() throws Exception {
        try (Triple lab = new Triple()) {
            internet();
            server(NET, 7000);
            server(HOST, 7000);
            RouterSpec spec = Triple.spec(Map.of("uplink", NONE));
            UplinkProvider provider = onHost(() -> new UplinkProvider(new Config(true)));
            assertEquals(List.of(), provider.check(spec, NONE));
            assertEquals("none", Lab.sh(lab.router, CALL + "198.51.100.9:7000"), "no way out before it is asked for");
            RouterService way = open(provider, spec, lab);
            assertEquals("198.51.100.2", Lab.sh(lab.router, CALL + "198.51.100.9:7000"), "as the overlay host");
            assertEquals("198.51.100.2", Lab.sh(lab.client, CALL + "198.51.100.9:7000"), "also those behind the vRouter");

            String own = Lab.sh(lab.router, "ip -o -4 address show dev uplink").replaceAll("(?s).*inet ([0-9.]+)/30.*", "$1");
            String gate = own.substring(0, own.lastIndexOf('.') + 1) + (Integer.parseInt(own.substring(own.lastIndexOf('.') + 1)) - 1);
            assertTrue(own.startsWith("100."), own);
            for (String address : List.of("198.51.100.2", gate)) {
                assertEquals("none", Lab.sh(lab.router, CALL + address + ":7000"), "the host itself is not reached: " + address);
                assertEquals("none", Lab.sh(lab.client, CALL + address + ":7000"));
            }
            lab.echo(lab.router, 7001);
            for (String address : List.of(own, "10.1.0.1")) {
                assertEquals("none", sh(NET, CALL + address + ":7001"), "nothing comes in: " + address);
                assertEquals("none", sh(HOST, CALL + own + ":7001"), "not even from the host");
            }
            assertTrue(sh(HOST, "nft list ruleset").contains("169.254.0.0/16"), "the host's own link-local services are kept from it");
            assertEquals("0 1", sh(HOST, "cat /proc/sys/net/ipv4/ip_forward; cat /proc/sys/net/ipv4/conf/eth0/forwarding").strip().replace('\n', ' '));
            Map<String, Long> counters = status(way).counters();
            assertTrue(counters.get("out.packets") > 0 && counters.get("back.packets") > 0 && counters.get("refused.packets") > 0, counters.toString());

            String before = sh(HOST, "ip -o link");
            onHost(() -> {
                way.close();
                return null;
            });
            RouterService again = open(onHost(() -> new UplinkProvider(new Config(true))), spec, lab);
            assertEquals(before, sh(HOST, "ip -o link"), "taken over as it is");
            assertTrue(status(again).counters().get("out.packets") >= counters.get("out.packets"), "and counts on");
            assertEquals("198.51.100.2", Lab.sh(lab.router, CALL + "198.51.100.9:7000"));
            remove(again, false);
            nothingIsLeft();
            assertFalse(Lab.sh(lab.router, "nft list ruleset; ip link; ip route").contains("uplink"));
        }
        nothingIsLeft();
    }

    @Test
    void aHostThatForbidsItTakesAwayWhatWasAllowedAndSaysWhy() throws Exception {
        try (Triple lab = new Triple()) {
            internet();
            RouterSpec spec = Triple.spec(Map.of("uplink", NONE));
            open(onHost(() -> new UplinkProvider(new Config(true))), spec, lab);
            UplinkProvider strict = onHost(() -> new UplinkProvider(new Config(false)));
            String why = assertThrows(GuestException.class, () -> open(strict, spec, lab)).getMessage();
            assertTrue(why.contains("allows no way out") && why.contains("org.violin.router.services.cfg"), why);
            nothingIsLeft();
            UplinkProvider free = onHost(() -> new UplinkProvider(new Config(true)));
            Map<String, String> given = Map.of("network", "198.51.100.0/30");
            assertTrue(assertThrows(GuestException.class, () -> onHostOpen(free, spec, given, lab)).getMessage().contains("is in use"));
            nothingIsLeft();
            assertEquals(1, free.check(spec, Map.of("network", "10.1.0.0/30")).size());
            assertEquals(1, free.check(spec, Map.of("network", "10.77.0.0/24")).size());
        }
    }

    @Test
    void whatAKilledContainerLeftIsSweptWhenItsGuestIsGone() throws Exception {
        try (Triple lab = new Triple()) {
            internet();
            open(onHost(() -> new UplinkProvider(new Config(true))), Triple.spec(Map.of("uplink", NONE)), lab);
            assertTrue(sh(HOST, "nft list tables").contains("violin-uplink-"));
            onHost(() -> new UplinkProvider(new Config(true)));
            assertTrue(sh(HOST, "nft list tables").contains("violin-uplink-"), "the guest lives: its way out stays");
            lab.lab.unplug();
            lab.router.stop();
            Lab.await("the pair ends with the guest", 20, () -> !sh(HOST, "ip -o link").contains("vup"));
            onHost(() -> new UplinkProvider(new Config(false)));
            nothingIsLeft();
        }
    }

    private static RouterService open(UplinkProvider provider, RouterSpec spec, Triple lab) throws Exception {
        return onHostOpen(provider, spec, NONE, lab);
    }

    private static RouterService onHostOpen(UplinkProvider provider, RouterSpec spec, Map<String, String> settings, Triple lab) throws Exception {
        List<GuestException> failed = new ArrayList<>();
        RouterService service = onHost(() -> {
            try {
                return provider.open(spec, settings, lab.router, lab.sink);
            } catch (GuestException e) {
                failed.add(e);
                return null;
            }
        });
        if (!failed.isEmpty()) throw failed.get(0);
        return service;
    }

    private static org.violin.api.routing.ServiceStatus status(RouterService service) throws IOException {
        return onHost(service::status);
    }

    private static void remove(RouterService service, boolean guestEnds) throws Exception {
        onHost(() -> {
            try {
                service.remove(guestEnds);
                return null;
            } catch (GuestException e) {
                throw new IOException(e);
            }
        });
    }

    private static void nothingIsLeft() throws IOException {
        assertEquals("", sh(HOST, "nft list ruleset; ip -o link | grep vup").strip());
        assertEquals("0", sh(HOST, "cat /proc/sys/net/ipv4/conf/eth0/forwarding").strip(), "forwarding is as it was");
    }
}
