// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.violin.api.cluster.Members;
import org.violin.api.control.Confinement;
import org.violin.api.control.Confinement.Finding;
import org.violin.api.control.Confinement.Verdict;
import org.violin.api.control.GuestAccess;
import org.violin.api.control.ViolinView;
import org.violin.api.control.ViolinView.EntityView;
import org.violin.api.control.Violins;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Refused;
import org.violin.shell.link.RemoteHosts;

/** {@code violin:verify}. Each overlay host tests its own guests; this one asks the others and puts all findings together. */
@Service
@Command(scope = "violin", name = "verify", description = "Tries to break out of a violin and into it", detailedDescription = """
        Sends canaries from inside each guest and from outside, and listens where
        they must not arrive. Takes some seconds; a short storm of broadcasts is
        part of it. The result is 1 if any case fails.
        Examples:
          violin:verify figure2
          violin:verify --seconds 120 figure2
          violin:verify -o json figure2
        """)
public final class VerifyVerb extends Query {
    private static final int HOSTS_AT_ONCE = 16;
    private static final int MARKER_BYTES = 12;

    @Argument(name = "violin", description = "Name of the violin", required = true)
    @Completion(ViolinNames.class)
    String violin;

    @Option(name = "--seconds", description = "What is not begun after so long counts as untested")
    int seconds = 60;

    @Option(name = "--run", description = "Marker that all hosts of one check share: 24 hexadecimal digits")
    String run = "";

    @Option(name = "--local", description = "Only on this overlay host")
    boolean local;

    @Reference(optional = true)
    Violins violins;

    @Reference(optional = true)
    GuestAccess guests;

    @Reference(optional = true)
    Members members;

    @Reference(optional = true)
    Confinement confinement;

    @Reference(optional = true)
    RemoteHosts remotes;

    @Override
    int run(Streams io) throws Refused, WrongUse, GuestException, IOException, InterruptedException {
        boolean json = json();
        if (seconds < 5 || seconds > 600) throw new WrongUse("--seconds " + seconds + ": 5 to 600");
        ViolinView view = ShowVerb.find(need(violins, "org.violin.control"), violin);
        Set<String> hosts = new TreeSet<>();
        if (!local) view.entities().stream().map(EntityView::host).filter(h -> !h.isEmpty()).forEach(hosts::add);
        GuestPrograms programs = new GuestPrograms(violins, guests, members, remotes);
        String self = members.self().name();
        Confinement here = need(confinement, "org.violin.verify");
        hosts.add(self);
        String marker = hosts.size() > 1 && run.isEmpty() ? HexFormat.of().formatHex(random()) : run;
        List<Callable<List<Finding>>> tasks = new ArrayList<>();
        for (String host : hosts) {
            if (host.equals(self)) tasks.add(() -> here.verify(violin, marker, Duration.ofSeconds(seconds)));
            else tasks.add(() -> elsewhere(host, marker, programs));
        }
        List<Finding> findings = together(tasks);
        if (json) io.out().println(Json.pretty(findings));
        else io.out().print(text(findings, io.colour()));
        return findings.stream().anyMatch(f -> f.verdict() == Verdict.FAIL) ? FAILED : DONE;
    }

    private static byte[] random() {
        byte[] marker = new byte[MARKER_BYTES];
        new SecureRandom().nextBytes(marker);
        return marker;
    }

    private static List<Finding> together(List<Callable<List<Finding>>> tasks) throws InterruptedException, Refused {
        ExecutorService pool = Executors.newFixedThreadPool(Math.min(HOSTS_AT_ONCE, tasks.size()));
        try {
            List<Finding> all = new ArrayList<>();
            for (Future<List<Finding>> f : pool.invokeAll(tasks)) all.addAll(f.get());
            return all;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Refused refused) throw refused;
            throw new IllegalStateException("verify: " + e.getCause(), e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    private List<Finding> elsewhere(String host, String marker, GuestPrograms programs) throws InterruptedException {
        List<String> words = List.of("verify", "--local", "-o", "json", "--seconds", "" + seconds, "--run", marker, violin);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try {
            Streams io = Streams.of(new ByteArrayInputStream(new byte[0]), out, err);
            int status = Plumbing.join(need(remotes, TRUST).exec(programs.member(host, "part of " + violin), words), io);
            if (out.size() > 0) return Arrays.asList(Json.read(out.toString(StandardCharsets.UTF_8), Finding[].class));
            return untested(host, "answered " + status + ": " + err.toString(StandardCharsets.UTF_8).strip());
        } catch (GuestException | IOException e) {
            return untested(host, e.getMessage());
        }
    }

    private static List<Finding> untested(String host, String why) {
        return List.of(new Finding(host, "all", Verdict.UNTESTED, why));
    }

    private String text(List<Finding> findings, boolean colour) {
        Table table = new Table("host", "case", "verdict", "detail");
        for (Finding f : findings) table.row(f.host(), f.check(), f.verdict().name().toLowerCase(java.util.Locale.ROOT), f.detail());
        StringBuilder sum = new StringBuilder(table.text(colour)).append(violin).append(':');
        for (Verdict v : Verdict.values()) {
            long n = findings.stream().filter(f -> f.verdict() == v).count();
            sum.append(v == Verdict.PASS ? " " : ", ").append(n).append(' ').append(v.name().toLowerCase(java.util.Locale.ROOT));
        }
        return sum.append('\n').toString();
    }
}
