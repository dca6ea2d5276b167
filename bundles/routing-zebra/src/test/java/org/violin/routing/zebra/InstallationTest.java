// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.violin.api.model.Mistake;

class InstallationTest {
    @TempDir
    Path root;

    private void program(String path) throws Exception {
        Path file = Files.writeString(Files.createDirectories(root.resolve(path).getParent()).resolve(root.resolve(path).getFileName()), "");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void whatIsMissingIsNamedWithItsCure() throws Exception {
        Files.createDirectories(root.resolve("usr/lib"));
        assertFalse(Installation.find(root).probe().usable());
        assertEquals("apt-get install frr", Installation.find(root).probe().cure());
        for (Daemon d : Daemon.values()) if (d != Daemon.BGPD) program("usr/libexec/frr/" + d.program());
        program("usr/bin/vtysh");
        assertTrue(Installation.find(root).probe().finding().contains("bgpd"), Installation.find(root).probe().finding());
        program("usr/libexec/frr/bgpd");
        assertTrue(Installation.find(root).probe().finding().contains("dplane_fpm_nl"));
        program("usr/lib/x86_64-linux-gnu/frr/modules/dplane_fpm_nl.so");
        assertTrue(Installation.find(root).probe().usable());
    }

    @Test
    void aRouterThatNeedsAMissingDaemonIsRefused() throws Exception {
        Files.createDirectories(root.resolve("usr/lib"));
        program("usr/lib/frr/zebra");
        ZebraProvider provider = new ZebraProvider(Installation.find(root));
        try {
            List<Mistake> found = provider.check(Pair.ospf(1).build());
            assertEquals(List.of("ospfd"), found.stream().map(Mistake::value).toList());
        } finally {
            provider.deactivate();
        }
    }
}
