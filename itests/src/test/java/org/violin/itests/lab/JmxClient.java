// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import javax.management.InstanceNotFoundException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * A plain JMX client without any class of ours, run inside an overlay host's namespace: reads every MXBean of VIOLIN and applies and
 * destroys a violin. Arguments: the host's state folder, its address, a violin file.
 */
public final class JmxClient {
    private JmxClient() {}

    public static void main(String[] args) throws Exception {
        Path state = Path.of(args[0]);
        String[] login = Files.readString(state.resolve("jmx-password")).trim().split("[: \\n]");
        JMXServiceURL url = new JMXServiceURL("service:jmx:rmi:///jndi/rmi://" + args[1] + ":1099/karaf-host1");
        try (JMXConnector connector = JMXConnectorFactory.connect(url, Map.of(JMXConnector.CREDENTIALS, new String[] {login[0], login[login.length - 1]}))) {
            MBeanServerConnection server = connector.getMBeanServerConnection();
            Map<String, Integer> types = new HashMap<>();
            for (ObjectName name : new TreeSet<>(server.queryNames(new ObjectName("org.violin:*"), null))) {
                try {
                    for (var attribute : server.getMBeanInfo(name).getAttributes()) server.getAttribute(name, attribute.getName());
                    types.merge(name.getKeyProperty("type"), 1, Integer::sum);
                } catch (InstanceNotFoundException e) {
                    System.out.println("gone meanwhile: " + name);
                }
            }
            System.out.println(types);
            ObjectName violins = new ObjectName("org.violin:type=Violins");
            String[] signature = {"java.lang.String", "java.lang.String", "boolean"};
            Object report = server.invoke(violins, "apply", new Object[] {"jmx.yaml", Files.readString(Path.of(args[2])), false}, signature);
            System.out.println("applied " + report);
            Object gone = server.invoke(violins, "destroy", new Object[] {"by-jmx"}, new String[] {"java.lang.String"});
            System.out.println("destroyed " + gone);
        }
    }
}
