// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.control.Violins;
import org.violin.api.guest.GuestException;
import org.violin.api.routing.ControlStatus;
import org.violin.api.routing.RouterStatus;
import org.violin.api.routing.Routers;
import org.violin.api.routing.ServiceStatus;
import org.violin.shell.link.RemoteHosts;

/** {@code violin:routers}. */
@Service
@Command(scope = "violin", name = "routers", description = "Shows the vRouters that learn routes, forward by other than their kernel or have services", detailedDescription = """
        One line for each vRouter, on whatever overlay host it is: who its
        neighbours are and how many of them are up, how many routes it has. With
        a node: each neighbour, each process and each service, too.
        Examples:
          violin:routers
          violin:routers abilene
          violin:routers abilene r1
          violin:routers abilene -o json
        """)
public final class RoutersVerb extends Query {
    @Argument(index = 0, name = "violin", description = "Only vRouters of this violin")
    @Completion(ViolinNames.class)
    String violin;

    @Argument(index = 1, name = "node", description = "Only this vRouter, with its neighbours and processes")
    @Completion(NodeNames.class)
    String node;

    @Option(name = "--local", description = "Only those on this overlay host")
    boolean local;

    @Reference(optional = true)
    Routers routers;

    @Reference(optional = true)
    Members members;

    @Reference(optional = true)
    RemoteHosts remotes;

    @Reference(optional = true)
    Violins violins;

    /** A vRouter and the overlay host it is on. */
    record Answer(String host, RouterStatus status) {}

    @Override
    int run(Streams io) throws WrongUse, GuestException, IOException, InterruptedException {
        boolean json = json();
        List<Answer> all = new ArrayList<>();
        if (violin != null && !local && need(violins, "org.violin.control").show(violin).isEmpty()) {
            throw new GuestException(violin + ": there is no violin of that name; see: violin list");
        }
        String self = need(members, "org.violin.members").self().name();
        for (RouterStatus status : need(routers, "org.violin.routers").status()) if (matches(status)) all.add(new Answer(self, status));
        boolean failed = false;
        if (!local) {
            for (HostInfo host : members.hosts()) {
                if (host.name().equals(self)) continue;
                try {
                    all.addAll(Arrays.asList(Json.read(Elsewhere.ask(remotes, host, words()), Answer[].class)));
                } catch (GuestException | IOException e) {
                    failed = true;
                    io.err().println(e.getMessage());
                }
            }
        }
        all.sort(Comparator.comparing((Answer a) -> a.status().id()));
        if (json) io.out().println(Json.pretty(all));
        else if (node == null) io.out().print(summary(all).text(io.colour()));
        else for (Answer a : all) detail(io, a);
        if (node != null && all.isEmpty() && !local) throw new GuestException(violin + "/" + node + ": no such vRouter, or it only forwards computed routes");
        return failed ? FAILED : DONE;
    }

    private boolean matches(RouterStatus status) {
        return (violin == null || status.id().violin().equals(violin)) && (node == null || status.id().node().equals(node));
    }

    private List<String> words() {
        List<String> words = new ArrayList<>(List.of("routers", "--local", "-o", "json"));
        if (violin != null) words.add(violin);
        if (node != null) words.add(node);
        return words;
    }

    private static Table summary(List<Answer> all) {
        Table table = new Table("router", "host", "router-id", "control", "forwarding", "state", "neighbours", "routes", "fib", "memory", "restarts");
        for (Answer a : all) {
            RouterStatus s = a.status();
            ControlStatus c = s.learnt();
            long up = c.adjacencies().stream().filter(ControlStatus.Adjacency::up).count();
            long bytes = c.daemons().stream().mapToLong(ControlStatus.Daemon::memoryBytes).sum();
            int restarts = c.daemons().stream().mapToInt(ControlStatus.Daemon::restarts).sum();
            String state = c.reason().isEmpty() ? c.state() : c.state() + ": " + c.reason();
            table.row(s.id(), a.host(), s.routerId(), s.control().isEmpty() ? "-" : s.control(), s.forwarding(), state,
                    up + "/" + c.adjacencies().size(), c.routes().stream().filter(ControlStatus.Route::selected).count(), s.fibRoutes(), memory(bytes), restarts);
        }
        return table;
    }

    private static void detail(Streams io, Answer a) throws IOException {
        io.out().print(summary(List.of(a)).text(io.colour()) + "\n");
        ControlStatus c = a.status().learnt();
        Table neighbours = new Table("neighbour", "protocol", "address", "vnic", "state", "since");
        for (ControlStatus.Adjacency n : c.adjacencies()) {
            neighbours.row(n.peer(), n.protocol(), n.address(), n.nic(), n.state(), n.upMillis() < 0 ? "-" : n.upMillis() / 1000 + " s");
        }
        if (!c.adjacencies().isEmpty()) io.out().print(neighbours.text(io.colour()) + "\n");
        Table daemons = new Table("process", "pid", "memory", "restarts");
        for (ControlStatus.Daemon d : c.daemons()) daemons.row(d.name(), d.pid() == 0 ? "-" : d.pid(), memory(d.memoryBytes()), d.restarts());
        if (!c.daemons().isEmpty()) io.out().print(daemons.text(io.colour()));
        String counters = a.status().counters().entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).collect(Collectors.joining(", "));
        if (!counters.isEmpty()) io.out().print("forwarding: " + counters + "\n");
        if (a.status().services().isEmpty()) return;
        Table services = new Table("service", "state", "counters");
        for (ServiceStatus s : a.status().services()) {
            String counted = s.counters().entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).collect(Collectors.joining(", "));
            services.row(s.kind(), s.reason().isEmpty() ? s.state() : s.state() + ": " + s.reason(), counted);
        }
        io.out().print("\n" + services.text(io.colour()));
        for (ServiceStatus s : a.status().services()) for (String fact : s.facts()) io.out().print(s.kind() + ": " + fact + "\n");
    }

    private static String memory(long bytes) {
        return bytes == 0 ? "-" : String.format(java.util.Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
    }
}
