// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.violin.api.cluster.Admission;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.guest.GuestException;
import org.violin.api.measure.Measurements;

/** {@code violin:hosts}. */
@Service
@Command(scope = "violin", name = "hosts", description = "Lists the overlay hosts, or one of them", detailedDescription = """
        The host that answers has a star. Expelled hosts are shown too.
        Examples:
          violin:hosts
          violin:hosts host2
          violin:hosts -o json
          violin:hosts --matrix         round-trip times between all, ms
          violin:hosts --matrix host2   all figures of the paths from host2
        In the matrix ~ is an estimate, and - means that nothing is known.
        Loss stands below where there is some, and the age above 10 s.
        """)
public final class HostsVerb extends Query {
    @Argument(name = "host", description = "Only this overlay host")
    @Completion(HostNames.class)
    String host;

    @Option(name = "--matrix", description = "The paths between the hosts instead")
    boolean matrix;

    @Reference(optional = true)
    Members members;

    @Reference(optional = true)
    Admission admission;

    @Reference(optional = true)
    Measurements measurements;

    @Override
    int run(Streams io) throws WrongUse, GuestException, IOException {
        boolean json = json();
        Members m = need(members, "org.violin.members");
        List<String> out = admission == null ? List.of() : admission.expelled();
        List<HostInfo> hosts = m.hosts().stream().filter(h -> host == null || h.name().equals(host)).toList();
        List<String> expelled = out.stream().filter(h -> host == null || h.equals(host)).filter(h -> hosts.stream()
                .noneMatch(j -> j.name().equals(h))).toList();
        if (host != null && hosts.isEmpty() && expelled.isEmpty()) {
            io.err().println("hosts: no overlay host '" + host + "' is joined; there are: "
                    + String.join(" ", m.hosts().stream().map(HostInfo::name).toList()));
            return FAILED;
        }
        if (matrix) {
            PathTable paths = new PathTable(need(measurements, "org.violin.measure").figures(), host);
            if (json) io.out().println(Json.pretty(paths.figures()));
            else io.out().print(paths.table().text(io.colour()));
        } else if (json) {
            List<Object> answer = new ArrayList<>();
            for (HostInfo h : hosts) answer.add(Json.with(h, "state", state(h, out), "certificateUntilMillis", until(h)));
            for (String h : expelled) answer.add(Map.of("name", h, "state", "expelled"));
            io.out().println(Json.pretty(answer));
        } else {
            io.out().print(table(hosts, out, expelled, m.self().name()).text(io.colour()));
        }
        if (!m.connected()) io.err().println("the shared state is out of reach; this is what was known last");
        return DONE;
    }

    private static Table table(List<HostInfo> hosts, List<String> out, List<String> expelled, String self) {
        Table table = new Table("host", "", "address", "tunnel", "control", "jmx", "cpus", "memory", "runtimes", "version", "up",
                "state", "certificate", "labels");
        for (HostInfo h : hosts) {
            long until = until(h);
            table.row(h.name(), h.name().equals(self) ? "*" : "", h.address(), h.tunnelPort(), h.controlPort(), h.jmxPort(),
                    String.format(Locale.ROOT, "%.1f", h.cpus()), (h.memoryBytes() >> 20) + " MiB", String.join(" ", h.runtimes()),
                    h.version(), duration(System.currentTimeMillis() - h.startedMillis()), state(h, out),
                    until == 0 ? "-" : until < System.currentTimeMillis() ? "expired" : "for " + duration(until - System.currentTimeMillis()), labels(h));
        }
        for (String h : expelled) table.row(h, "", "-", "-", "-", "-", "-", "-", "", "", "", "expelled", "-", "");
        return table;
    }

    private static String labels(HostInfo h) {
        return h.labels().entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(" "));
    }

    private static String state(HostInfo h, List<String> expelled) {
        return expelled.contains(h.name()) ? "expelled" : "joined";
    }

    /** When the certificate expires, since the epoch; 0: it has none that can be read. */
    private static long until(HostInfo h) {
        try {
            byte[] der = Base64.getDecoder().decode(h.certificate());
            return ((X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der)))
                    .getNotAfter().getTime();
        } catch (CertificateException | IllegalArgumentException e) {
            return 0;
        }
    }

    static String duration(long millis) {
        long s = Math.max(0, millis / 1000);
        if (s < 60) return s + " s";
        if (s < 3600) return s / 60 + " min";
        return s < 86400 ? s / 3600 + " h " + s / 60 % 60 + " min" : s / 86400 + " d " + s / 3600 % 24 + " h";
    }
}
