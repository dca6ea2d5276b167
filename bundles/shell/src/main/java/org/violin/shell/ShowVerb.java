// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.violin.api.control.ViolinSummary;
import org.violin.api.control.ViolinView;
import org.violin.api.control.Violins;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Refused;

/** {@code violin:show}. */
@Service
@Command(scope = "violin", name = "show", description = "Shows the entities and links of a violin", detailedDescription = """
        Each vHost, vRouter and vSwitch with its overlay host, addresses and
        state; then each link with its cost and delay. Which vRouters have
        services, and which of them a way out to their overlay host's network.
        Examples:
          violin:show figure2
          violin:show -o json figure2
        """)
public final class ShowVerb extends Query {
    @Argument(name = "violin", description = "Name of the violin", required = true)
    @Completion(ViolinNames.class)
    String violin;

    @Reference(optional = true)
    Violins violins;

    @Override
    int run(Streams io) throws WrongUse, GuestException, Refused, IOException {
        boolean json = json();
        ViolinView view = find(need(violins, "org.violin.control"), violin);
        if (json) {
            io.out().println(Json.pretty(view));
            return DONE;
        }
        Table entities = new Table("entity", "kind", "host", "addresses", "state");
        for (ViolinView.EntityView e : view.entities()) {
            entities.row(e.name(), e.kind(), e.host(), e.addresses(), e.state());
        }
        Table links = new Table("link", "hosts", "vni", "cost", "delay", "state");
        for (ViolinView.LinkView l : view.links()) {
            String hosts = l.hostA().equals(l.hostB()) ? l.hostA() : l.hostA() + " - " + l.hostB();
            String delay = l.delayMillis() == 0 ? "" : String.format(Locale.ROOT, "%.2f ms", l.delayMillis());
            links.row(l.a() + " -- " + l.b(), hosts, l.vni(), plain(l.cost()), delay, l.state());
        }
        StringBuilder s = new StringBuilder();
        ViolinSummary sum = view.summary();
        s.append("violin ").append(sum.name()).append(": ").append(sum.state()).append(", revision ").append(sum.revision());
        String cipher = view.attributes().getOrDefault("cipher", "");
        if (!cipher.isEmpty()) s.append(", cipher ").append(cipher);
        s.append(cipher.equals("none") ? ": frames between overlay hosts travel in the CLEAR\n\n" : "\n\n");
        s.append(entities.text(io.colour()));
        if (!view.links().isEmpty()) s.append('\n').append(links.text(io.colour()));
        services(view, s);
        for (ViolinView.EntityView e : view.entities()) {
            if (!e.reason().isEmpty()) s.append(s.indexOf("\nwhy\n") < 0 ? "\nwhy\n" : "").append("  ").append(e.name()).append(": ")
                    .append(e.reason()).append('\n');
        }
        io.out().print(s);
        return DONE;
    }

    private static void services(ViolinView view, StringBuilder s) {
        StringBuilder ways = new StringBuilder();
        StringBuilder all = new StringBuilder();
        for (ViolinView.EntityView e : view.entities()) {
            if (e.services().contains("uplink")) {
                String asked = e.reason().contains("service uplink") ? " ASKED FOR, not given," : " of the violin";
                ways.append("WAY OUT").append(asked).append(" at ").append(e.name()).append(", to the network of ").append(e.host()).append('\n');
            }
            if (!e.services().isEmpty()) all.append("  ").append(e.name()).append(": ").append(String.join(", ", e.services())).append('\n');
        }
        if (all.length() > 0) s.append("\nservices\n").append(all).append(ways);
    }

    /** The violin, or a refusal that names those there are. */
    static ViolinView find(Violins violins, String name) throws Refused {
        Optional<ViolinView> view = violins.show(name);
        if (view.isPresent()) return view.get();
        String known = violins.list().stream().map(ViolinSummary::name).collect(Collectors.joining(", "));
        throw new Refused("violin", name, "there is no such violin; there " + (known.isEmpty() ? "are none, make one: apply FILE"
                : "are " + known));
    }

    private static String plain(double figure) {
        return figure == Math.rint(figure) && Math.abs(figure) < 1e15 ? Long.toString((long) figure) : Double.toString(figure);
    }
}
