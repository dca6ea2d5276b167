// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Set;
import javax.management.MBeanServer;
import javax.management.MBeanServerConnection;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import javax.management.remote.JMXAuthenticator;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import javax.security.auth.Subject;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.junit.jupiter.api.Test;

/** Over a real RMI connector, registered before the door's guard starts or after. */
class RemoteDoorTest {
    private static final String CLASS = "javax.management.timer.Timer";
    private final MBeanServer server = MBeanServerFactory.newMBeanServer();

    /** The role is the password. */
    private JMXConnectorServer connector() throws Exception {
        JMXAuthenticator roles = credentials -> new Subject(true, Set.of(new RolePrincipal(((String[]) credentials)[1])), Set.of(), Set.of());
        JMXConnectorServer connector = JMXConnectorServerFactory.newJMXConnectorServer(new JMXServiceURL("service:jmx:rmi://127.0.0.1"),
                Map.of(JMXConnectorServer.AUTHENTICATOR, roles), server);
        server.registerMBean(connector, new ObjectName("connector:name=rmi"));
        connector.start();
        return connector;
    }

    private static JMXConnector connect(JMXConnectorServer connector, String role) throws Exception {
        return JMXConnectorFactory.connect(connector.getAddress(), Map.of(JMXConnector.CREDENTIALS, new String[] {"user", role}));
    }

    @Test
    void only_admins_make_and_remove_beans_from_outside() throws Exception {
        for (boolean first : new boolean[] {true, false}) {
            JMXConnectorServer connector = first ? connector() : null;
            RemoteDoor door = new RemoteDoor(server);
            if (connector == null) connector = connector();
            ObjectName name = new ObjectName("a:b=c");
            try (JMXConnector viewer = connect(connector, "viewer"); JMXConnector admin = connect(connector, "admin")) {
                MBeanServerConnection read = viewer.getMBeanServerConnection();
                assertThrows(SecurityException.class, () -> read.createMBean(CLASS, name));
                assertThrows(SecurityException.class, () -> read.createMBean(CLASS, name, new Object[0], new String[0]));
                assertThrows(SecurityException.class, () -> read.createMBean(CLASS, name, null, new Object[0], new String[0]));
                admin.getMBeanServerConnection().createMBean(CLASS, name);
                assertThrows(SecurityException.class, () -> read.unregisterMBean(name));
                assertTrue(read.isRegistered(name));
                assertEquals(false, read.getAttribute(name, "Active"), "reading passes");
                admin.getMBeanServerConnection().unregisterMBean(name);
            } finally {
                connector.stop();
                server.unregisterMBean(new ObjectName("connector:name=rmi"));
                door.close();
            }
        }
    }
}
