// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Cidr;
import org.violin.api.model.Mistake;
import org.violin.api.model.Probe;
import org.violin.api.routing.RouterService;
import org.violin.api.routing.RouterSink;
import org.violin.api.routing.RouterSpec;
import org.violin.api.routing.ServiceProvider;
import org.violin.api.routing.ServiceStatus;

/**
 * Service {@code uplink}: a way out to the network of the overlay host that the vRouter is on, where that host allows it
 * ({@link UplinkConfig}). Only out: see {@link UplinkText}. IPv4.
 *
 * <p>Settings: {@code network} of four addresses between host and guest (default: one of 100.64.0.0/10 that the host does not use).
 */
@Component(service = ServiceProvider.class, immediate = true, configurationPid = "org.violin.router.services")
@Designate(ocd = UplinkConfig.class)
public final class UplinkProvider implements ServiceProvider {
    private static final Logger LOG = LoggerFactory.getLogger(UplinkProvider.class);
    /** Below the metrics that routing programs use, above a default route of the file. */
    private static final String METRIC = "10";
    /** Of routes that nobody else takes for theirs (rtm_protocol). */
    private static final String PROTOCOL = "119";
    private static final String GUEST = """
            set -e
            echo 1 > /proc/sys/net/ipv6/conf/uplink/disable_ipv6
            ip address replace "$1" dev uplink
            ip link set dev uplink mtu "$3" up
            ip route replace default via "$2" dev uplink metric "$4" proto "$5\"""";

    private final boolean allowed;
    private final List<String> interfaces;

    @Activate
    public UplinkProvider(UplinkConfig config) {
        allowed = config.uplink();
        interfaces = List.of(config.uplinkInterfaces());
        if (!probe().usable()) return;
        try {
            Uplinks.sweep();
        } catch (IOException e) {
            LOG.warn("what ended ways out left could not be taken away: {}", e.getMessage());
        }
    }

    @Override
    public String kind() {
        return Uplinks.KIND;
    }

    @Override
    public Probe probe() {
        return HostTool.probe("nftables iproute2 util-linux", "nft", "ip", "nsenter");
    }

    @Override
    public List<Mistake> check(RouterSpec router, Map<String, String> settings) {
        Checked checked = new Checked(router, Uplinks.KIND, settings).known("network").kernel();
        for (Cidr network : checked.cidrs("network")) {
            if (network.isIpv6() || network.prefix() != 30) checked.add(network.toString(), "network must be an IPv4 subnet of four addresses (/30)");
            taken(router).stream().filter(network::overlaps).findFirst().ifPresent(own -> checked.add(network.toString(), "overlaps the violin's own " + own));
        }
        if (router.nic(Uplinks.NIC).isPresent()) checked.add(Uplinks.NIC, "a vRouter with a way out can have no vNIC of this name");
        return checked.mistakes();
    }

    private static List<Cidr> taken(RouterSpec router) {
        List<Cidr> taken = new java.util.ArrayList<>();
        router.nics().forEach(nic -> nic.spec().addresses().forEach(a -> taken.add(a.network())));
        router.routes().forEach(route -> taken.add(route.destination()));
        taken.removeIf(t -> t.prefix() == 0);
        return taken;
    }

    @Override
    public void clean(Guest guest) throws GuestException {
        new Way(guest).remove(false);
    }

    @Override
    public RouterService open(RouterSpec router, Map<String, String> settings, Guest guest, RouterSink sink) throws GuestException {
        Way way = new Way(guest);
        if (!allowed) {
            // It may have been allowed before.
            way.remove(false);
            throw new GuestException(guest.id() + ": uplink: this overlay host allows no way out; whoever runs it may say uplink=true in "
                    + "etc/org.violin.router.services.cfg");
        }
        try {
            way.apply(router, settings);
        } catch (GuestException e) {
            way.remove(false);
            throw e;
        }
        return way;
    }

    private final class Way implements RouterService {
        private final Guest guest;
        private final GuestShell shell;
        private volatile String fact = "";

        Way(Guest guest) {
            this.guest = guest;
            shell = new GuestShell(guest);
        }

        @Override
        public void apply(RouterSpec next, Map<String, String> settings) throws GuestException {
            try {
                long pid = guest.status().pid().orElseThrow(() -> new IOException("the guest does not run"));
                Optional<Cidr> wanted = Optional.ofNullable(settings.get("network")).map(Cidr::parse);
                UplinkText.guest().install(shell);
                Uplinks.Pair pair = Uplinks.open(guest.id(), pid, wanted, taken(next), interfaces);
                Cidr network = pair.network();
                shell.script(GUEST, "", network.host(2).toString(), network.host(1).address(), String.valueOf(pair.mtuBytes()), METRIC, PROTOCOL);
                fact = "out by " + String.join(", ", interfaces.isEmpty() ? Uplinks.outs() : interfaces) + " of the overlay host, through "
                        + network.host(2).address();
            } catch (IOException e) {
                throw new GuestException(guest.id() + ": uplink: " + e.getMessage(), e);
            }
        }

        @Override
        public ServiceStatus status() {
            Map<String, Long> counters = new TreeMap<>();
            try {
                Map<String, long[]> counted = Uplinks.counters(guest.id());
                counted.forEach((name, had) -> {
                    counters.put(name + ".packets", had[0]);
                    counters.put(name + ".bytes", had[1]);
                });
                if (!counted.isEmpty()) return ServiceStatus.ready(Uplinks.KIND, List.of(fact), counters);
                return ServiceStatus.failed(Uplinks.KIND, "its table is not on the overlay host");
            } catch (IOException e) {
                return ServiceStatus.failed(Uplinks.KIND, e.getMessage());
            }
        }

        @Override
        public void remove(boolean guestEnds) throws GuestException {
            try {
                Uplinks.remove(guest.id());
            } catch (IOException e) {
                throw new GuestException(guest.id() + ": uplink: " + e.getMessage(), e);
            }
            if (!guestEnds) NftTable.remove(shell, TableService.table(Uplinks.KIND));
        }

        @Override
        public void close() {
            // it works on by itself
        }
    }
}
