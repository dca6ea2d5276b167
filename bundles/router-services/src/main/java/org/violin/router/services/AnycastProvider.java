// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Cidr;
import org.violin.api.model.Mistake;
import org.violin.api.model.Probe;
import org.violin.api.routing.RouterService;
import org.violin.api.routing.RouterSink;
import org.violin.api.routing.RouterSpec;
import org.violin.api.routing.ServiceProvider;

/**
 * Service {@code anycast}: addresses that several vRouters may have (RFC 4786). They are on the loopback interface, and the control plane
 * announces them, while a check succeeds.
 *
 * <p>Settings: {@code addresses} with full prefix length; {@code check} a command for sh in the guest (default: none, always there);
 * {@code interval} ms between two checks (1000), also the most that one may take, but at least 1 s; {@code fails} so many failures in a row
 * take the addresses away (3). The first success brings them.
 */
@Component(service = ServiceProvider.class)
public final class AnycastProvider implements ServiceProvider {
    static final String KIND = "anycast";

    private final ScheduledExecutorService threads = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "violin-anycast");
        thread.setDaemon(true);
        return thread;
    });

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Probe probe() {
        return HostTool.probe("iproute2 util-linux coreutils", "ip", "setsid", "timeout");
    }

    @Override
    public List<Mistake> check(RouterSpec router, Map<String, String> settings) {
        Checked checked = new Checked(router, KIND, settings).known("addresses", "check", "interval", "fails");
        List<Cidr> addresses = checked.cidrs("addresses");
        if (addresses.isEmpty()) checked.add("addresses", "needs 'addresses'");
        for (Cidr a : addresses) {
            if (a.prefix() != a.bytes().length * 8) checked.add(a.toString(), "an anycast address has the full prefix length");
        }
        for (String key : List.of("interval", "fails")) {
            String value = settings.getOrDefault(key, "100");
            if (!value.matches("[0-9]{1,7}") || Integer.parseInt(value) < (key.equals("fails") ? 1 : 100)) checked.add(value, key + " is out of range");
        }
        if (router.control().isEmpty()) checked.add("", "nobody would hear of the addresses: they need a control plane, such as routing: ospf");
        return checked.mistakes();
    }

    @Override
    public void clean(Guest guest) throws GuestException {
        new Anycast(guest, null, threads).remove(false);
    }

    @Override
    public RouterService open(RouterSpec router, Map<String, String> settings, Guest guest, RouterSink sink) throws GuestException {
        Anycast anycast = new Anycast(guest, sink, threads);
        anycast.apply(router, settings);
        return anycast;
    }

    @Deactivate
    public void stop() {
        threads.shutdownNow();
    }
}
