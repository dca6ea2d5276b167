// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.InputStream;
import java.net.URL;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class BorderTest {
    private static final Pattern ALLOWED = Pattern.compile("org\\.violin\\.api\\..*|org\\.osgi\\..*|org\\.slf4j|io\\.netty\\..*"
            + "|javax\\.(crypto|management|naming|net|security)(\\..*)?|org\\.ietf\\.jgss");

    @Test
    void nothing_of_the_embedded_libraries_crosses_the_border_of_the_bundle() throws Exception {
        String classFile = "Cluster.class";
        URL url = Cluster.class.getResource(classFile);
        String root = url.toString().replace("org/violin/members/" + classFile, "");
        Attributes headers;
        try (InputStream in = new URL(root + "META-INF/MANIFEST.MF").openStream()) {
            headers = new Manifest(in).getMainAttributes();
        }
        assertNull(headers.getValue("Export-Package"));
        List<String> leaking = List.of(headers.getValue("Import-Package").replaceAll("\"[^\"]*\"", "").split(",")).stream()
                .map(i -> i.split(";")[0]).filter(i -> !ALLOWED.matcher(i).matches()).toList();
        assertEquals(List.of(), leaking);
    }
}
