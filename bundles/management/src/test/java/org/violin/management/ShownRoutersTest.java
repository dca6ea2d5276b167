// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Test;
import org.violin.api.model.Cidr;
import org.violin.api.model.NodeId;
import org.violin.api.routing.ControlStatus;
import org.violin.api.routing.FibRoute;
import org.violin.api.routing.RouterStatus;
import org.violin.api.routing.Routers;

/** vRouters as a JMX client sees them. */
final class ShownRoutersTest {
    private static final RouterStatus STATUS = new RouterStatus(NodeId.parse("v/r1"), "10.0.0.1", "zebra", "kernel",
            new ControlStatus("ready", "", List.of(new ControlStatus.Adjacency("ospf", "10.0.0.2", "10.1.0.2", "eth1", "Full/-", true, 5000)),
                    List.of(new ControlStatus.Route(new FibRoute(Cidr.parse("10.2.0.0/24"), "ospf", List.of()), 110, 20, true)),
                    List.of(new ControlStatus.Daemon("ospfd", 17, 4_000_000, 1))),
            7, Map.of("in", 3L), List.of());

    @Test
    void aClientReadsNeighboursRoutesAndMemory() throws Exception {
        Routers routers = (Routers) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Routers.class},
                (proxy, method, arguments) -> method.getName().equals("status") ? List.of(STATUS) : null);
        ShownRouters shown = new ShownRouters(new Sources(() -> null, () -> null, () -> null, () -> null, () -> routers, () -> null));
        MBeanServer server = MBeanServerFactory.newMBeanServer();
        ObjectName name = new ObjectName("org.violin:type=Routers");
        server.registerMBean(new StandardMBean(shown, RoutersMXBean.class, true), name);
        CompositeData one = ((CompositeData[]) server.getAttribute(name, "Routers"))[0];
        assertEquals("r1", one.get("node"));
        assertEquals(List.of("ospf 10.0.0.2 eth1 Full/-"), List.of((String[]) one.get("neighbours")));
        assertEquals(List.of(1, 1, 7, 1), List.of(one.get("neighboursUp"), one.get("routes"), one.get("fibRoutes"), one.get("restarts")));
        assertEquals(4_000_000L, one.get("memoryBytes"));
        assertNull(server.invoke(name, "router", new Object[] {"v", "nobody"}, new String[] {"java.lang.String", "java.lang.String"}));
    }

    @Test
    void withoutTheServiceThereAreNone() {
        assertTrue(new ShownRouters(new Sources(() -> null, () -> null, () -> null, () -> null, () -> null, () -> null)).getRouters().isEmpty());
    }
}
