// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.violin.api.control.Routing;

/** A plugin bundle made on the fly: one component, a routing provider. */
final class Jar {
    private final String version;
    private final List<Class<?>> classes = new ArrayList<>();
    private String implementation = "";
    private String imports = "org.violin.api.cluster,org.violin.api.control,org.violin.api.dataplane,org.violin.api.guest,org.violin.api.model,org.violin.api.placement,org.violin.api.routing";
    private String service = Routing.class.getName();
    private String reference = "";
    private String name = "test.routing.sample";

    private Jar(String version) {
        this.version = version;
    }

    static Jar of(String version, Class<?> provider) {
        Jar jar = new Jar(version);
        jar.classes.add(provider);
        jar.implementation = provider.getName();
        jar.service = provider.getInterfaces()[0].getName();
        return jar;
    }

    /** Whose manifest promises a provider, but there is no component. */
    static Jar empty(String version) {
        return new Jar(version);
    }

    /** Whose component's class is not in it. */
    Jar withoutClass() {
        classes.clear();
        return this;
    }

    Jar named(String symbolicName) {
        name = symbolicName;
        return this;
    }

    /** Whose component needs that service. */
    Jar needing(Class<?> type) {
        reference = "<reference name='it' interface='" + type.getName() + "'/>";
        return this;
    }

    Jar importing(String packages) {
        imports += "," + packages;
        return this;
    }

    InputStream open() throws IOException {
        return new ByteArrayInputStream(bytes());
    }

    byte[] bytes() throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", name);
        main.putValue("Bundle-Version", version);
        main.putValue("Import-Package", imports);
        main.putValue("Provide-Capability", "osgi.service;objectClass:List<String>=\"" + service + "\"");
        if (!implementation.isEmpty()) main.putValue("Service-Component", "OSGI-INF/routing.xml");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(out, manifest)) {
            if (!implementation.isEmpty()) {
                entry(jar, "OSGI-INF/routing.xml", ("<scr:component xmlns:scr='http://www.osgi.org/xmlns/scr/v1.3.0' name='" + implementation
                        + "'><service><provide interface='" + service + "'/></service>" + reference + "<implementation class='" + implementation
                        + "'/></scr:component>").getBytes(StandardCharsets.UTF_8));
            }
            for (Class<?> type : classes) {
                String path = type.getName().replace('.', '/') + ".class";
                try (InputStream in = type.getClassLoader().getResourceAsStream(path)) {
                    entry(jar, path, in.readAllBytes());
                }
            }
        }
        return out.toByteArray();
    }

    private static void entry(JarOutputStream jar, String path, byte[] bytes) throws IOException {
        jar.putNextEntry(new ZipEntry(path));
        jar.write(bytes);
        jar.closeEntry();
    }
}
