// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.linux.RootedPath;

/**
 * FRR's processes and files in one guest. Files are written by programs inside the guest and read without following symbolic links, since
 * the guest's own root may have changed them. Any thread.
 */
final class GuestDaemons {
    /** Seconds for which zebra, started again, leaves its old routes in the kernel until the others have told them anew. */
    static final int KEEP_SECONDS = 30;
    private static final int MOST_RECORD = 1 << 20;
    /** $1 FRR's folder, $2 words for zebra, then the daemons. Few descriptors: each daemon's tables grow with their limit. */
    private static final String START = """
            set -e
            umask 022
            ulimit -n 1024
            frr=$1 zebra=$2
            shift 2
            install -d -o frr -g frr -m 755 /run/frr /var/lib/frr
            install -d -o frr -g frrvty -m 755 /etc/frr
            [ -e /etc/frr/vtysh.conf ] || echo 'service integrated-vtysh-config' > /etc/frr/vtysh.conf
            [ -e /etc/frr/frr.conf ] || echo '! configured by VIOLIN, see violin.conf' > /etc/frr/frr.conf
            for d in "$@"; do
                more=
                [ $d = zebra ] && more=$zebra
                $frr/$d -d -P 0 $more </dev/null
            done
            """;
    private static final String REMOVE = "rm -rf /run/frr /var/lib/frr; cd /etc/frr && rm -f violin.conf frr.conf vtysh.conf && cd / && rmdir /etc/frr";

    private final Guest guest;
    private final Installation frr;

    GuestDaemons(Guest guest, Installation frr) {
        this.guest = guest;
        this.frr = frr;
    }

    /** The guest's first process on the overlay host. */
    long guestPid() throws GuestException {
        return guest.status().pid().orElseThrow(() -> new GuestException(guest.id() + " does not run"));
    }

    /** Whether zebra can tell its routes. */
    boolean tellsRoutes() {
        return frr.fpm();
    }

    /** Starts daemons and returns once they take commands. */
    void start(Collection<Daemon> daemons) throws GuestException {
        List<String> taken = GuestPorts.taken(guestPid(), daemons);
        if (!taken.isEmpty()) throw new GuestException(guest.id() + ": " + String.join("; ", taken));
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", START, "sh", frr.folder().toString(), frr.zebraWords()));
        daemons.stream().sorted().forEach(d -> command.add(d.program()));
        run(command, "");
    }

    /** Runs a program in the guest to its end. Returns its output; GuestException with what it said when it failed. */
    String run(List<String> command, String input) throws GuestException {
        try (ExecSession session = guest.exec(ExecRequest.of(command))) {
            StringBuilder errors = new StringBuilder();
            Thread reader = new Thread(() -> errors.append(text(session.stderr())), "frr errors");
            reader.setDaemon(true);
            reader.start();
            session.stdin().write(input.getBytes(StandardCharsets.UTF_8));
            session.stdin().close();
            String output = text(session.stdout());
            int status = session.waitFor();
            reader.join(5000);
            if (status != 0) throw new GuestException(guest.id() + ": " + (errors + "\n" + output).strip() + " (exit status " + status + ")");
            return output;
        } catch (IOException e) {
            throw new GuestException(guest.id() + ": " + command.get(0) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GuestException(guest.id() + ": interrupted", e);
        }
    }

    private static String text(InputStream in) {
        try {
            return new String(in.readNBytes(MOST_RECORD), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    /** Which of FRR's daemons run in the guest, with their ids on the overlay host. */
    Map<Daemon, Long> pids() {
        Map<Daemon, Long> found = new EnumMap<>(Daemon.class);
        long first = guest.status().pid().orElse(0);
        if (first == 0) return found;
        for (long pid : children(first)) {
            String name = read(Path.of("/proc/" + pid + "/comm")).strip();
            for (Daemon d : Daemon.values()) if (d.program().equals(name)) found.put(d, pid);
        }
        return found;
    }

    private static List<Long> children(long pid) {
        List<Long> all = new ArrayList<>();
        for (String word : read(Path.of("/proc/" + pid + "/task/" + pid + "/children")).split(" ")) {
            if (word.matches("[0-9]+")) all.add(Long.parseLong(word));
        }
        if (all.isEmpty()) ProcessHandle.of(pid).ifPresent(p -> p.children().forEach(c -> all.add(c.pid())));
        return all;
    }

    /** Bytes of memory that a process shares with nobody (smaps_rollup, proc(5)); 0 when it is gone. */
    static long privateBytes(long pid) {
        long kib = 0;
        for (String line : read(Path.of("/proc/" + pid + "/smaps_rollup")).split("\n")) {
            if (line.startsWith("Private_Clean:") || line.startsWith("Private_Dirty:")) kib += Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
        return kib << 10;
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            return "";
        }
    }

    /** Ends daemons, each with the chance to say goodbye; zebra at once, so that the kernel keeps its routes. */
    void end(Collection<Daemon> daemons) throws GuestException {
        Map<Daemon, Long> running = pids();
        running.keySet().retainAll(daemons);
        for (Map.Entry<Daemon, Long> one : running.entrySet()) {
            Optional<ProcessHandle> process = ProcessHandle.of(one.getValue());
            if (one.getKey() == Daemon.ZEBRA) process.ifPresent(ProcessHandle::destroyForcibly);
            else process.ifPresent(ProcessHandle::destroy);
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        for (boolean forced = false; ; ) {
            Map<Daemon, Long> left = pids();
            left.entrySet().removeIf(e -> !e.getValue().equals(running.get(e.getKey())));
            if (left.isEmpty()) return;
            if (System.nanoTime() > deadline) {
                if (forced) throw new GuestException(guest.id() + ": " + left.keySet() + " cannot be ended");
                for (long pid : left.values()) ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
                forced = true;
                deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
        }
    }

    /** Removes all files of FRR in the guest. */
    void removeFiles() throws GuestException {
        run(List.of("/bin/sh", "-c", REMOVE + "; true"), "");
    }

    /** Keeps the configuration that the daemons have now, for whoever takes over. */
    void record(String text) throws GuestException {
        run(List.of("/bin/sh", "-c", "cat > /etc/frr/violin.conf.new && mv /etc/frr/violin.conf.new /etc/frr/violin.conf"), text);
    }

    /** What {@link #record} kept; empty: nothing. */
    Optional<String> recorded() throws GuestException {
        try (RootedPath path = RootedPath.open("/proc/" + guestPid() + "/root", "etc", "frr", "violin.conf")) {
            if (!Files.isRegularFile(path.path()) || Files.size(path.path()) > MOST_RECORD) return Optional.empty();
            return Optional.of(Files.readString(path.path()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
