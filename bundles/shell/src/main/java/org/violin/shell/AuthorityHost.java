// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.violin.api.cluster.Admission;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.guest.GuestException;
import org.violin.shell.link.RemoteHosts;

/** Finds the one overlay host that holds the lab's authority by asking the joined ones, one after the other. */
final class AuthorityHost {
    /** Status of a command with {@code --local} on a host that does not hold the authority. */
    static final int ELSEWHERE = 3;

    private final Admission admission;
    private final Members members;
    private final RemoteHosts remotes;
    private final List<String> unreached = new ArrayList<>();

    AuthorityHost(Admission admission, Members members, RemoteHosts remotes) throws GuestException {
        this.admission = Verb.need(admission, Verb.TRUST);
        this.members = Verb.need(members, "org.violin.members");
        this.remotes = remotes;
    }

    /** True when it is this host. */
    boolean here() {
        return admission.authority();
    }

    /** Lets the authority's host do it and passes on what it answers. The words must take {@code --local}. */
    int ask(List<String> words, Streams io) throws GuestException, InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        for (HostInfo host : others()) {
            int status = run(host, words, out, err);
            if (status == ELSEWHERE || status == RemoteHosts.CONNECTION_LOST) continue;
            io.out().write(out.toByteArray(), 0, out.size());
            io.err().write(err.toByteArray(), 0, err.size());
            return status;
        }
        io.err().println("no joined overlay host holds the lab's authority; start the one that does" + trouble());
        return Verb.FAILED;
    }

    /** Its name, when it is joined and can be reached. */
    Optional<String> find() throws GuestException, InterruptedException {
        if (here()) return Optional.of(members.self().name());
        for (HostInfo host : others()) {
            int status = run(host, List.of("host-tokens"), new ByteArrayOutputStream(), new ByteArrayOutputStream());
            if (status == Verb.DONE) return Optional.of(host.name());
        }
        return Optional.empty();
    }

    /** Which hosts could not be asked, for a message; empty when all could. */
    String trouble() {
        return unreached.isEmpty() ? "" : "\n" + String.join("\n", unreached);
    }

    private List<HostInfo> others() {
        String self = members.self().name();
        return members.hosts().stream().filter(h -> !h.name().equals(self)).toList();
    }

    private int run(HostInfo host, List<String> words, ByteArrayOutputStream out, ByteArrayOutputStream err)
            throws GuestException, InterruptedException {
        List<String> there = new ArrayList<>(words);
        there.add(1, "--local");
        out.reset();
        err.reset();
        try {
            int status = Plumbing.join(Verb.need(remotes, Verb.TRUST).exec(host, there),
                    Streams.of(InputStream.nullInputStream(), out, err));
            if (status == RemoteHosts.CONNECTION_LOST) unreached.add(err.toString(StandardCharsets.UTF_8).strip());
            return status;
        } catch (IOException e) {
            unreached.add(e.getMessage());
            return RemoteHosts.CONNECTION_LOST;
        }
    }
}
