// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.SwitchLogic;
import org.violin.api.dataplane.SwitchProvider;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.api.guest.GuestRuntime;
import org.violin.api.model.Probe;
import org.violin.api.placement.PlacementStrategy;
import org.violin.api.placement.Terms;

/** What a provider must show before it is trusted with traffic: its part in small, in memory or on the loopback. Stateless. */
final class Trials {
    private static final int PORTS = 3;

    private Trials() {}

    /** What a provider showed, in a few words, and whether it can work on this machine. */
    record Passed(String kind, String finding, boolean usable, Set<Half> halves) {
        Passed(String kind, String finding, boolean usable) {
            this(kind, finding, usable, Set.of());
        }
    }

    /** Tries it; may block or throw anything: see {@link Deadline}. */
    static Passed run(Role role, Object provider) throws Exception {
        String kind = role.kind(provider);
        if (kind == null || !kind.matches("[a-z0-9][a-z0-9-]{0,30}")) throw new Broken("its kind is '" + kind + "', not a word");
        return switch (role) {
            case TUNNEL -> new Passed(kind, tunnel((TunnelProvider) provider), true);
            case SWITCHING -> new Passed(kind, switching((SwitchProvider) provider), true);
            case CIPHER -> new Passed(kind, CipherTrial.run((CipherProvider) provider), true);
            case ROUTING -> RoutingTrial.run(kind, provider);
            case PLACEMENT -> new Passed(kind, placement((PlacementStrategy) provider), true);
            case RUNTIME -> runtime(kind, (GuestRuntime) provider);
        };
    }

    private static String tunnel(TunnelProvider provider) throws Exception {
        TunnelSettings settings = new TunnelSettings(Samples.WORD, new InetSocketAddress("127.0.0.1", 0), 1, 1500, 1 << 20);
        Tunnel tunnel = there(provider.open(settings, List.of(), new Ignore(), null), "open gave no tunnel");
        try {
            tunnel.peers(List.of());
            if (!there(tunnel.status(), "no status").isEmpty()) throw new Broken("a tunnel without peers says it has some");
            if (tunnel.send(Samples.WORD, 1, Samples.frame(1, 2), 0, 70) != Tunnel.NO_PEER) throw new Broken("took a frame for nobody");
            tunnel.flush();
        } finally {
            tunnel.close();
        }
        return "opened and closed on the loopback";
    }

    private static String switching(SwitchProvider provider) throws Broken {
        SwitchLogic logic = there(provider.create(Map.of()), "create gave nothing");
        frames(logic);
        HandOver left = logic.release();
        SwitchLogic next = there(provider.create(Map.of(), left), "create gave nothing after " + left);
        frames(next);
        next.portClosed(0);
        next.release();
        return left == null ? "8 frames" : "8 frames, handed over " + left;
    }

    private static void frames(SwitchLogic logic) throws Broken {
        Set<Integer> some = new HashSet<>();
        int[][] stations = {{0, 1, 0}, {1, 2, 1}, {0, 1, 2}, {2, 3, 1}}; // port, from, to
        for (int[] s : stations) {
            ByteBuffer slab = Samples.frame(s[1], s[2]);
            some.clear();
            int to = logic.egress(s[0], slab, 0, slab.capacity(), System.nanoTime(), some::add);
            if (to < SwitchLogic.SOME || to >= PORTS) throw new Broken("egress answered " + to);
            if (to == SwitchLogic.SOME && some.stream().anyMatch(p -> p < 0 || p >= PORTS)) throw new Broken("egress chose ports " + some);
        }
    }

    private static String placement(PlacementStrategy placement) throws Broken {
        var answer = there(placement.place(Samples.demand(), Samples.substrate(), Map.of(), Terms.USUAL), "no answer");
        for (String node : Samples.NODES) {
            String host = answer.placement().get(node);
            boolean known = Samples.HOSTS.stream().anyMatch(h -> h.name().equals(host));
            if (!known && !answer.refusals().containsKey(node)) throw new Broken("node " + node + " was placed on '" + host + "'");
        }
        return answer.placement().size() + " of " + Samples.NODES.size() + " nodes placed on " + Samples.HOSTS.size() + " hosts";
    }

    private static Passed runtime(String kind, GuestRuntime runtime) throws Broken {
        Probe probe = there(runtime.probe(), "no probe");
        return new Passed(kind, probe.finding() + (probe.usable() ? "" : "; cure: " + probe.cure()), probe.usable());
    }

    static <T> T there(T value, String otherwise) throws Broken {
        if (value == null) throw new Broken(otherwise);
        return value;
    }

    private static final class Ignore implements FrameSink {
        @Override
        public void received(String peer, int vni, ByteBuffer slab, int offset, int length) {}

        @Override
        public void drained() {}

        @Override
        public void peerState(String peer, boolean up) {}
    }
}
