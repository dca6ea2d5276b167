// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.violin.api.model.Cidr;
import org.violin.api.routing.RouterNic;
import org.violin.api.routing.RouterSpec;
import org.violin.api.routing.Station;

/** The configuration of the one dnsmasq(8) of a vRouter, which does both its {@code dhcp} and its {@code dns}. Pure. */
final class DnsmasqText {
    static final String FOLDER = "/run/violin/dnsmasq";
    /** Between configuration and names in {@link #both}. */
    static final String HOSTS = "#hosts\n";
    private static final String LEASE_SECONDS = "3600";
    private static final int MOST_LEASES = 10_000;

    private final RouterSpec router;
    private final Map<String, String> dhcp;
    private final Map<String, String> dns;

    /** Of what the router's services say now. */
    DnsmasqText(RouterSpec router) {
        this.router = router;
        dhcp = router.services().get(DhcpProvider.KIND);
        dns = router.services().get(DnsProvider.KIND);
    }

    /** Configuration, separator, names. */
    String both() {
        return config() + HOSTS + hosts();
    }

    String config() {
        List<String> lines = new ArrayList<>(List.of("user=root", "group=root", "pid-file=" + FOLDER + "/pid", "log-facility=-", "no-hosts", "no-resolv",
                "no-poll", "bind-dynamic"));
        nics().forEach(nic -> lines.add("interface=" + nic));
        if (dns == null) lines.add("port=0");
        else dns(lines);
        if (dhcp != null) dhcp(lines);
        return String.join("\n", lines) + "\n";
    }

    /** Both are served on all of these; elsewhere neither. */
    private Set<String> nics() {
        Set<String> nics = new LinkedHashSet<>();
        if (dns != null) {
            List<String> on = Checked.words(dns, "on");
            if (on.isEmpty()) router.nics().forEach(nic -> nics.add(nic.spec().name()));
            nics.addAll(on);
        }
        if (dhcp != null) nics.addAll(Checked.words(dhcp, "on"));
        return nics;
    }

    private void dns(List<String> lines) {
        lines.addAll(List.of("addn-hosts=" + FOLDER + "/hosts", "localise-queries", "domain-needed", "cache-size=1000"));
        String domain = dns.getOrDefault("domain", "");
        if (!domain.isEmpty()) lines.addAll(List.of("domain=" + domain, "local=/" + domain + "/", "expand-hosts"));
        Checked.words(dns, "forward").forEach(server -> lines.add("server=" + server));
        // Its own addresses that come and go on the loopback interface, whichever vNIC a question comes by.
        for (String address : Checked.words(router.services().getOrDefault(AnycastProvider.KIND, Map.of()), "addresses")) {
            lines.add("listen-address=" + Cidr.parse(address).address());
        }
        lines.add("listen-address=127.0.0.1");
    }

    private void dhcp(List<String> lines) {
        lines.addAll(List.of("dhcp-authoritative", "no-ping", "quiet-dhcp", "dhcp-leasefile=" + FOLDER + "/leases", "dhcp-lease-max=" + MOST_LEASES));
        String lease = dhcp.getOrDefault("lease", LEASE_SECONDS);
        for (Range range : ranges(router, dhcp)) {
            lines.add("dhcp-range=set:" + range.nic() + "," + range.first() + "," + range.last() + "," + mask(range.subnet().prefix()) + "," + lease);
        }
        List<String> servers = Checked.words(dhcp, "dns");
        if (!servers.isEmpty()) lines.add("dhcp-option=option:dns-server," + String.join(",", servers));
        Set<String> on = Set.copyOf(Checked.words(dhcp, "on"));
        for (Station station : router.stations()) {
            if (!on.contains(station.on())) continue;
            Optional<Cidr> address = ipv4(router, station);
            if (address.isEmpty()) continue;
            String name = station.node().matches("[A-Za-z0-9-]{1,63}") ? "," + station.node() : "";
            lines.add("dhcp-host=" + station.nic().mac() + "," + address.get().address() + name);
        }
    }

    private static Optional<Cidr> ipv4(RouterSpec router, Station station) {
        List<Cidr> subnets = router.nic(station.on()).orElseThrow().spec().addresses().stream().filter(a -> !a.isIpv6()).map(Cidr::network).toList();
        return station.nic().addresses().stream().filter(a -> subnets.contains(a.network())).findFirst();
    }

    private static String mask(int prefix) {
        long bits = prefix == 0 ? 0 : 0xffffffffL << 32 - prefix & 0xffffffffL;
        return (bits >> 24) + "." + (bits >> 16 & 255) + "." + (bits >> 8 & 255) + "." + (bits & 255);
    }

    /** @param first and last address to give */
    record Range(String nic, Cidr subnet, String first, String last) {}

    /**
     * The ranges as given, each in the subnet of one of the vNICs; for a vNIC without one, the upper half of its subnet.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    static List<Range> ranges(RouterSpec router, Map<String, String> dhcp) {
        List<Range> all = new ArrayList<>();
        Set<String> without = new LinkedHashSet<>(Checked.words(dhcp, "on"));
        for (String text : Checked.words(dhcp, "range")) {
            String[] ends = text.split("-");
            if (ends.length != 2) throw new IllegalArgumentException("'" + text + "': a range is FIRST-LAST");
            Cidr first = Cidr.parse(ends[0]);
            Cidr last = Cidr.parse(ends[1]);
            Range found = null;
            for (String nic : Checked.words(dhcp, "on")) {
                for (Cidr own : subnets(router, nic)) {
                    if (own.contains(first) && own.contains(last)) found = new Range(nic, own, first.address(), last.address());
                }
            }
            if (found == null || first.compareTo(last) > 0) {
                throw new IllegalArgumentException("'" + text + "': in no IPv4 subnet of " + String.join(", ", Checked.words(dhcp, "on")));
            }
            without.remove(found.nic());
            all.add(found);
        }
        for (String nic : without) {
            for (Cidr subnet : subnets(router, nic)) {
                long size = BigInteger.ONE.shiftLeft(32 - subnet.prefix()).longValue();
                if (size < 8) throw new IllegalArgumentException("'" + nic + "': its subnet " + subnet + " is too small for DHCP");
                all.add(new Range(nic, subnet, subnet.host(size / 2).address(), subnet.host(size - 2).address()));
            }
        }
        return all;
    }

    private static List<Cidr> subnets(RouterSpec router, String nic) {
        List<Cidr> subnets = router.nic(nic).map(RouterNic::spec).map(spec -> spec.addresses().stream().filter(a -> !a.isIpv6()).map(Cidr::network).toList())
                .orElse(List.of());
        if (subnets.isEmpty()) throw new IllegalArgumentException("'" + nic + "': it has no IPv4 subnet to give addresses of");
        return subnets;
    }

    /** All nodes of the violin with all their addresses, and the file's records; as hosts(5). */
    String hosts() {
        if (dns == null) return "";
        StringBuilder text = new StringBuilder();
        for (RouterNic nic : router.nics()) nic.spec().addresses().forEach(a -> host(text, a.address(), router.id().node()));
        router.loopbacks().forEach(a -> host(text, Cidr.parse(a).address(), router.id().node()));
        for (Station station : router.stations()) station.nic().addresses().forEach(a -> host(text, a.address(), station.node()));
        for (String record : Checked.words(dns, "records")) {
            String[] pair = record.split("=", 2);
            host(text, pair[1], pair[0]);
        }
        return text.toString();
    }

    private static void host(StringBuilder text, String address, String name) {
        text.append(address).append(' ').append(name).append('\n');
    }
}
