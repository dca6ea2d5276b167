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
 * Service {@code dns}: answers for the names of the violin's nodes, and asks others for the rest if it may.
 *
 * <p>Settings: {@code on} vNICs (default: all), besides the loopback interface; {@code domain} that the names are also known in;
 * {@code forward} name servers for all else (default: none, what is not known does not exist); {@code records} words NAME=ADDRESS.
 */
@Component(service = ServiceProvider.class)
public final class DnsProvider implements ServiceProvider {
    static final String KIND = "dns";
    private static final String NAME = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*";

    private final Dnsmasqs processes;

    @Activate
    public DnsProvider(@Reference Dnsmasqs processes) {
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
        Checked checked = new Checked(router, KIND, settings).known("on", "domain", "forward", "records");
        checked.nics("on");
        checked.cidrs("forward");
        String domain = settings.getOrDefault("domain", "lab");
        if (!domain.matches(NAME)) checked.add(domain, "domain must be a domain name such as lab.violin");
        for (String record : Checked.words(settings, "records")) {
            String[] pair = record.split("=", 2);
            try {
                if (!pair[0].matches(NAME) || pair.length < 2) throw new IllegalArgumentException(record);
                org.violin.api.model.Cidr.parse(pair[1]);
            } catch (IllegalArgumentException e) {
                checked.add(record, "a record is NAME=ADDRESS");
            }
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
