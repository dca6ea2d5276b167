// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.management.MBeanServer;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.violin.api.control.Violins;
import org.violin.api.dataplane.TunnelStatus;
import org.violin.testkit.cluster.MemoryMembers;

class RegistrationsTest {
    private static final String[] APPLY = {String.class.getName(), String.class.getName(), boolean.class.getName()};
    private static final String[] DESTROY = {String.class.getName()};

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final FakeServices services = new FakeServices();
    private final MemoryMembers members = new MemoryMembers("host1");
    private final AtomicLong nanos = new AtomicLong();
    private Violins violins = services;
    private final Sources sources = new Sources(() -> members, () -> violins, () -> services, () -> services, () -> null, () -> null);
    private Registrations registrations = registrations(5_000);

    @AfterEach
    void end() {
        registrations.clear();
    }

    @Test
    void what_exists_is_shown_and_what_is_gone_is_not() throws Exception {
        services.entity("h1", "host1");
        services.entity("far", "host2");
        services.port("h1", "eth1", 10);
        services.tunnels.add(new TunnelStatus("udp", "host2", "fig2", "aead", "10.0.0.2:4790", true, 1500, 1, 2, 3, 4, 5, 6, 250, Map.of("segments-in", 9L), Map.of("replay", 1L)));
        refresh();
        assertEquals(Set.of("type=Host,name=host1", "type=Violins", "type=Routers", "type=Measurements", "type=Violin,name=fig2", "type=Entity,violin=fig2,name=h1",
                "type=Port,violin=fig2,node=h1,name=eth1", "type=Tunnel,peer=host2,violin=fig2"), names());
        services.ports.clear();
        services.port("h1", "eth2", 1);
        services.tunnels.clear();
        services.exists = false;
        refresh();
        assertEquals(Set.of("type=Host,name=host1", "type=Violins", "type=Routers", "type=Measurements", "type=Port,violin=fig2,node=h1,name=eth2"), names());
        registrations.clear();
        assertEquals(Set.of(), names());
    }

    @Test
    void state_and_counters_are_read_as_open_data() throws Exception {
        services.entity("h1", "host1");
        services.port("h1", "eth1", 10);
        services.port("h1", "eth2", 5);
        refresh();
        assertEquals(10L, get("type=Port,violin=fig2,node=h1,name=eth1", "FramesIn"));
        assertEquals("sw1:p1", get("type=Port,violin=fig2,node=h1,name=eth1", "Far"));
        assertEquals(15L, get("type=Entity,violin=fig2,name=h1", "FramesIn"));
        assertEquals(3_000L, get("type=Entity,violin=fig2,name=h1", "BytesOut"));
        assertEquals(4242, get("type=Entity,violin=fig2,name=h1", "Pid"));
        assertEquals("ready", get("type=Entity,violin=fig2,name=h1", "State"));
        TabularData drops = (TabularData) get("type=Entity,violin=fig2,name=h1", "Drops");
        assertEquals(6L, drops.get(new Object[] {"queue full"}).get("value"));
        assertEquals("ready", get("type=Violin,name=fig2", "State"));
        assertArrayEquals(new String[] {"host1", "host2"}, (String[]) get("type=Violin,name=fig2", "Hosts"));
        assertEquals(true, get("type=Host,name=host1", "Leader"));
        assertEquals(2, get("type=Host,name=host1", "Ports"));
    }

    @Test
    void reading_a_thousand_beans_costs_one_scan_a_second() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            services.entity("h" + i, "host1");
            services.port("h" + i, "eth1", i);
        }
        refresh();
        assertEquals(2_005, names().size());
        services.scans.set(0);
        services.shows.set(0);
        nanos.addAndGet(1_000_000_000);
        long frames = 0;
        for (int i = 0; i < 1_000; i++) {
            frames += (long) get("type=Entity,violin=fig2,name=h" + i, "FramesIn");
            assertEquals("ready", get("type=Entity,violin=fig2,name=h" + i, "State"));
        }
        assertEquals(499_500, frames);
        assertEquals(1, services.scans.get());
        assertEquals(1, services.shows.get());
        for (int i = 0; i < 10; i++) refresh();
        assertEquals(1, services.shows.get(), "an unchanged violin is not asked for its entities at each refresh");
        services.revision++;
        services.entities.clear();
        refresh();
        assertEquals(1_005, names().size());
    }

    @Test
    void there_are_never_more_beans_than_the_bound() throws Exception {
        registrations = registrations(10);
        for (int i = 0; i < 20; i++) services.port("h", "eth" + i, i);
        refresh();
        assertEquals(10, names().size());
        assertEquals(15, get("type=Host,name=host1", "LeftOut"));
    }

    @Test
    void a_remote_client_without_our_classes_applies_and_destroys() throws Exception {
        refresh();
        JMXConnectorServer connector =
                JMXConnectorServerFactory.newJMXConnectorServer(new JMXServiceURL("service:jmx:rmi://127.0.0.1"), null, server);
        connector.start();
        try (JMXConnector client = JMXConnectorFactory.connect(connector.getAddress())) {
            MBeanServerConnection remote = client.getMBeanServerConnection();
            ObjectName name = name("type=Violins");
            CompositeData report = (CompositeData) remote.invoke(name, "apply", new Object[] {"f.yaml", "text", false}, APPLY);
            assertEquals("fig2", report.get("violin"));
            assertEquals(true, report.get("done"));
            CompositeData step = ((CompositeData[]) report.get("steps"))[0];
            assertEquals("create", step.get("verb"));
            assertFalse((boolean) ((CompositeData) remote.invoke(name, "apply", new Object[] {"f.yaml", "text", true}, APPLY)).get("done"));
            RuntimeMBeanException bad = assertThrows(RuntimeMBeanException.class,
                    () -> remote.invoke(name, "apply", new Object[] {"f.yaml", "bad", false}, APPLY));
            assertEquals(IllegalArgumentException.class, bad.getCause().getClass());
            assertEquals("f.yaml:3: 'bad': must be good\nf.yaml:4: 'b': no", bad.getCause().getMessage());
            assertNull(bad.getCause().getCause());
            RuntimeMBeanException crash = assertThrows(RuntimeMBeanException.class,
                    () -> remote.invoke(name, "apply", new Object[] {"f.yaml", "crash", false}, APPLY));
            assertTrue(crash.getCause().getMessage().contains("crashed on purpose"));
            RuntimeMBeanException none = assertThrows(RuntimeMBeanException.class,
                    () -> remote.invoke(name, "destroy", new Object[] {"nope"}, DESTROY));
            assertTrue(none.getCause().getMessage().contains("'nope': there is no violin of that name"));
            remote.invoke(name, "destroy", new Object[] {"fig2"}, DESTROY);
            violins = null;
            RuntimeMBeanException away = assertThrows(RuntimeMBeanException.class,
                    () -> remote.invoke(name, "destroy", new Object[] {"fig2"}, DESTROY));
            assertTrue(away.getCause().getMessage().contains("feature:install violin-control"));
        } finally {
            connector.stop();
        }
    }

    @Test
    void beans_of_what_just_went_away_answer_neutrally() throws Exception {
        services.entity("h1", "host1");
        services.port("h1", "eth1", 10);
        refresh();
        services.exists = false;
        services.ports.clear();
        nanos.addAndGet(1_000_000_000);
        assertEquals(0L, get("type=Port,violin=fig2,node=h1,name=eth1", "FramesIn"));
        assertEquals("unknown", get("type=Entity,violin=fig2,name=h1", "State"));
        assertEquals("unknown", get("type=Violin,name=fig2", "State"));
    }

    private void refresh() {
        nanos.addAndGet(2_000_000_000);
        registrations.refresh();
    }

    private Registrations registrations(int bound) {
        return new Registrations(server, sources, new Snapshot(sources, nanos::get), bound);
    }

    private Set<String> names() throws Exception {
        return server.queryNames(new ObjectName("org.violin:*"), null).stream()
                .map(n -> n.toString().substring(Registrations.DOMAIN.length())).collect(Collectors.toSet());
    }

    private Object get(String keys, String attribute) throws Exception {
        return server.getAttribute(name(keys), attribute);
    }

    private static ObjectName name(String keys) throws Exception {
        return new ObjectName(Registrations.DOMAIN + keys);
    }
}
