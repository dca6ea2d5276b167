// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Mistake;
import org.violin.api.model.Probe;
import org.violin.api.routing.RouterService;
import org.violin.api.routing.RouterSink;
import org.violin.api.routing.RouterSpec;
import org.violin.api.routing.ServiceProvider;

/**
 * Service {@code dhcp}: gives IPv4 addresses to what boots in the networks of some vNICs (RFC 2131).
 *
 * <p>Settings: {@code on} vNICs; {@code range} words FIRST-LAST (default: the upper half of each subnet); {@code lease} seconds (3600);
 * {@code dns} name servers to tell (default: this router where it has the service dns). Nodes of the violin get the address that the violin
 * file gives or chose for them.
 */
@Component(service = ServiceProvider.class)
public final class DhcpProvider implements ServiceProvider {
    static final String KIND = "dhcp";

    private final Dnsmasqs processes;

    @Activate
    public DhcpProvider(@Reference Dnsmasqs processes) {
        this.processes = processes;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Probe probe() {
        return HostTool.probe("dnsmasq-base", "dnsmasq");
    }

    @Override
    public List<Mistake> check(RouterSpec router, Map<String, String> settings) {
        Checked checked = new Checked(router, KIND, settings).known("on", "range", "lease", "dns");
        if (checked.nics("on").isEmpty()) checked.add("on", "needs 'on', the vNICs whose networks it serves");
        checked.cidrs("dns");
        String lease = settings.getOrDefault("lease", "3600");
        if (!lease.matches("[0-9]{3,9}") || Long.parseLong(lease) < 120) checked.add(lease, "lease is in seconds, at least 120");
        if (!checked.mistakes().isEmpty()) return checked.mistakes();
        try {
            DnsmasqText.ranges(router, settings);
        } catch (IllegalArgumentException e) {
            checked.add("range", e.getMessage());
        }
        return checked.mistakes();
    }

    @Override
    public void clean(Guest guest) throws GuestException {
        processes.clean(guest);
    }

    @Override
    public RouterService open(RouterSpec router, Map<String, String> settings, Guest guest, RouterSink sink) throws GuestException {
        return processes.open(KIND, router, guest);
    }
}
