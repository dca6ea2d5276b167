// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
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
import org.violin.api.control.GuestAccess;
import org.violin.api.control.Violins;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.guest.GuestException;
import org.violin.api.model.NodeId;
import org.violin.api.routing.ControlStatus;
import org.violin.api.routing.FibRoute;
import org.violin.api.routing.RouterStatus;
import org.violin.api.routing.Routers;
import org.violin.shell.link.RemoteHosts;

/** {@code violin:routes}. */
@Service
@Command(scope = "violin", name = "routes", description = "Shows what a vRouter has learnt", detailedDescription = """
        The routes of its control plane; those that are used are marked by a
        star. More than one next hop: traffic is spread over them (ECMP).
        Examples:
          violin:routes abilene r1
          violin:routes abilene r1 -o json
          violin:exec abilene r1 -- vtysh -c 'show ip route'
        """)
public final class RoutesVerb extends Query {
    @Argument(index = 0, name = "violin", description = "Name of the violin", required = true)
    @Completion(ViolinNames.class)
    String violin;

    @Argument(index = 1, name = "node", description = "vRouter", required = true)
    @Completion(NodeNames.class)
    String node;

    @Option(name = "--local", description = "Only if it is on this overlay host")
    boolean local;

    @Reference(optional = true)
    Routers routers;

    @Reference(optional = true)
    GuestAccess guests;

    @Reference(optional = true)
    Violins violins;

    @Reference(optional = true)
    Members members;

    @Reference(optional = true)
    RemoteHosts remotes;

    @Override
    int run(Streams io) throws WrongUse, GuestException, IOException, InterruptedException {
        boolean json = json();
        NodeId id = new NodeId(violin, node);
        Elsewhere.wantRouter(violins, id, "only vRouters have routes of their own; see: violin exec " + violin + " " + node + " -- ip route");
        String self = need(members, "org.violin.members").self().name();
        String host = need(guests, "org.violin.control").hostOf(id).orElseThrow(() -> new GuestException(id + ": there is no such node; see: violin:show"));
        List<ControlStatus.Route> routes;
        if (host.equals(self) || local) {
            RouterStatus status = need(routers, "org.violin.routers").status().stream().filter(s -> s.id().equals(id)).findFirst()
                    .orElseThrow(() -> new GuestException(id + " learns no routes: they are computed. See: violin:exec " + violin + " " + node + " -- ip route"));
            routes = status.learnt().routes();
        } else {
            HostInfo there = members.hosts().stream().filter(h -> h.name().equals(host)).findFirst()
                    .orElseThrow(() -> new GuestException("overlay host " + host + " is not joined now"));
            String answer = Elsewhere.ask(remotes, there, List.of("routes", "--local", "-o", "json", violin, node));
            routes = Arrays.asList(Json.read(answer, ControlStatus.Route[].class));
        }
        if (json) {
            io.out().println(Json.pretty(routes));
            return DONE;
        }
        Table table = new Table("", "destination", "protocol", "distance", "metric", "next hops");
        routes.stream().sorted(Comparator.comparing((ControlStatus.Route r) -> r.fib().destination())).forEach(r -> table.row(r.selected() ? "*" : "",
                r.fib().destination(), r.fib().protocol(), r.distance(), r.metric(), hops(r.fib())));
        io.out().print(table.text(io.colour()));
        return DONE;
    }

    private static String hops(FibRoute route) {
        if (route.hops().isEmpty()) return "dropped";
        return route.hops().stream().map(h -> (h.via().isEmpty() ? "on link" : h.via()) + " " + h.nic()).collect(Collectors.joining(", "));
    }
}
