// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.control.GuestAccess;
import org.violin.api.control.Violins;
import org.violin.api.guest.GuestException;
import org.violin.api.model.NodeId;
import org.violin.api.routing.Routers;
import org.violin.shell.link.RemoteHosts;

/** {@code violin:click}. */
@Service
@Command(scope = "violin", name = "click", description = "Reads or writes a handler of a vRouter's Click", detailedDescription = """
        Handlers are named ELEMENT.HANDLER, those of the whole router HANDLER.
        Examples:
          violin:click demo r1 read rt.table
          violin:click demo r1 read list
          violin:click demo r1 write shaper.rate 1000000
        """)
public final class ClickVerb extends Verb {
    @Argument(index = 0, name = "violin", description = "Name of the violin", required = true)
    @Completion(ViolinNames.class)
    String violin;

    @Argument(index = 1, name = "node", description = "vRouter", required = true)
    @Completion(NodeNames.class)
    String node;

    @Argument(index = 2, name = "operation", description = "read or write", required = true)
    @Completion(value = StringsCompleter.class, values = {"read", "write"})
    String operation;

    @Argument(index = 3, name = "handler", description = "ELEMENT.HANDLER, and what to write", required = true, multiValued = true)
    List<String> words = List.of();

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
        if (!List.of("read", "write").contains(operation)) throw new WrongUse("click '" + operation + "': read or write");
        NodeId id = new NodeId(violin, node);
        Elsewhere.wantRouter(violins, id, "only vRouters forward");
        String self = need(members, "org.violin.members").self().name();
        String host = need(guests, "org.violin.control").hostOf(id).orElseThrow(() -> new GuestException(id + ": there is no such node; see: violin:show"));
        String answer;
        if (host.equals(self) || local) {
            String value = String.join(" ", words.subList(1, words.size()));
            answer = need(routers, "org.violin.routers").forwarding(id, operation, words.get(0), value);
        } else {
            HostInfo there = members.hosts().stream().filter(h -> h.name().equals(host)).findFirst()
                    .orElseThrow(() -> new GuestException("overlay host " + host + " is not joined now"));
            List<String> call = new ArrayList<>(List.of("click", "--local", violin, node, operation));
            call.addAll(words);
            answer = Elsewhere.ask(remotes, there, call);
        }
        io.out().print(answer.isEmpty() || answer.endsWith("\n") ? answer : answer + "\n");
        return DONE;
    }
}
