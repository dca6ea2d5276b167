// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.container;

import static java.util.stream.Collectors.toList;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.osgi.service.cm.ConfigurationAdmin;
import org.violin.api.cluster.Admission;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.cluster.StateException;
import org.violin.api.dataplane.DataPlaneView;
import org.violin.api.dataplane.TunnelStatus;

/** Two real containers on two loopback addresses of one machine: they join, carry frames to each other, and one of them crashes. */
public class TwoContainersIT extends WithGuests {
    private static final String[] ONE_GUEST_ON_EACH = {
        "name: two", "topology:", "  nodes:",
        "    a: {kind: vhost, host: exam, interfaces: {eth0: {ipv4: 10.78.0.1}}}",
        "    b: {kind: vhost, host: second, interfaces: {eth0: {ipv4: 10.78.0.2}}}",
        "  lans:",
        "    s: {host: exam, subnet: [10.78.0.0/24], members: [\"a:eth0\", \"b:eth0\"]}"};

    private SecondHost second;

    @Configuration
    public static Option[] config() throws IOException {
        return Containers.oneHost();
    }

    @Before
    public void secondJoins() throws Exception {
        Object port = service(ConfigurationAdmin.class).getConfiguration("org.violin.members", null).getProperties().get("zookeeperPort");
        Path target = Path.of(System.getProperty(Containers.TARGET));
        second = SecondHost.unpack(target, "127.0.0.2", "127.0.0.1:" + port, token(), Containers.freePorts(1).get(0));
        second.start();
        allSatisfied("at first");
        eventually(() -> "both are members: " + hosts(), () -> hosts().equals(List.of("exam", "second")));
    }

    /** The authority is made in the background. */
    private String token() {
        AtomicReference<String> token = new AtomicReference<>();
        AtomicReference<String> refused = new AtomicReference<>();
        eventually(refused::get, () -> {
            try {
                token.set(service(Admission.class).token("second", Duration.ofMinutes(10)));
            } catch (StateException e) {
                refused.set(e.getMessage());
            }
            return token.get() != null;
        });
        return token.get();
    }

    private List<String> hosts() {
        return service(Members.class).hosts().stream().map(HostInfo::name).collect(toList());
    }

    @After
    public void nothingIsLeft() throws Exception {
        try {
            if (second != null && second.runs()) destroy("two");
            noGuestIsLeft();
            if (second != null) assertEquals("guests left of second", List.of(), second.guests());
        } finally {
            if (second != null) second.close();
        }
    }

    @Test
    public void framesCrossTheTunnelAndACrashIsSurvived() throws Exception {
        allHostsRunGuests();
        apply(ONE_GUEST_ON_EACH);
        assertTrue("a reaches b", reachesSoon());
        TunnelStatus tunnel = service(DataPlaneView.class).tunnels().get(0);
        assertEquals("second", tunnel.peer());
        assertTrue(tunnel.toString(), tunnel.up() && tunnel.address().contains("127.0.0.2") && tunnel.framesIn() > 0 && tunnel.framesOut() > 0);

        second.kill();
        eventually(() -> "second is gone: " + hosts(), () -> hosts().equals(List.of("exam")));
        assertEquals("its guest lives on", 1, second.guests().size());
        assertTrue("nobody carries its frames", !reaches("two/a", "10.78.0.2"));

        second.start();
        eventually(() -> "second is back: " + hosts(), () -> hosts().equals(List.of("exam", "second")));
        assertTrue("a reaches b again", reachesSoon());
        assertEquals("the same guest", 1, second.guests().size());
    }

    private boolean reachesSoon() {
        eventually(() -> "a reaches b; tunnels: " + service(DataPlaneView.class).tunnels(), () -> reaches("two/a", "10.78.0.2"));
        return true;
    }
}
