// SPDX-License-Identifier: Apache-2.0
package org.violin.runtime.netns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A guest's process 1 as the host sees it. The start time (field 22 of /proc/PID/stat, clock ticks since boot) tells it from a later
 * process with the same number.
 */
record FirstProcess(int pid, long startTicks) {
    static Optional<FirstProcess> parse(String text) {
        String[] words = text.trim().split(" ");
        try {
            if (words.length != 2) return Optional.empty();
            return Optional.of(new FirstProcess(Integer.parseInt(words[0]), Long.parseLong(words[1])));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** True while it runs; a zombie is dead. */
    boolean isAlive() {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Long.parseLong(fields[19]) == startTicks && !fields[0].equals("Z") && !fields[0].equals("X");
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    String networkNamespace() {
        return "/proc/" + pid + "/ns/net";
    }

    /** Names of the interfaces inside, without {@code lo}. */
    Set<String> interfaces() throws IOException {
        Set<String> names = new HashSet<>();
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/net/dev"))) {
            int colon = line.indexOf(':');
            if (colon > 0) names.add(line.substring(0, colon).trim());
        }
        names.remove("lo");
        return names;
    }

    /** Kills it, and with it by the kernel's rule every process of its PID namespace; waits for the end. False when it still lives. */
    boolean kill(int timeoutMillis) {
        Optional<ProcessHandle> handle = ProcessHandle.of(pid);
        if (handle.isEmpty() || !isAlive()) return true;
        handle.get().destroyForcibly();
        long deadline = System.nanoTime() + timeoutMillis * 1_000_000L;
        for (int round = 0; isAlive(); round++) {
            if (System.nanoTime() > deadline) return false;
            java.util.concurrent.locks.LockSupport.parkNanos(Math.min(500_000L << Math.min(round, 5), 10_000_000L));
        }
        return true;
    }
}
