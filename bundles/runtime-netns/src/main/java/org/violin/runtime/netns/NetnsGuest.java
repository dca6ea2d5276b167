// SPDX-License-Identifier: Apache-2.0
package org.violin.runtime.netns;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.guest.GuestSpec;
import org.violin.api.model.Limits;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeId;
import org.violin.api.model.RouteSpec;
import org.violin.linux.Tap;

/** A guest in namespaces of its own. */
final class NetnsGuest implements Guest {
    private final GuestFolder folder;
    private final FirstProcess first;
    private final Wiring wiring;
    private final Launcher launcher;
    private final Cgroups cgroups;
    private final NetnsConfig config;
    private final ConsoleLog console;
    private volatile GuestSpec spec;
    private volatile List<String> joins;

    NetnsGuest(GuestFolder folder, GuestSpec spec, FirstProcess first, Launcher launcher, Cgroups cgroups, NetnsConfig config) {
        this.folder = folder;
        this.spec = spec;
        this.first = first;
        this.wiring = new Wiring(first.networkNamespace());
        this.launcher = launcher;
        this.cgroups = cgroups;
        this.config = config;
        this.console = new ConsoleLog(folder.console(), config.consoleLogBytes());
        this.joins = cgroups.joins(group(folder.id()));
    }

    static String group(NodeId id) {
        return id.violin() + ":" + id.node();
    }

    @Override
    public NodeId id() {
        return folder.id();
    }

    @Override
    public GuestStatus status() {
        if (!first.isAlive()) return new GuestStatus(false, OptionalInt.empty(), Set.of(), folder.console().toString());
        try {
            return new GuestStatus(true, OptionalInt.of(first.pid()), first.interfaces(), folder.console().toString());
        } catch (IOException e) {
            return new GuestStatus(false, OptionalInt.empty(), Set.of(), folder.console().toString()); // ended in this moment
        }
    }

    @Override
    public synchronized List<FrameDevice> plug(List<NicSpec> nics) throws GuestException {
        List<Tap> taps = attempt("plug " + nics.stream().map(NicSpec::name).toList(), () -> wiring.plug(nics));
        return new ArrayList<>(taps);
    }

    @Override
    public synchronized void unplug(Set<String> nics) throws GuestException {
        attempt("unplug " + nics, () -> {
            wiring.unplug(nics);
            return null;
        });
    }

    @Override
    public synchronized void routes(Collection<RouteSpec> routes) throws GuestException {
        attempt("set routes", () -> {
            wiring.routes(routes);
            return null;
        });
    }

    @Override
    public synchronized void limits(Limits limits) throws GuestException {
        attempt("set limits", () -> {
            boolean grouped = !joins.isEmpty();
            joins = cgroups.set(group(id()), limits);
            if (!grouped) {
                for (int pid : processes()) cgroups.move(pid, joins);
            }
            spec = new GuestSpec(spec.id(), spec.forwarding(), limits, spec.exec());
            folder.write(spec);
            return null;
        });
    }

    /** All processes of the guest, for one that gets its first limit: those whose PID namespace is that of process 1. */
    private List<Integer> processes() throws IOException {
        java.nio.file.Path proc = java.nio.file.Path.of("/proc");
        Object space = java.nio.file.Files.readSymbolicLink(proc.resolve(first.pid() + "/ns/pid"));
        List<Integer> found = new ArrayList<>();
        try (var all = java.nio.file.Files.newDirectoryStream(proc, "[0-9]*")) {
            for (java.nio.file.Path one : all) {
                try {
                    boolean inside = java.nio.file.Files.readSymbolicLink(one.resolve("ns/pid")).equals(space);
                    if (inside) found.add(Integer.valueOf(one.getFileName().toString()));
                } catch (IOException e) {
                    continue; // ended meanwhile
                }
            }
        }
        return found;
    }

    @Override
    public void ready() throws GuestException {
        boolean begun = attempt("note that it is ready", folder::markReady);
        if (!begun) return;
        List<String> failures = new ArrayList<>();
        for (String command : spec.exec()) {
            int status = attempt("run '" + command + "'", () -> runLogged(command));
            if (status != 0) failures.add("'" + command + "' ended with " + status);
        }
        if (!failures.isEmpty()) throw new GuestException(id() + ": exec " + String.join(", ", failures) + "; see " + folder.console());
    }

    private int runLogged(String command) throws IOException {
        console.line("$ " + command);
        ExecRequest request = ExecRequest.of(List.of("/bin/sh", "-c", "exec 2>&1\n" + command));
        try (ProgramSession session = launcher.exec(first, joins, request)) {
            session.stdin().close();
            Thread reader = new Thread(() -> copy(session.stdout()), "console " + id());
            reader.setDaemon(true);
            reader.start();
            boolean ended = session.waitFor(config.execTimeoutMillis());
            if (!ended) {
                console.line("ended after " + config.execTimeoutMillis() + " ms; begin a long-running program with '&'");
                return 128 + 15;
            }
            reader.join(config.execTimeoutMillis());
            int status = session.waitFor();
            if (status != 0) console.line("exit status " + status);
            return status;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private void copy(InputStream from) {
        byte[] bytes = new byte[8192];
        try {
            for (int n = from.read(bytes); n >= 0; n = from.read(bytes)) console.append(bytes, n);
        } catch (IOException e) {
            return; // the session was closed, or the disk is full: the command itself goes on
        }
    }

    @Override
    public ExecSession exec(ExecRequest request) throws GuestException {
        if (!first.isAlive()) throw new GuestException(id() + ": is not running");
        return attempt("run " + request.command().get(0), () -> launcher.exec(first, joins, request));
    }

    @Override
    public synchronized void stop() throws GuestException {
        attempt("stop", () -> {
            // An open TAP descriptor keeps the network namespace alive, so its holder must see that the interface is gone.
            if (first.isAlive()) wiring.unplugAll();
            if (!first.kill(config.stopTimeoutMillis())) {
                throw new IOException("process " + first.pid() + " still lives " + config.stopTimeoutMillis() + " ms after SIGKILL");
            }
            cgroups.remove(group(id()));
            folder.delete();
            return null;
        });
    }

    @FunctionalInterface
    private interface Step<T> {
        T run() throws IOException;
    }

    private <T> T attempt(String what, Step<T> step) throws GuestException {
        try {
            return step.run();
        } catch (IOException e) {
            throw new GuestException(id() + ": " + what + ": " + e.getMessage(), e);
        }
    }
}
