// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.violin.api.cluster.Members;
import org.violin.api.control.GuestAccess;
import org.violin.api.control.ViolinView.EntityView;
import org.violin.api.control.Violins;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.NodeId;
import org.violin.api.model.Refused;
import org.violin.shell.link.RemoteHosts;

/** {@code violin:ping-all}. Each overlay host pings from its own vHosts; this one asks the others and adds up. */
@Service
@Command(scope = "violin", name = "ping-all", description = "Pings between all vHosts of a violin", detailedDescription = """
        From every vHost to every other, over IPv4 and IPv6 where both have
        addresses. The result is 1 if any pair fails.
        Examples:
          violin:ping-all figure2
          violin:ping-all -6 -c 5 figure2
          violin:ping-all -o json figure2
        """)
public final class PingAllVerb extends Query {
    private static final int LOST_SHOWN = 50;
    private static final int HOSTS_AT_ONCE = 16;

    @Argument(name = "violin", description = "Name of the violin", required = true)
    @Completion(ViolinNames.class)
    String violin;

    @Option(name = "-c", aliases = "--count", description = "Pings for each pair; one answer is enough")
    int count = 2;

    @Option(name = "-4", description = "Only IPv4")
    boolean only4;

    @Option(name = "-6", description = "Only IPv6")
    boolean only6;

    @Option(name = "--local", description = "Only from the vHosts on this overlay host")
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
        boolean json = json();
        if (count < 1 || count > 1000) throw new WrongUse("-c " + count + ": 1 to 1000");
        PingAll pings = new PingAll(ShowVerb.find(need(violins, "org.violin.control"), violin), !only6 || only4, !only4 || only6, count);
        GuestPrograms programs = new GuestPrograms(violins, guests, members, remotes);
        String self = members.self().name();
        Map<String, List<EntityView>> byHost = new TreeMap<>(pings.vhosts().stream().collect(Collectors.groupingBy(EntityView::host)));
        long start = System.nanoTime();
        List<Callable<PingAll.Result>> tasks = new ArrayList<>();
        byHost.forEach((host, sources) -> {
            PingAll.Start here = (vhost, fping) -> guests.exec(new NodeId(violin, vhost), ExecRequest.of(fping));
            if (host.equals(self)) tasks.add(() -> pings.from(sources, here));
            else if (!local) tasks.add(() -> elsewhere(host, sources, pings, programs));
        });
        PingAll.Result result = PingAll.together(violin, tasks, HOSTS_AT_ONCE);
        io.out().print(json ? Json.pretty(result) + "\n" : text(result, (System.nanoTime() - start) / 1_000_000));
        return result.reachable() == result.pairs() ? DONE : FAILED;
    }

    private PingAll.Result elsewhere(String host, List<EntityView> sources, PingAll pings,
            GuestPrograms programs) throws InterruptedException {
        List<String> words = new ArrayList<>(List.of("ping-all", "--local", "-o", "json", "-c", "" + count));
        if (only4) words.add("-4");
        if (only6) words.add("-6");
        words.add(violin);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try {
            if (host.isEmpty()) return pings.unreachable(sources, "not placed on an overlay host yet");
            Streams io = Streams.of(new ByteArrayInputStream(new byte[0]), out, err);
            int status = Plumbing.join(need(remotes, TRUST).exec(programs.member(host, "a vHost"), words), io);
            if (out.size() > 0) return Json.read(out.toString(StandardCharsets.UTF_8), PingAll.Result.class);
            return pings.unreachable(sources, "overlay host " + host + " answered " + status + ": "
                    + err.toString(StandardCharsets.UTF_8).strip());
        } catch (GuestException | IOException e) {
            return pings.unreachable(sources, e.getMessage());
        }
    }

    private static String text(PingAll.Result r, long millis) {
        StringBuilder s = new StringBuilder();
        Table table = new Table("from", "to", "address", "why");
        r.lost().stream().limit(LOST_SHOWN).forEach(l -> table.row(l.from(), l.to(), l.address(), l.reason()));
        if (!r.lost().isEmpty()) s.append("lost:\n").append(table.text(false));
        if (r.lost().size() > LOST_SHOWN) s.append("and ").append(r.lost().size() - LOST_SHOWN).append(" more; see -o json\n");
        s.append(String.format(Locale.ROOT, "%s: %d of %d pairs reachable", r.violin(), r.reachable(), r.pairs()));
        PingAll.Rtt rtt = r.rttMillis();
        if (r.answers() > 0) s.append(String.format(Locale.ROOT, ", rtt min/avg/max %.3f/%.3f/%.3f ms", rtt.min(), rtt.avg(), rtt.max()));
        return s.append(String.format(Locale.ROOT, ", in %.1f s%n", millis / 1000.0)).toString();
    }
}
