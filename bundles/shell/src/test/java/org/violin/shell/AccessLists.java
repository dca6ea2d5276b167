// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.felix.service.threadio.ThreadIO;
import org.apache.karaf.shell.impl.console.SessionFactoryImpl;
import org.apache.karaf.shell.impl.console.osgi.secured.SecuredSessionFactoryImpl;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** Karaf's own check of commands, with the access lists that the distribution ships. */
final class AccessLists {
    static final Path ETC = Path.of("../../karaf-assembly/src/main/resources/etc");
    private static final String PREFIX = "org.apache.karaf.command.acl.";

    private AccessLists() {}

    static Properties file(String scope) throws IOException {
        Properties lines = new Properties();
        try (InputStream in = Files.newInputStream(ETC.resolve(PREFIX + scope + ".cfg"))) {
            lines.load(in);
        }
        return lines;
    }

    static SessionFactoryImpl secured(ThreadIO io) {
        try {
            List<Configuration> all = new ArrayList<>();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(ETC, PREFIX + "*.cfg")) {
                for (Path file : files) all.add(configuration(file.getFileName().toString().replaceFirst("\\.cfg$", "")));
            }
            ConfigurationAdmin admin = answering(ConfigurationAdmin.class, Map.of("listConfigurations", all.toArray(Configuration[]::new)));
            ServiceReference<?> reference = answering(ServiceReference.class, Map.of());
            BundleContext context = answering(BundleContext.class, Map.of("getServiceReference", reference, "getServiceReferences",
                    new ServiceReference<?>[] {reference}, "getService", admin, "ungetService", true, "registerService",
                    answering(ServiceRegistration.class, Map.of())));
            return new SecuredSessionFactoryImpl(context, io);
        } catch (IOException | InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Configuration configuration(String pid) throws IOException {
        Dictionary<String, Object> values = new Hashtable<>();
        Properties lines = file(pid.substring(PREFIX.length()));
        for (String key : lines.stringPropertyNames()) values.put(key, lines.getProperty(key));
        values.put("service.pid", pid);
        return answering(Configuration.class, Map.of("getPid", pid, "getProcessedProperties", values));
    }

    /** An object whose methods answer by their names; others answer nothing. */
    private static <T> T answering(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> switch (method
                .getName()) {
            case "hashCode" -> System.identityHashCode(self);
            case "equals" -> self == arguments[0];
            case "compareTo" -> 0;
            case "toString" -> type.getSimpleName();
            default -> answers.get(method.getName());
        }));
    }
}
