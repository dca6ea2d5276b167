// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.violin.api.cluster.HostInfo;
import org.violin.api.control.Violins;
import org.violin.api.guest.GuestException;
import org.violin.api.model.NodeId;
import org.violin.shell.link.RemoteHosts;

/** Asks another overlay host by a command of this scope. */
final class Elsewhere {
    private Elsewhere() {}

    /** Throws, with the rule, when that node is known and no vRouter. */
    static void wantRouter(Violins violins, NodeId id, String rule) throws GuestException {
        Optional<String> kind = violins == null ? Optional.empty() : violins.show(id.violin())
                .flatMap(v -> v.entities().stream().filter(e -> e.name().equals(id.node())).findFirst()).map(e -> e.kind());
        if (kind.isPresent() && !kind.get().equals("vrouter")) throw new GuestException(id + " is a " + kind.get() + ": " + rule);
    }

    /** Its standard output. Throws, with what it said on standard error, when it failed. */
    static String ask(RemoteHosts remotes, HostInfo host, List<String> words) throws IOException, GuestException, InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Streams io = Streams.of(new ByteArrayInputStream(new byte[0]), out, err);
        int status = Plumbing.join(Verb.need(remotes, Verb.TRUST).exec(host, words), io);
        if (status == Verb.DONE) return out.toString(StandardCharsets.UTF_8);
        String why = err.toString(StandardCharsets.UTF_8).strip();
        throw new GuestException(why.isEmpty() ? "overlay host " + host.name() + ": status " + status : why);
    }
}
