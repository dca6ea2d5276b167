// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.violin.api.cluster.Members;
import org.violin.api.control.GuestAccess;
import org.violin.api.control.Violins;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.NodeId;
import org.violin.api.model.Refused;
import org.violin.shell.link.RemoteHosts;

/** {@code violin:exec}. */
@Service
@Command(scope = "violin", name = "exec", description = "Runs a program in a vHost or vRouter", detailedDescription = """
        Standard input, output and error are the program's; the result is its
        exit status (127: no such program, 128 + N: ended by signal N).
        Examples:
          violin:exec figure2 vHost1 -- traceroute -n 10.0.2.2
          violin:exec figure2 vRouter1 -- sh -c 'ip route; ip -6 route'
        """)
public final class ExecVerb extends Verb {
    @Argument(index = 0, name = "violin", description = "Name of the violin", required = true)
    @Completion(ViolinNames.class)
    String violin;

    @Argument(index = 1, name = "node", description = "vHost or vRouter", required = true)
    @Completion(NodeNames.class)
    String node;

    @Argument(index = 2, name = "command", description = "-- and the program with its arguments", required = true, multiValued = true)
    List<String> words = List.of();

    @Option(name = "--local", description = "Only if the node is on this overlay host")
    boolean local;

    @Reference(optional = true)
    Violins violins;

    @Reference(optional = true)
    GuestAccess guests;

    @Reference(optional = true)
    Members members;

    @Reference(optional = true)
    RemoteHosts remotes;

    @Override
    int run(Streams io) throws WrongUse, GuestException, Refused, IOException, InterruptedException {
        List<String> program = Verbs.program(words);
        if (program.isEmpty()) throw new WrongUse("exec VIOLIN NODE -- PROGRAM...: which program?");
        GuestPrograms programs = new GuestPrograms(violins, guests, members, remotes);
        return Plumbing.join(programs.start(new NodeId(violin, node), ExecRequest.of(program), List.of("exec"), local), io);
    }
}
