// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.control.Events;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.PollerProvider;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Mistake;
import org.violin.api.model.NodeId;
import org.violin.api.model.Probe;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.Forwarding;
import org.violin.api.routing.ForwardingProvider;
import org.violin.api.routing.RouterSpec;
import org.violin.linux.OwnNetns;

/**
 * Forwards by the user-level {@code click} program, one process for each vRouter. Everything is below {@code <karaf.data>/click}. What
 * an earlier container left is ended when this is activated.
 */
@Component(configurationPid = "org.violin.routing.click")
@Designate(ocd = ClickConfig.class)
public final class ClickProvider implements ForwardingProvider {
    private static final Logger LOG = LoggerFactory.getLogger(ClickProvider.class);
    private static final int USERS = 10_000;
    private static final String CURE = "install the user-level click program (Click 2.1) and name it by setting 'program' of org.violin.routing.click"
            + " or environment VIOLIN_CLICK";

    /** Tells the host's listeners; subject, topic below {@link Events#TOPIC}, line. */
    interface Teller {
        void tell(NodeId subject, String topic, String text);
    }

    private final Path parent;
    private final ClickConfig config;
    private final PollerProvider pollers;
    private final Teller teller;
    private final Optional<Path> found;
    private final AtomicInteger users = new AtomicInteger();

    @Activate
    public ClickProvider(ClickConfig config, @Reference PollerProvider pollers, @Reference EventAdmin events) {
        this(Path.of(System.getProperty("karaf.data"), "click"), config, System.getenv("VIOLIN_CLICK"), pollers,
                (subject, topic, text) -> events.postEvent(new Event(Events.TOPIC + topic, Map.of("subject", subject.toString(), "text", text))));
    }

    ClickProvider(Path parent, ClickConfig config, String environment, PollerProvider pollers, Teller teller) {
        this.parent = parent.toAbsolutePath().normalize();
        this.config = config;
        this.pollers = pollers;
        this.teller = teller;
        found = ClickProgram.find(config.program(), environment, System.getenv("PATH"));
        try {
            RunFolder.sweep(this.parent);
        } catch (IOException e) {
            LOG.warn("remove what an earlier container left in {}: {}", this.parent, e.getMessage());
        }
    }

    @Override
    public String kind() {
        return "click";
    }

    @Override
    public Set<String> services() {
        return ServiceSettings.KINDS;
    }

    @Override
    public Probe probe() {
        if (found.isEmpty()) return Probe.missing("the program click was not found", CURE);
        Path program = found.get();
        if (!Files.isExecutable(program)) return Probe.missing(program + " is not an executable program", CURE);
        for (String tool : List.of("nsenter", "setpriv", "prlimit")) {
            if (missing(tool)) return Probe.missing("the program " + tool + " is missing", "apt-get install util-linux");
        }
        try {
            String version = program().version(user());
            OwnNetns.open().close();
            return Probe.ok(version + " at " + program);
        } catch (IOException e) {
            boolean barred = e.getMessage().contains("setpriv:") || e.getMessage().contains("ermission denied");
            return Probe.missing(e.getMessage(), barred ? "chmod a+rx the program and its folders, or set firstUser=0 in org.violin.routing.click" : CURE);
        }
    }

    private static boolean missing(String tool) {
        return java.util.stream.Stream.of("/usr/bin", "/bin", "/usr/sbin", "/sbin").noneMatch(d -> Files.isExecutable(Path.of(d, tool)));
    }

    private ClickProgram program() {
        return new ClickProgram(found.orElseThrow(), config.timeoutMillis(), config.megabytes());
    }

    /** The next user number: two Clicks at the same time have different ones. */
    private int user() {
        return config.firstUser() == 0 ? 0 : config.firstUser() + Math.floorMod(users.getAndIncrement(), USERS);
    }

    @Override
    public List<Mistake> check(RouterSpec spec) {
        String what = "click graph of " + spec.id().node();
        List<Mistake> mistakes = new ArrayList<>();
        GraphText.mistakes(spec).forEach((option, rule) -> mistakes.add(new Mistake(what, 0, option + ": " + spec.options().get(option), rule)));
        Layout layout = new Layout(spec);
        mistakes.addAll(new ServiceSettings(spec, layout).mistakes);
        if (!mistakes.isEmpty()) return mistakes;
        if (found.isEmpty()) return List.of(new Mistake(what, 0, "", "the program click was not found; " + CURE));
        int user = user();
        try (RunFolder folder = RunFolder.make(parent, "check", user)) {
            folder.graph(GraphText.of(spec, layout, new BaseRoutes(spec, layout)).text());
            return program().check(folder.path, user, what);
        } catch (IOException e) {
            return List.of(new Mistake(what, 0, "", e.getMessage()));
        }
    }

    @Override
    public Forwarding open(RouterSpec spec, Guest guest, Map<String, FrameDevice> vnics, FibBatch fib, HandOver before) throws GuestException {
        if (found.isEmpty()) throw new GuestException(spec.id() + ": the program click was not found; " + CURE);
        List<Object> wrong = new ArrayList<>(GraphText.mistakes(spec).entrySet());
        wrong.addAll(new ServiceSettings(spec, new Layout(spec)).mistakes);
        if (!wrong.isEmpty()) throw new GuestException(spec.id() + ": " + wrong);
        int user = user();
        RunFolder folder = null;
        OwnNetns namespace = null;
        try {
            folder = RunFolder.make(parent, spec.id().violin() + "." + spec.id().node(), user);
            namespace = OwnNetns.open();
            ClickForwarding.Setting setting = new ClickForwarding.Setting(program(), user, config.timeoutMillis(), pollers::open,
                    (topic, text) -> teller.tell(spec.id(), topic, text));
            return ClickForwarding.open(spec, setting, vnics, folder, namespace, fib, before);
        } catch (IOException | RuntimeException e) {
            if (namespace != null) namespace.close();
            if (folder != null) folder.close();
            throw new GuestException(spec.id() + ": start click: " + e.getMessage(), e);
        }
    }
}
