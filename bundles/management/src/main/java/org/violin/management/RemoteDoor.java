// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.security.AccessController;
import java.util.Set;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MBeanServerDelegate;
import javax.management.MBeanServerNotification;
import javax.management.MalformedObjectNameException;
import javax.management.NotificationListener;
import javax.management.ObjectName;
import javax.management.remote.MBeanServerForwarder;
import javax.security.auth.Subject;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets only users with the role {@code admin} make and remove MBeans from outside. Karaf 4.4.10 checks the calls of MBeans, not these, and
 * who may make an MBean of any class can run code. Works on each JMX connector of Karaf, from when it registers as {@code connector:*}.
 */
@Component(service = RemoteDoor.class, immediate = true)
public final class RemoteDoor {
    private static final Set<String> FOR_ADMINS = Set.of("createMBean", "registerMBean", "unregisterMBean", "instantiate", "deserialize");
    private static final Logger LOG = LoggerFactory.getLogger(RemoteDoor.class);

    private final MBeanServer server;
    private final NotificationListener listener = (notification, handback) -> {
        if (notification instanceof MBeanServerNotification n && n.getType().equals(MBeanServerNotification.REGISTRATION_NOTIFICATION)
                && n.getMBeanName().getDomain().equals("connector")) guard(n.getMBeanName());
    };

    /** For the platform's MBean server. */
    @Activate
    public RemoteDoor() throws JMException {
        this(ManagementFactory.getPlatformMBeanServer());
    }

    RemoteDoor(MBeanServer server) throws JMException {
        this.server = server;
        server.addNotificationListener(MBeanServerDelegate.DELEGATE_NAME, listener, null, null);
        server.queryNames(connectors(), null).forEach(this::guard);
    }

    private static ObjectName connectors() throws MalformedObjectNameException {
        return new ObjectName("connector:*");
    }

    private void guard(ObjectName connector) {
        MBeanServer[] next = new MBeanServer[1];
        MBeanServerForwarder forwarder = (MBeanServerForwarder) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[] {MBeanServerForwarder.class}, (self, method, arguments) -> switch (method.getName()) {
                    case "getMBeanServer" -> next[0];
                    case "setMBeanServer" -> {
                        next[0] = (MBeanServer) arguments[0];
                        yield null;
                    }
                    default -> pass(next[0], method, arguments);
                });
        try {
            server.setAttribute(connector, new Attribute("MBeanServerForwarder", forwarder));
        } catch (JMException e) {
            LOG.warn("Users of the JMX connector {} may make MBeans whatever their role: {}", connector, e.toString());
        }
    }

    private static Object pass(MBeanServer server, Method method, Object[] arguments) throws Throwable {
        if (FOR_ADMINS.contains(method.getName()) && !admin()) {
            throw new SecurityException(method.getName() + " from outside needs the role admin");
        }
        try {
            return method.invoke(server, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @SuppressWarnings("removal")
    private static boolean admin() {
        Subject user = Subject.getSubject(AccessController.getContext());
        return user != null && user.getPrincipals(RolePrincipal.class).stream().anyMatch(p -> p.getName().equals("admin"));
    }

    /** Connectors stay guarded; new ones are not. */
    @Deactivate
    void close() throws JMException {
        server.removeNotificationListener(MBeanServerDelegate.DELEGATE_NAME, listener);
    }
}
