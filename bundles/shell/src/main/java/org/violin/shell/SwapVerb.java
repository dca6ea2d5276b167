// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.control.Plugins;
import org.violin.api.control.SwapReport;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Refused;
import org.violin.shell.link.RemoteHosts;

/** {@code violin:swap}. A kind is first made ready and tried on every overlay host; only when all have it anything is changed. */
@Service
@Command(scope = "violin", name = "swap", description = "Replaces a plugin while traffic flows", detailedDescription = """
        ROLE: tunnel, switching, cipher, routing, placement or runtime.
        PROVIDER: a kind that is installed or has a feature violin-ROLE-KIND,
        for one violin (switching, cipher, routing, runtime) or for all overlay
        hosts (tunnel, cipher, placement); or a bundle, for this host only: a
        file, a URL, or SYMBOLIC-NAME/VERSION of the system repository.
        The new one is tried first; when it fails the old one goes on.
        Examples:
          violin:swap cipher aead figure2
          violin:swap tunnel udp
          violin:swap switching /srv/my-switch.jar
        """)
public final class SwapVerb extends Query {
    private static final String KIND = "[a-z0-9][a-z0-9-]{0,30}";

    @Argument(index = 0, name = "role", description = "What is replaced", required = true)
    @Completion(value = StringsCompleter.class, values = {"tunnel", "switching", "cipher", "routing", "placement", "runtime"})
    String role;

    @Argument(index = 1, name = "provider", description = "A kind or a bundle", required = true)
    String provider;

    @Argument(index = 2, name = "violin", description = "Only for this violin")
    @Completion(ViolinNames.class)
    String violin;

    @Option(name = "--local", description = "Only on this overlay host")
    boolean local;

    @Option(name = "--try", description = "Only make the kind ready on this overlay host and try it")
    boolean only;

    @Reference(optional = true)
    Plugins plugins;

    @Reference(optional = true)
    Members members;

    @Reference(optional = true)
    RemoteHosts remotes;

    @Override
    int run(Streams io) throws WrongUse, GuestException, Refused, IOException, InterruptedException {
        boolean json = json();
        Plugins here = need(plugins, "org.violin.swap");
        if (only && violin != null) throw new WrongUse("swap --try ROLE KIND: without a violin");
        if (only) return show(io, json, Map.of(self(), here.offer(role, provider)), List.of());
        boolean kind = provider.matches(KIND);
        if (kind && !local) return everywhere(io, json, here);
        return show(io, json, Map.of(self(), here.swap(role, kind ? provider : file(), Optional.ofNullable(violin))), List.of());
    }

    private int everywhere(Streams io, boolean json, Plugins here) throws GuestException, Refused, IOException, InterruptedException {
        List<HostInfo> others = need(members, "org.violin.members").hosts().stream().filter(h -> !h.name().equals(self())).toList();
        Map<String, SwapReport> reports = new TreeMap<>();
        List<String> failures = new ArrayList<>();
        here.offer(role, provider);
        for (HostInfo host : others) ask(host, "--try", reports, failures);
        if (!failures.isEmpty()) {
            failures.forEach(io.err()::println);
            io.err().println("swap: not every overlay host has " + role + " " + provider + "; nothing is changed");
            return FAILED;
        }
        reports.clear();
        if (violin == null) for (HostInfo host : others) ask(host, "--local", reports, failures);
        reports.put(self(), here.swap(role, provider, Optional.ofNullable(violin)));
        return show(io, json, reports, failures);
    }

    private void ask(HostInfo host, String how, Map<String, SwapReport> reports, List<String> failures) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try {
            Streams io = Streams.of(new ByteArrayInputStream(new byte[0]), out, err);
            int status = Plumbing.join(need(remotes, TRUST).exec(host, List.of("swap", how, "-o", "json", role, provider)), io);
            if (status == DONE) reports.put(host.name(), Json.read(out.toString(StandardCharsets.UTF_8), Answer[].class)[0].report());
            else failures.add("overlay host " + host.name() + ": " + err.toString(StandardCharsets.UTF_8).strip());
        } catch (GuestException | IOException e) {
            failures.add(String.valueOf(e.getMessage()));
        }
    }

    /** What one overlay host did. */
    record Answer(String host, SwapReport report) {}

    private static int show(Streams io, boolean json, Map<String, SwapReport> reports, List<String> failures) throws IOException {
        if (json) {
            io.out().println(Json.pretty(reports.entrySet().stream().map(e -> new Answer(e.getKey(), e.getValue())).toList()));
        } else {
            reports.forEach((host, r) -> {
                String where = r.scope().equals("host") ? "overlay host " + host : r.scope();
                String what = r.before().isEmpty() || r.before().equals(r.after()) ? r.after() : r.before() + " -> " + r.after();
                io.out().println(where + ": " + r.role() + " " + what + "; trial: " + r.trial());
                r.notes().forEach(n -> io.out().println("  " + n));
            });
        }
        failures.forEach(io.err()::println);
        return failures.isEmpty() ? DONE : FAILED;
    }

    private String self() {
        return members == null ? "this one" : members.self().name();
    }

    /** A path is relative to where the session is. */
    private String file() {
        Path path = session == null || provider.contains(":") ? null : session.currentDir().resolve(provider);
        return path != null && Files.exists(path) ? path.toString() : provider;
    }
}
