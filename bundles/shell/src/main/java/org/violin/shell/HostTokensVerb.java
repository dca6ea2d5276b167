// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.violin.api.cluster.Admission;
import org.violin.api.cluster.Members;
import org.violin.api.guest.GuestException;
import org.violin.shell.link.RemoteHosts;

/** {@code violin:host-tokens}. */
@Service
@Command(scope = "violin", name = "host-tokens", description = "Lists the tokens that were not used yet", detailedDescription = """
        Without their secrets.
        Examples:
          violin:host-tokens
          violin:host-tokens -o json
        """)
public final class HostTokensVerb extends Query {
    @Option(name = "--local", description = "Only if this overlay host holds the lab's authority")
    boolean local;

    @Reference(optional = true)
    Admission admission;

    @Reference(optional = true)
    Members members;

    @Reference(optional = true)
    RemoteHosts remotes;

    @Override
    int run(Streams io) throws WrongUse, GuestException, IOException, InterruptedException {
        boolean json = json();
        AuthorityHost authority = new AuthorityHost(admission, members, remotes);
        if (!authority.here()) return local ? AuthorityHost.ELSEWHERE : authority.ask(List.of("host-tokens", "-o", output), io);
        List<Admission.Token> tokens = admission.tokens();
        if (json) {
            io.out().println(Json.pretty(tokens));
            return DONE;
        }
        Table table = new Table("token", "host", "expires");
        for (Admission.Token t : tokens) {
            table.row(t.id(), t.host().isEmpty() ? "any" : t.host(), HostTokenVerb.TIME.format(Instant.ofEpochMilli(t.expiresMillis())));
        }
        io.out().print(table.text(io.colour()));
        return DONE;
    }
}
