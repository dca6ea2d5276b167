// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.violin.api.model.Probe;

/**
 * FRR as it is installed on this overlay host; guests see the same {@code /usr}.
 *
 * @param folder of the daemons
 * @param fpm whether zebra's module that tells routes is there
 */
record Installation(Path folder, Path vtysh, boolean fpm) {
    private static final List<String> FOLDERS = List.of("usr/lib/frr", "usr/libexec/frr", "usr/sbin");
    /** The command that installs it. */
    static final String CURE = "apt-get install frr";

    /** Looks below {@code /}, or another folder in tests. */
    static Installation find(Path root) {
        Path folder = null;
        for (String name : FOLDERS) if (folder == null && Files.isExecutable(root.resolve(name).resolve("zebra"))) folder = root.resolve(name);
        boolean fpm = false;
        for (Path modules : modules(root)) fpm |= Files.exists(modules.resolve("dplane_fpm_nl.so"));
        return new Installation(folder == null ? root.resolve(FOLDERS.get(0)) : folder, root.resolve("usr/bin/vtysh"), fpm);
    }

    private static List<Path> modules(Path root) {
        List<Path> found = new ArrayList<>(List.of(root.resolve("usr/lib/frr/modules"), root.resolve("usr/lib64/frr/modules")));
        try (Stream<Path> machines = Files.list(root.resolve("usr/lib"))) {
            machines.filter(p -> p.getFileName().toString().contains("-linux-")).forEach(p -> found.add(p.resolve("frr/modules")));
        } catch (IOException e) {
            // Then it is in one of the others, or nowhere.
        }
        return found;
    }

    /** Arguments of zebra alone. */
    String zebraWords() {
        return "-r -K " + GuestDaemons.KEEP_SECONDS + (fpm ? " -M dplane_fpm_nl" : "");
    }

    boolean has(Daemon daemon) {
        return Files.isExecutable(folder.resolve(daemon.program()));
    }

    Probe probe() {
        List<String> missing = new ArrayList<>();
        for (Daemon d : Daemon.values()) if (!has(d)) missing.add(d.program());
        if (!Files.isExecutable(vtysh)) missing.add("vtysh");
        if (!missing.isEmpty()) return Probe.missing("FRR's " + String.join(", ", missing) + " not found in " + folder, CURE);
        if (!fpm) return Probe.missing("zebra's module dplane_fpm_nl is not installed", CURE);
        return Probe.ok("FRR in " + folder);
    }
}
