// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.violin.api.control.GuestAccess;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.GuestException;

/** What a guest's root sees and can do beside frames: the host's processes, files, disks and namespaces. Changes nothing that lasts. */
final class Walls {
    private static final List<String> NAMESPACES = List.of("net", "pid", "mnt", "ipc", "uts", "user");
    private static final int LIMIT_SECONDS = 15;
    private static final int MOST_BYTES = 4096;
    /** Prints one line for each breach and a last line that says it came to the end. */
    private static final String SCRIPT = """
            f=/tmp/.violin-verify-$1
            cat "$2" >/dev/null 2>&1 && echo "breach: reads the host's file $2"
            [ -d /proc/$3 ] && [ "$(cut -d ' ' -f 22 /proc/$3/stat 2>/dev/null)" = "$4" ] && echo "breach: sees the host's process $3"
            if [ -n "$5" ]; then
                mknod "$f" b $5 2>/dev/null && head -c 1 "$f" >/dev/null 2>&1 && echo "breach: reads the host's disk $5"
                rm -f "$f"
            fi
            mkdir "$f" && {
                mount -t devtmpfs none "$f" 2>/dev/null && { echo "breach: mounts the host's devices"; umount "$f"; }
                rmdir "$f"
            }
            [ "$(nsenter -t 1 -n readlink /proc/self/ns/net 2>/dev/null)" = "$6" ] && echo "breach: enters the host's network namespace"
            [ "$(nsenter -t 1 -m readlink /proc/self/ns/mnt 2>/dev/null)" = "$7" ] && echo "breach: enters the host's mounts"
            echo end
            """;

    private final Scene scene;
    private final GuestAccess guests;
    private final Marker marker;

    Walls(Scene scene, GuestAccess guests, Marker marker) {
        this.scene = scene;
        this.guests = guests;
        this.marker = marker;
    }

    /** @param breaches one sentence each; @param untested why something could not be tried */
    record Result(List<String> breaches, List<String> untested) {}

    Result run(Cell cell) {
        Result result = new Result(new ArrayList<>(), new ArrayList<>());
        try {
            namespaces(cell, result);
            ids(cell, result);
            inside(cell, result);
        } catch (IOException | GuestException e) {
            result.untested().add(cell.id().node() + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            result.untested().add("interrupted");
        }
        return result;
    }

    private static String namespace(String process, String kind) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc", process, "ns", kind)).toString();
    }

    /** Of the machine's first process, which may be out of sight; empty then. */
    private static String first(String kind) {
        try {
            return namespace("1", kind);
        } catch (IOException e) {
            return "";
        }
    }

    private void namespaces(Cell cell, Result result) throws IOException {
        for (String kind : NAMESPACES) {
            String mine = namespace(Integer.toString(cell.pid()), kind);
            if (mine.equals(namespace("self", kind)) || mine.equals(first(kind))) {
                result.breaches().add(cell.id().node() + " shares the host's " + kind + " namespace");
            }
            for (Cell other : scene.others()) {
                if (kind.equals("user")) continue;
                try {
                    if (mine.equals(namespace(Integer.toString(other.pid()), kind))) {
                        result.breaches().add(cell.id().node() + " shares its " + kind + " namespace with " + other.id());
                    }
                } catch (IOException e) {
                    continue; // that guest has ended meanwhile
                }
            }
        }
    }

    private static void ids(Cell cell, Result result) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + cell.pid() + "/uid_map"))) {
            String[] words = line.trim().split("\\s+");
            if (words.length == 3 && words[1].equals("0")) result.breaches().add(cell.id().node() + ": root inside is root of the host");
        }
    }

    private void inside(Cell cell, Result result) throws IOException, GuestException, InterruptedException {
        Path file = Files.createTempFile("violin-verify", "");
        try {
            Files.writeString(file, marker.hex());
            long pid = ProcessHandle.current().pid();
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String started = stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19];
            List<String> words = List.of("/bin/sh", "-c", SCRIPT, "verify", marker.hex().substring(0, 8), file.toString(), "" + pid, started, disk(),
                    namespace("self", "net"), namespace("self", "mnt"));
            List<String> lines = run(cell, words).lines().toList();
            for (String line : lines) {
                if (line.startsWith("breach: ")) result.breaches().add(cell.id().node() + " " + line.substring(8));
            }
            if (!lines.contains("end")) result.untested().add(cell.id().node() + ": the script did not come to its end");
        } finally {
            Files.delete(file);
        }
    }

    private String run(Cell cell, List<String> words) throws GuestException, InterruptedException, IOException {
        try (ExecSession session = guests.exec(cell.id(), ExecRequest.of(words))) {
            session.stdin().close();
            AtomicBoolean ended = new AtomicBoolean();
            Thread watch = new Thread(() -> {
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
                while (!ended.get() && System.nanoTime() < deadline) java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
                if (!ended.get()) session.close();
            }, "violin-verify-watch");
            watch.setDaemon(true);
            watch.start();
            try {
                String text = new String(session.stdout().readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
                session.waitFor();
                return text;
            } finally {
                ended.set(true);
            }
        }
    }

    /** Numbers of the machine's first disk, {@code "259 0"}; empty: none is known. */
    private static String disk() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/partitions"))) {
            String[] words = line.trim().split("\\s+");
            if (words.length == 4 && words[0].matches("\\d+")) return words[0] + " " + words[1];
        }
        return "";
    }
}
