// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.service.component.annotations.Component;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Mistake;
import org.violin.api.model.Probe;
import org.violin.api.routing.RouterService;
import org.violin.api.routing.RouterSink;
import org.violin.api.routing.RouterSpec;
import org.violin.api.routing.ServiceProvider;
import org.violin.api.routing.ServiceStatus;

/** Service {@code shape}: how much leaves by a vNIC, by a token bucket (tc-tbf(8)). Settings: by vNIC, bits per second. */
@Component(service = ServiceProvider.class)
public final class ShapeProvider implements ServiceProvider {
    static final String KIND = "shape";
    /** Marks our queues among those that people make. */
    static final String HANDLE = "7669:";
    private static final long MIN_BURST_BYTES = 32_768;
    private static final int BURST_MILLIS = 4;
    private static final long MIN_RATE = 8000;
    private static final Pattern OURS = Pattern.compile("qdisc tbf " + HANDLE + " dev (\\S+) root .*?rate (\\S+)[^\n]*\\s+Sent ([0-9]+) bytes ([0-9]+) pkt "
            + "\\(dropped ([0-9]+), overlimits ([0-9]+)");

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Probe probe() {
        return HostTool.probe("iproute2", "tc");
    }

    @Override
    public List<Mistake> check(RouterSpec router, Map<String, String> settings) {
        Checked checked = new Checked(router, KIND, settings).kernel();
        settings.forEach((nic, rate) -> {
            checked.nic(nic);
            if (!rate.matches("[0-9]{4,14}") || Long.parseLong(rate) < MIN_RATE) checked.add(rate, "the rate of " + nic + " is in bits per second, at least 8000");
        });
        return checked.mistakes();
    }

    @Override
    public void clean(Guest guest) throws GuestException {
        new Queues(new GuestShell(guest)).apply(null, Map.of());
    }

    @Override
    public RouterService open(RouterSpec router, Map<String, String> settings, Guest guest, RouterSink sink) throws GuestException {
        Queues queues = new Queues(new GuestShell(guest));
        queues.apply(router, settings);
        return queues;
    }

    /** As tc reads it from its input (-batch). A queue that is there is changed in place, with what waits in it. */
    static String commands(Map<String, String> settings, Iterable<String> present) {
        StringBuilder text = new StringBuilder();
        for (String nic : present) {
            if (!settings.containsKey(nic)) text.append("qdisc del dev ").append(nic).append(" root\n");
        }
        settings.forEach((nic, rate) -> {
            long burst = Math.max(MIN_BURST_BYTES, Long.parseLong(rate) * BURST_MILLIS / 8000);
            text.append("qdisc replace dev ").append(nic).append(" root handle ").append(HANDLE).append(" tbf rate ").append(rate).append("bit burst ")
                    .append(burst).append(" latency 50ms\n");
        });
        return text.toString();
    }

    private static final class Queues implements RouterService {
        private final GuestShell shell;

        Queues(GuestShell shell) {
            this.shell = shell;
        }

        private Matcher present() throws GuestException {
            return OURS.matcher(shell.run("", "tc", "-s", "qdisc", "show"));
        }

        @Override
        public void apply(RouterSpec next, Map<String, String> settings) throws GuestException {
            List<String> nics = new ArrayList<>();
            Matcher m = present();
            while (m.find()) nics.add(m.group(1));
            String commands = commands(new TreeMap<>(settings), nics);
            if (!commands.isEmpty()) shell.run(commands, "tc", "-batch", "-");
        }

        @Override
        public ServiceStatus status() {
            try {
                Map<String, Long> counters = new TreeMap<>();
                List<String> facts = new ArrayList<>();
                Matcher m = present();
                while (m.find()) {
                    facts.add(m.group(1) + " at most " + m.group(2));
                    counters.put(m.group(1) + ".bytes", Long.parseLong(m.group(3)));
                    counters.put(m.group(1) + ".packets", Long.parseLong(m.group(4)));
                    counters.put(m.group(1) + ".dropped", Long.parseLong(m.group(5)));
                    counters.put(m.group(1) + ".delayed", Long.parseLong(m.group(6)));
                }
                return ServiceStatus.ready(KIND, facts, counters);
            } catch (GuestException e) {
                return ServiceStatus.failed(KIND, e.getMessage());
            }
        }

        @Override
        public void remove(boolean guestEnds) throws GuestException {
            if (!guestEnds) apply(null, Map.of());
        }

        @Override
        public void close() {
            // the queues work on by themselves
        }
    }
}
