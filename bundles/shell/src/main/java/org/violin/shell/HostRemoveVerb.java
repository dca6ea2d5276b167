// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.violin.api.cluster.Admission;
import org.violin.api.cluster.Members;
import org.violin.api.cluster.StateException;
import org.violin.api.control.ViolinSummary;
import org.violin.api.control.Violins;
import org.violin.api.guest.GuestException;
import org.violin.shell.link.RemoteHosts;

/** {@code violin:host-remove}. */
@Service
@Command(scope = "violin", name = "host-remove", description = "Expels an overlay host", detailedDescription = """
        Its keys are worth nothing on all other hosts within seconds. What it
        runs goes on there, cut off. It joins again only with a new token. The
        last host, and the one that holds the lab's authority, stay.
        Examples:
          violin:host-remove host3
          violin:host-remove host3 --yes
        """)
public final class HostRemoveVerb extends Verb {
    @Argument(name = "host", description = "Name of the overlay host", required = true)
    @Completion(HostNames.class)
    String host;

    @Option(name = "--yes", aliases = "-y", description = "Do not ask")
    boolean yes;

    @Option(name = "--force", description = "Even if the host with the lab's authority cannot be asked who it is")
    boolean force;

    @Reference(optional = true)
    Admission admission;

    @Reference(optional = true)
    Members members;

    @Reference(optional = true)
    Violins violins;

    @Reference(optional = true)
    RemoteHosts remotes;

    @Override
    int run(Streams io) throws WrongUse, GuestException, IOException, StateException, InterruptedException {
        AuthorityHost authority = new AuthorityHost(admission, members, remotes);
        if (admission.expelled().contains(host)) {
            io.out().println(host + " is expelled already");
            return DONE;
        }
        if (members.hosts().stream().allMatch(h -> h.name().equals(host))) return refuse(io, "it is the last overlay host");
        Optional<String> holder = authority.find();
        if (holder.filter(host::equals).isPresent()) {
            return refuse(io, "it holds the lab's authority; without it no host could join any more");
        }
        if (holder.isEmpty() && !force) {
            return refuse(io, "it may be the one that holds the lab's authority, which no host that was reached does; --force removes it"
                    + authority.trouble());
        }
        String effect = effect();
        if (!yes && !agreed(io, effect)) return FAILED;
        admission.expel(host);
        io.out().println(host + " is expelled. " + effect);
        return DONE;
    }

    private int refuse(Streams io, String why) {
        io.err().println("host-remove " + host + ": refused; " + why);
        return FAILED;
    }

    private boolean agreed(Streams io, String effect) throws IOException {
        io.err().println(effect);
        if (session.getTerminal() == null) {
            io.err().println("Nothing was done; to expel " + host + ": host-remove " + host + " --yes");
            return false;
        }
        String answer = session.readLine("Expel " + host + "? (yes/no) ", null);
        return answer != null && answer.strip().matches("(?i)y|yes");
    }

    private String effect() {
        Map<String, Long> nodes = new TreeMap<>();
        if (violins == null) return "Which nodes are there is not known; they are out of reach.";
        for (ViolinSummary v : violins.list()) {
            long there = violins.show(v.name()).map(view -> view.entities().stream().filter(e -> host.equals(e.host())).count()).orElse(0L);
            if (there > 0) nodes.put(v.name(), there);
        }
        if (nodes.isEmpty()) return "No node of a violin is placed there.";
        return "Nodes placed there are out of reach of all others: " + nodes.entrySet().stream()
                .map(e -> e.getValue() + " of " + e.getKey()).collect(Collectors.joining(", ")) + ". Apply their files again to place them anew.";
    }
}
