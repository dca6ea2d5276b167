// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.container;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.InvalidSyntaxException;
import org.violin.api.control.Routing;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.SwitchProvider;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.api.guest.GuestException;
import org.violin.api.guest.GuestRuntime;
import org.violin.api.model.Refused;
import org.violin.api.placement.PlacementStrategy;

/** Plugins are stopped and started under a running violin: only they restart, and what comes back is used. */
public class SwapIT extends WithGuests {
    private static final Map<String, Class<?>> PLUGINS = new TreeMap<>(Map.of(
            "cipher-aead", CipherProvider.class,
            "placement-message", PlacementStrategy.class,
            "routing-kernel", Routing.class,
            "runtime-netns", GuestRuntime.class,
            "switching-learning", SwitchProvider.class,
            "tunnel-udp", TunnelProvider.class));
    private static final String[] TWO_GUESTS = {
        "name: swap", "topology:", "  nodes:",
        "    a: {kind: vhost, interfaces: {eth0: {ipv4: 10.77.0.1}}}",
        "    b: {kind: vhost, interfaces: {eth0: {ipv4: 10.77.0.2}}}",
        "  lans:",
        "    s: {subnet: [10.77.0.0/24], members: [\"a:eth0\", \"b:eth0\"]}"};
    private static final String[] THREE_GUESTS = {
        "name: swap", "topology:", "  nodes:",
        "    a: {kind: vhost, interfaces: {eth0: {ipv4: 10.77.0.1}}}",
        "    b: {kind: vhost, interfaces: {eth0: {ipv4: 10.77.0.2}}}",
        "    c: {kind: vhost, interfaces: {eth0: {ipv4: 10.77.0.3}}}",
        "  lans:",
        "    s: {subnet: [10.77.0.0/24], members: [\"a:eth0\", \"b:eth0\", \"c:eth0\"]}"};

    @Configuration
    public static Option[] config() throws IOException {
        return Containers.oneHost();
    }

    @Before
    public void aViolinRuns() throws Exception {
        allSatisfied("at first");
        allHostsRunGuests();
        apply(TWO_GUESTS);
        eventually(() -> "a reaches b", () -> reaches("swap/a", "10.77.0.2"));
    }

    @After
    public void nothingIsLeft() throws Exception {
        for (String word : PLUGINS.keySet()) bundle(word).start();
        try {
            destroy("swap");
        } finally {
            noGuestIsLeft();
        }
    }

    @Test
    public void onlyThePluginItselfRestarts() throws Exception {
        for (Map.Entry<String, Class<?>> plugin : PLUGINS.entrySet()) {
            Map<String, Long> others = others(plugin.getKey());
            bundle(plugin.getKey()).stop();
            assertEquals(plugin.getKey() + " is gone", 0, offers(plugin));
            assertEquals("while " + plugin.getKey() + " is stopped", others, others(plugin.getKey()));
            bundle(plugin.getKey()).start();
            eventually(() -> plugin.getKey() + " is back", () -> offers(plugin) > 0);
            assertEquals("after " + plugin.getKey(), others, others(plugin.getKey()));
        }
        allSatisfied("after all");
        eventually(() -> "a reaches b", () -> reaches("swap/a", "10.77.0.2"));
    }

    /** Services that the plugin offers in its role; another plugin may offer more. */
    private long offers(Map.Entry<String, Class<?>> plugin) throws InvalidSyntaxException {
        Bundle from = bundle(plugin.getKey());
        return context.getServiceReferences(plugin.getValue(), null).stream().filter(r -> from.equals(r.getBundle())).count();
    }

    /** Ids of all components but those of that plugin: a component that was made anew has another one. */
    private Map<String, Long> others(String plugin) {
        Map<String, Long> ids = components(c -> c.id);
        ids.keySet().removeIf(name -> name.startsWith("org.violin." + plugin.replace('-', '.') + "."));
        return ids;
    }

    /** What is on its way when the switch stops waits for the next one, half a minute at most. */
    @Test
    public void framesWaitForTheNextSwitchAndGoOn() throws Exception {
        bundle("switching-learning").stop();
        CompletableFuture<Integer> waits = CompletableFuture.supplyAsync(() -> {
            try {
                return run("swap/a", "sh", "-c", "ping -q -i 0.2 -c 10 -W 25 10.77.0.2 > /tmp/said; grep -q ' 0% packet loss' /tmp/said");
            } catch (GuestException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertFalse("without a switch", reaches("swap/a", "10.77.0.2"));
        assertFalse("nothing is answered meanwhile", waits.isDone());
        bundle("switching-learning").start();
        assertEquals("what was sent meanwhile is answered", 0, (int) waits.get());
        eventually(() -> "with the new switch", () -> reaches("swap/a", "10.77.0.2"));
    }

    @Test
    public void guestsOutliveTheirRuntimeAndTheNextOneStartsMore() throws Exception {
        bundle("runtime-netns").stop();
        assertTrue("without a runtime", reaches("swap/a", "10.77.0.2"));
        bundle("runtime-netns").start();
        service(GuestRuntime.class);
        allHostsRunGuests();
        apply(THREE_GUESTS);
        eventually(() -> "the new guest", () -> reaches("swap/c", "10.77.0.1"));
        assertTrue("an old guest", reaches("swap/b", "10.77.0.3"));
    }

    @Test
    public void withoutPlacementAnApplyIsRefusedWithTheCure() throws Exception {
        bundle("placement-message").stop();
        Refused refused = assertThrows(Refused.class, () -> apply(THREE_GUESTS));
        assertTrue(refused.getMessage(), refused.getMessage().contains("message"));
        assertTrue("nothing changed", reaches("swap/a", "10.77.0.2"));
        bundle("placement-message").start();
        apply(THREE_GUESTS);
        eventually(() -> "the new guest", () -> reaches("swap/c", "10.77.0.1"));
    }
}
