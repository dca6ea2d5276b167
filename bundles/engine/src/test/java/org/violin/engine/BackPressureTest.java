// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameSink;
import org.violin.api.dataplane.HandOver;
import org.violin.api.dataplane.Peer;
import org.violin.api.dataplane.Tunnel;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.api.dataplane.TunnelStatus;
import org.violin.testkit.dataplane.ManualClock;
import org.violin.testkit.dataplane.MemoryDevice;
import org.violin.testkit.dataplane.MemoryPollerProvider;
import org.violin.testkit.dataplane.SampleFrames;

/** Who sends where a tunnel is full is not read, and room that comes goes round among the vNICs of a worker. */
class BackPressureTest {
    private static final int NICS = 10;
    private static final int ROOM = 3;
    private static final int REPLENISH = 50;

    private final MemoryPollerProvider machine = new MemoryPollerProvider();
    private final Narrow narrow = new Narrow();
    private final List<MemoryDevice> devices = new ArrayList<>();
    private final byte[] frame = SampleFrames.plain(SampleFrames.station(2), SampleFrames.station(1), "a frame");
    private Engine engine;

    /** A tunnel with room for so many records in all; then it is full until told otherwise. */
    private static final class Narrow implements TunnelProvider, Tunnel {
        private final int[] taken = new int[NICS + 1];
        private int waiting;
        private int whileFull;
        private volatile FrameSink sink;

        @Override
        public String kind() {
            return "narrow";
        }

        @Override
        public Tunnel open(TunnelSettings settings, List<CipherProvider> ciphers, FrameSink to, HandOver before) {
            sink = to;
            return this;
        }

        @Override
        public void peers(List<Peer> peers) {}

        @Override
        public int send(String peer, int vni, ByteBuffer slab, int offset, int length) {
            if (congested(peer)) whileFull++;
            taken[vni]++;
            waiting++;
            return congested(peer) ? CONGESTED : 0;
        }

        @Override
        public boolean congested(String peer) {
            return waiting >= ROOM;
        }

        void relieve() {
            waiting = 0;
            sink.writable();
        }

        @Override
        public void flush() {}

        @Override
        public List<TunnelStatus> status() {
            return List.of();
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void open() {
        Rig.FakeMembers members = new Rig.FakeMembers();
        members.names.addAll(List.of("a", "b"));
        EngineSettings settings = new EngineSettings("narrow", "none", 1, 1500, 1 << 20, 0);
        engine = new Engine(machine, members.as("a"), settings, new ManualClock(), false);
        engine.addCipherProvider(new org.violin.testkit.dataplane.MemoryCipherProvider("none"), Map.of());
        engine.addTunnelProvider(narrow, Map.of());
        Rig.await("the tunnel is open", () -> narrow.sink != null && engine.tunnels().isEmpty());
        for (int nic = 1; nic <= NICS; nic++) {
            MemoryDevice device = machine.device();
            devices.add(device);
            engine.openViolin("v", 1, "");
            engine.openLink(nic, Rig.nic("n" + nic + ":eth0"), Rig.remote("b"));
            engine.plug(Rig.id("n" + nic + ":eth0"), device);
        }
        engine.settleControl();
    }

    @AfterEach
    void close() {
        engine.stop();
    }

    private void allSend() {
        for (MemoryDevice device : devices) for (int i = 0; i < REPLENISH && device.guestSends(frame); i++) assertTrue(i < REPLENISH);
    }

    @Test
    void room_that_comes_in_small_pieces_goes_round_and_nobody_sends_without() {
        int rounds = 20 * NICS;
        for (int round = 0; round < rounds; round++) {
            allSend();
            for (int i = 0; i < 4; i++) engine.step();
            narrow.relieve();
        }
        int least = Integer.MAX_VALUE;
        int most = 0;
        for (int vni = 1; vni <= NICS; vni++) {
            least = Math.min(least, narrow.taken[vni]);
            most = Math.max(most, narrow.taken[vni]);
        }
        assertEquals(0, narrow.whileFull, "records sent to a full tunnel");
        assertTrue(least * 2 > most, "from " + least + " to " + most + " records each: " + java.util.Arrays.toString(narrow.taken));
        assertTrue(engine.ports().stream().allMatch(p -> p.drops().isEmpty()), engine.ports().toString());
        assertTrue(engine.ports().stream().allMatch(p -> p.counters().get("pauses") > 0), engine.ports().toString());
    }

    @Test
    void what_is_unplugged_while_it_waits_is_forgotten_and_the_others_go_on() {
        allSend();
        for (int i = 0; i < 4; i++) engine.step();
        for (int nic = 1; nic < NICS; nic++) engine.unplug(Rig.id("n" + nic + ":eth0"));
        int before = narrow.taken[NICS];
        for (int round = 0; round < 20; round++) {
            narrow.relieve();
            for (int i = 0; i < 4; i++) engine.step();
        }
        assertTrue(narrow.taken[NICS] >= before + 10, before + " then " + narrow.taken[NICS]);
        assertEquals(0, narrow.whileFull);
        assertTrue(devices.stream().noneMatch(MemoryDevice::wasClosedInUse));
    }
}
