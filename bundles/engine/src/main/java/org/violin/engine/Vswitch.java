// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.SwitchLogic;
import org.violin.api.dataplane.SwitchProvider;
import org.violin.api.model.NodeId;
import org.violin.api.model.PortId;

/**
 * One vSwitch: its ports and the plugin's logic. The monitor guards the logic and is held only while it decides; frames leave after
 * that, so no thread ever holds two switches. While there is no logic, frames wait here in order, and newer ones behind them until all
 * have left. Settings (kind, attributes, provider) belong to the fabric's lock.
 */
final class Vswitch implements Gate {
    /** Bound of port numbers, so that a plugin's answer cannot ask for memory. */
    static final int MAX_PORTS = 1 << 16;
    // Verdicts of our own, beside those of SwitchLogic.
    private static final int WITHOUT_LOGIC = -10;
    private static final int FAULT = -11;
    private static final int GONE = -12;
    private static final int TOO_MANY = -13;
    private static final int HELD = -14;
    private static final int NO_ROOM = -15;
    /** Logic that throws so often within a second is given up when there is another. */
    private static final int MOST_FAULTS = 100;

    private static final long SECOND = 1_000_000_000L;

    /** What the switches of a host have in common. */
    record Shared(IntSupplier floodPerSecond, LongSupplier clock, Hold.Budget budget, Role role, Consumer<Vswitch> broken) {}

    /** What may wait at one switch, and at all of them, bytes. */
    static final long HOLD_BYTES = 16L << 20;

    static final long ALL_HOLD_BYTES = 64L << 20;

    final NodeId id;
    String kind = "";
    Map<String, String> attributes = Map.of();
    SwitchProvider provider;
    /** Providers that refused these attributes. */
    final Set<SwitchProvider> refusedBy = Collections.newSetFromMap(new WeakHashMap<>());
    /** What the last logic left. */
    final Inheritance inheritance = new Inheritance();

    private final Shared shared;
    private final Hold hold;
    private volatile boolean open;
    /** Written under the monitor. */
    private volatile boolean waits = true;

    private volatile boolean shut = true;
    private volatile long since;
    /** Ports that were closed while there was no logic: the next may know them from the last. */
    private final BitSet closed = new BitSet();

    private boolean draining;
    private boolean drainer;
    private long faultsSince;
    private int faults;
    private SwitchLogic logic;
    private SwitchPort[] ports = new SwitchPort[4];
    private int[] freed = new int[4];
    private int freedCount;
    private int used;

    Vswitch(NodeId id, Shared shared) {
        this.id = id;
        this.shared = shared;
        hold = new Hold(HOLD_BYTES, shared.budget, shared.role);
        since = shared.clock.getAsLong();
    }

    boolean isOpen() {
        return open;
    }

    synchronized void open(boolean yes) {
        open = yes;
        since = shared.clock.getAsLong();
        waits = true;
        if (!yes) hold.clear(Drop.NO_SWITCH);
    }

    /** Changes to other logic; {@link #drain} is due. When this returns, no thread is inside the old one. */
    synchronized void logic(SwitchLogic next) {
        logic = next;
        for (int port = closed.nextSetBit(0); port >= 0; port = closed.nextSetBit(port + 1)) tellClosed(port);
        closed.clear();
        faults = 0;
        draining = !hold.isEmpty();
        shut = draining;
    }

    /** Takes the logic away, and returns it; from now on frames wait. When this returns, no thread is inside. */
    synchronized SwitchLogic takeLogic() {
        SwitchLogic old = logic;
        if (old != null) {
            since = shared.clock.getAsLong();
            waits = true;
        }
        logic = null;
        shut = true;
        return old;
    }

    /** Frames wait that {@link #drain} would forward. */
    synchronized boolean isDraining() {
        return draining;
    }

    /** How long frames have been waiting. */
    long gapNanos() {
        return shared.clock.getAsLong() - since;
    }

    @Override
    public boolean congested() {
        return shut && open && waits && hold.crowded() && shared.clock.getAsLong() - since < Hold.PRESS_NANOS;
    }

    synchronized void tick(long now) {
        inheritance.tick(now);
        if (logic != null) return;
        hold.expire(now);
        if (now - since >= Hold.LONGEST_NANOS) waits = false;
    }

    /** Forwards what waits, in order. Any thread with a cycle of its own; of two at once one does it. */
    void drain(Cycle cycle) {
        synchronized (this) {
            if (drainer || !draining) return;
            drainer = true;
        }
        ByteBuffer slab = ByteBuffer.allocateDirect(Frames.MAX_RECORD);
        while (drainOne(cycle, slab)) continue;
    }

    private boolean drainOne(Cycle cycle, ByteBuffer slab) {
        cycle.enter();
        try {
            int verdict;
            SwitchPort[] all;
            int count;
            int length;
            SwitchPort in;
            PortSet some;
            synchronized (this) {
                Hold.Held held = logic == null ? null : hold.poll();
                if (held == null) {
                    draining = false;
                    drainer = false;
                    shut = logic == null;
                    return false;
                }
                in = (SwitchPort) held.from();
                length = held.into(slab);
                // Its own time: else all that waited would be one burst to the flood limit.
                cycle.begin(held.sinceNanos());
                some = cycle.some();
                some.clear();
                verdict = decide(cycle, in, slab, 0, length, some);
                all = ports;
                count = used;
            }
            leave(cycle, in, verdict, all, count, some, slab, 0, length);
            return true;
        } finally {
            cycle.exit();
        }
    }

    synchronized SwitchPort addPort(PortId portId) {
        int number = freedCount > 0 ? freed[--freedCount] : used++;
        if (number >= MAX_PORTS) {
            used--;
            throw new IllegalArgumentException("switch " + id + ": more than " + MAX_PORTS + " ports");
        }
        if (number >= ports.length) ports = Arrays.copyOf(ports, ports.length * 2);
        SwitchPort port = new SwitchPort(portId, this, number);
        ports[number] = port;
        return port;
    }

    /** Forgets a port; unknown ones are ignored. */
    synchronized void removePort(SwitchPort port) {
        if (ports[port.number] != port) return;
        ports[port.number] = null;
        if (freedCount == freed.length) freed = Arrays.copyOf(freed, freedCount * 2);
        freed[freedCount++] = port.number;
        if (logic == null) closed.set(port.number);
        else if (!tellClosed(port.number)) port.drop(Drop.PLUGIN_FAULT);
    }

    private boolean tellClosed(int port) {
        try {
            logic.portClosed(port);
            return true;
        } catch (RuntimeException | LinkageError e) {
            return false;
        }
    }

    synchronized boolean hasPorts() {
        return used > freedCount;
    }

    /** Calls back for each port. Called under the fabric's lock, which alone adds and removes ports. */
    void forEach(Consumer<SwitchPort> visitor) {
        SwitchPort[] all;
        synchronized (this) {
            all = Arrays.copyOf(ports, used);
        }
        for (SwitchPort port : all) {
            if (port != null) visitor.accept(port);
        }
    }

    /** Carries a record that came in on a port. */
    void forward(Cycle cycle, SwitchPort in, ByteBuffer slab, int offset, int length) {
        if (!open) {
            in.drop(Drop.NO_SWITCH);
            return;
        }
        if (cycle.hops == Cycle.MAX_HOPS) {
            in.drop(Drop.HOP_LIMIT);
            return;
        }
        PortSet some = cycle.some();
        some.clear();
        int verdict;
        SwitchPort[] all;
        int count;
        synchronized (this) {
            verdict = logic == null || draining ? keep(cycle, in, slab, offset, length) : decide(cycle, in, slab, offset, length, some);
            // The array is only ever written under this monitor; a port that changes after this is a frame sent a moment earlier.
            all = ports;
            count = used;
        }
        leave(cycle, in, verdict, all, count, some, slab, offset, length);
    }

    private static void leave(Cycle cycle, SwitchPort in, int verdict, SwitchPort[] all, int count, PortSet some, ByteBuffer slab, int offset,
            int length) {
        if (verdict == HELD) return;
        cycle.hops++;
        if (verdict >= 0) one(cycle, in, verdict < count ? all[verdict] : null, slab, offset, length);
        else if (verdict == SwitchLogic.FLOOD) flood(cycle, in, all, count, slab, offset, length);
        else if (verdict == SwitchLogic.SOME) some(cycle, in, all, count, some, slab, offset, length);
        else in.drop(reason(verdict));
        cycle.hops--;
    }

    private int decide(Cycle cycle, SwitchPort in, ByteBuffer slab, int offset, int length, PortSet some) {
        if (ports[in.number] != in) return GONE;
        int verdict;
        try {
            verdict = logic.egress(in.number, slab, offset, length, cycle.nowNanos, some);
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            fault(cycle.nowNanos);
            return FAULT;
        }
        if (verdict == SwitchLogic.FLOOD && !in.flood.allows(cycle.nowNanos, shared.floodPerSecond.getAsInt())) return TOO_MANY;
        return verdict;
    }

    private void fault(long now) {
        if (faults == 0 || now - faultsSince >= SECOND) {
            faultsSince = now;
            faults = 0;
        }
        if (++faults % MOST_FAULTS == 0) shared.broken.accept(this);
    }

    private int keep(Cycle cycle, SwitchPort in, ByteBuffer slab, int offset, int length) {
        long now = shared.clock.getAsLong();
        if (logic == null && (!waits || now - since >= Hold.LONGEST_NANOS)) return WITHOUT_LOGIC;
        if (!hold.offer(in, 0, now, slab, offset, length)) return NO_ROOM;
        if (congested()) cycle.congested = this;
        return HELD;
    }

    private static Drop reason(int verdict) {
        return switch (verdict) {
            case SwitchLogic.DROP -> Drop.BY_SWITCH;
            case WITHOUT_LOGIC -> Drop.NO_PROVIDER;
            case GONE -> Drop.NO_LINK;
            case TOO_MANY -> Drop.FLOOD_LIMIT;
            case NO_ROOM -> Drop.HOLD_FULL;
            default -> Drop.PLUGIN_FAULT;
        };
    }

    private static void one(Cycle cycle, SwitchPort in, SwitchPort out, ByteBuffer slab, int offset, int length) {
        if (out == null || out == in) in.drop(Drop.BY_SWITCH);
        else send(cycle, out, slab, offset, length);
    }

    private static void flood(Cycle cycle, SwitchPort in, SwitchPort[] all, int count, ByteBuffer slab, int offset, int length) {
        for (int number = 0; number < count; number++) {
            SwitchPort out = all[number];
            if (out != null && out != in) send(cycle, out, slab, offset, length);
        }
    }

    private static void some(
            Cycle cycle, SwitchPort in, SwitchPort[] all, int count, PortSet some, ByteBuffer slab, int offset, int length) {
        boolean sent = false;
        for (int number = some.next(0); number >= 0 && number < count; number = some.next(number + 1)) {
            SwitchPort out = all[number];
            if (out == null || out == in) continue;
            send(cycle, out, slab, offset, length);
            sent = true;
        }
        if (!sent) in.drop(Drop.BY_SWITCH);
    }

    private static void send(Cycle cycle, SwitchPort out, ByteBuffer slab, int offset, int length) {
        if (cycle.copies-- > 0) out.leave(cycle, slab, offset, length);
        else out.drop(Drop.COPY_LIMIT);
    }
}
