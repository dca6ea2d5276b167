// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.control.GuestAccess;
import org.violin.api.control.ViolinView;
import org.violin.api.control.ViolinView.EntityView;
import org.violin.api.control.Violins;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.GuestException;
import org.violin.api.model.NodeId;
import org.violin.api.model.Refused;
import org.violin.shell.link.RemoteHosts;

/** Starts programs in guests wherever they are: here directly, elsewhere by asking that overlay host. */
final class GuestPrograms {
    private static final int NAMES_SHOWN = 30;

    private final Violins violins;
    private final GuestAccess guests;
    private final Members members;
    private final RemoteHosts remotes;

    GuestPrograms(Violins violins, GuestAccess guests, Members members, RemoteHosts remotes) throws GuestException {
        this.violins = Verb.need(violins, "org.violin.control");
        this.guests = Verb.need(guests, "org.violin.control");
        this.members = Verb.need(members, "org.violin.members");
        this.remotes = remotes;
    }

    /**
     * @param verb the command that does the same on the guest's own host, with {@code --local}, for programs elsewhere
     * @param local never ask another host
     */
    ExecSession start(NodeId node, ExecRequest request, List<String> verb, boolean local) throws GuestException, Refused, IOException {
        Optional<String> host = guests.hostOf(node);
        if (host.isEmpty()) throw unknown(node);
        String self = members.self().name();
        if (host.get().equals(self)) return guests.exec(node, request);
        if (local) throw new GuestException(node + " is on overlay host " + host.get() + ", not on " + self);
        List<String> words = new ArrayList<>(verb);
        words.addAll(List.of("--local", node.violin(), node.node(), "--"));
        words.addAll(request.command());
        return Verb.need(remotes, Verb.TRUST).exec(member(host.get(), node.toString()), words);
    }

    HostInfo member(String host, String why) throws GuestException {
        for (HostInfo h : members.hosts()) if (h.name().equals(host)) return h;
        String known = members.hosts().stream().map(HostInfo::name).collect(Collectors.joining(", "));
        throw new GuestException("overlay host " + host + ", where " + why + " is, is not joined now; joined are " + known);
    }

    private Refused unknown(NodeId node) throws Refused {
        ViolinView view = ShowVerb.find(violins, node.violin());
        for (EntityView e : view.entities()) {
            if (!e.name().equals(node.node())) continue;
            if (e.kind().equals("vswitch")) return new Refused(node.violin(), node.node(),
                    "a vswitch runs no programs; take a vhost or vrouter");
            return new Refused(node.violin(), node.node(), "is not placed on an overlay host yet");
        }
        List<String> names = view.entities().stream().filter(e -> !e.kind().equals("vswitch")).map(EntityView::name).toList();
        String known = names.stream().limit(NAMES_SHOWN).collect(Collectors.joining(", ")) + (names.size() > NAMES_SHOWN ? ", ..." : "");
        return new Refused(node.violin(), node.node(), "there is no such node; there are " + known);
    }
}
