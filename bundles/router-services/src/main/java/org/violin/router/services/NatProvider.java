// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Cidr;
import org.violin.api.model.Mistake;
import org.violin.api.model.Probe;
import org.violin.api.routing.PortForward;
import org.violin.api.routing.RouterService;
import org.violin.api.routing.RouterSink;
import org.violin.api.routing.RouterSpec;
import org.violin.api.routing.ServiceProvider;

/**
 * Service {@code nat}: what leaves by {@code out} gets that vNIC's address (masquerade), and ports of {@code out} lead inside.
 *
 * <p>Settings: {@code out} vNICs; {@code inside} subnets whose packets are translated (default: all of IPv4); {@code forward} words such as
 * {@code tcp/8080=10.1.0.5:80}.
 */
@Component(service = ServiceProvider.class)
public final class NatProvider implements ServiceProvider {
    static final String KIND = "nat";

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Probe probe() {
        return HostTool.probe("nftables", "nft");
    }

    @Override
    public List<Mistake> check(RouterSpec router, Map<String, String> settings) {
        Checked checked = new Checked(router, KIND, settings).known("out", "inside", "forward").kernel();
        if (checked.nics("out").isEmpty()) checked.add("out", "needs 'out', the vNIC whose address is used");
        checked.cidrs("inside");
        for (String word : Checked.words(settings, "forward")) {
            try {
                PortForward.parse(word);
            } catch (IllegalArgumentException e) {
                checked.add(word, e.getMessage());
            }
        }
        if (!checked.mistakes().isEmpty()) return checked.mistakes();
        return NftCheck.check(checked.where(), text(router, settings).replacement(Map.of()), Integer.MAX_VALUE, List.of());
    }

    @Override
    public void clean(Guest guest) throws GuestException {
        NftTable.remove(new GuestShell(guest), TableService.table(KIND));
    }

    @Override
    public RouterService open(RouterSpec router, Map<String, String> settings, Guest guest, RouterSink sink) throws GuestException {
        TableService service = new TableService(KIND, NatProvider::text, guest);
        service.apply(router, settings);
        return service;
    }

    static NftTable text(RouterSpec router, Map<String, String> settings) {
        NftTable table = new NftTable(TableService.table(KIND));
        String out = Checked.quoted(Checked.words(settings, "out"));
        table.line("  chain prerouting {").line("    type nat hook prerouting priority dstnat; policy accept;");
        for (String word : Checked.words(settings, "forward")) {
            PortForward f = PortForward.parse(word);
            String family = f.ipv6() ? "ip6" : "ip";
            table.line("    iifname " + out + " fib daddr type local meta nfproto " + (f.ipv6() ? "ipv6" : "ipv4") + " " + f.protocol() + " dport " + f.ports() + " "
                    + table.counter("forward_" + f.protocol() + "_" + f.ports().replace('-', '_')) + " dnat " + family + " to " + f.target());
        }
        table.line("  }").line("  chain postrouting {").line("    type nat hook postrouting priority srcnat; policy accept;");
        List<String> v4 = new ArrayList<>();
        List<String> v6 = new ArrayList<>();
        for (String word : Checked.words(settings, "inside")) {
            Cidr subnet = Cidr.parse(word).network();
            (subnet.isIpv6() ? v6 : v4).add(subnet.toString());
        }
        boolean all = v4.isEmpty() && v6.isEmpty();
        if (all) table.line("    oifname " + out + " meta nfproto ipv4 " + table.counter("out_ipv4") + " masquerade");
        if (!v4.isEmpty()) table.line("    oifname " + out + " ip saddr { " + String.join(", ", v4) + " } " + table.counter("out_ipv4") + " masquerade");
        if (!v6.isEmpty()) table.line("    oifname " + out + " ip6 saddr { " + String.join(", ", v6) + " } " + table.counter("out_ipv6") + " masquerade");
        return table.line("  }");
    }
}
