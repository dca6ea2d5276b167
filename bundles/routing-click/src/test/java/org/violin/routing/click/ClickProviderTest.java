// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Probe;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.RouterSpec;
import org.violin.linux.EpollPollerProvider;

/** What it says when there is no Click, or something else of that name. */
class ClickProviderTest {
    @TempDir
    Path folder;

    private ClickProvider provider(String program) {
        return new ClickProvider(folder.resolve("run"), Bed.config(program), null, new EpollPollerProvider(), (subject, topic, text) -> {});
    }

    private Path program(String name, String text) throws Exception {
        Path file = Files.writeString(folder.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    @Test
    void theSettingGoesBeforeTheEnvironmentAndThatBeforeThePath() throws Exception {
        Path found = program("click", "#!/bin/sh\n");
        assertEquals(Optional.of(Path.of("/a/click")), ClickProgram.find("/a/click", "/b/click", folder.toString()));
        assertEquals(Optional.of(Path.of("/b/click")), ClickProgram.find("", "/b/click", folder.toString()));
        assertEquals(Optional.of(found), ClickProgram.find("", null, "/nowhere:" + folder));
        assertEquals(Optional.empty(), ClickProgram.find("", "", "/nowhere"));
        assertEquals(Optional.empty(), ClickProgram.find("", null, null));
    }

    @Test
    void saysWhatIsMissingAndWhichSettingNamesIt() throws Exception {
        Probe none = provider(folder.resolve("none").toString()).probe();
        assertFalse(none.usable());
        assertTrue(none.finding().contains("none is not an executable program"), none.toString());
        assertTrue(none.cure().contains("VIOLIN_CLICK") && none.cure().contains("org.violin.routing.click"), none.toString());
    }

    @Test
    void anotherProgramOfThatNameIsNotTaken() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "skipped: needs root");
        Probe other = provider(program("click", "#!/bin/sh\necho click 8.1, command line interfaces\n").toString()).probe();
        assertFalse(other.usable());
        assertTrue(other.finding().contains("is not Click"), other.toString());
    }

    @Test
    void whatItsUserMayNotRunIsSaidToBeSo() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "skipped: needs root");
        Path program = program("click", "#!/bin/sh\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        Probe barred = provider(program.toString()).probe();
        assertTrue(!barred.usable() && barred.finding().contains("ermission denied") && barred.cure().contains("chmod"), barred.toString());
    }

    @Test
    void withoutClickNothingIsOpenedAndTheCheckSaysWhy() throws Exception {
        ClickProvider provider = provider(folder.resolve("none").toString());
        RouterSpec spec = Bed.router(Map.of(), Bed.nic("eth0", 1, "10.0.1.1/24"));
        assertTrue(provider.check(spec).toString().contains(folder.resolve("none").toString()), provider.check(spec).toString());
        assertThrows(GuestException.class, () -> provider.open(spec, null, Map.of(), FibBatch.all(List.of()), null));
        assertFalse(Files.exists(folder.resolve("run")) && Files.list(folder.resolve("run")).findAny().isPresent());
        assertEquals("click", provider.kind());
    }
}
