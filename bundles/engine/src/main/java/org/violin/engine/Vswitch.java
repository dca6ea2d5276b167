// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.function.IntSupplier;
import org.violin.api.dataplane.SwitchLogic;
import org.violin.api.dataplane.SwitchProvider;
import org.violin.api.model.NodeId;
import org.violin.api.model.PortId;

/**
 * One vSwitch: its ports and the plugin's logic. The monitor guards the logic and is held only while it decides; frames leave after
 * that, so no thread ever holds two switches. Settings (kind, attributes, provider) belong to the fabric's lock.
 */
final class Vswitch {
    /** Bound of port numbers, so that a plugin's answer cannot ask for memory. */
    static final int MAX_PORTS = 1 << 16;
    // Verdicts of our own, beside those of SwitchLogic.
    private static final int WITHOUT_LOGIC = -10;
    private static final int FAULT = -11;
    private static final int GONE = -12;
    private static final int TOO_MANY = -13;

    final NodeId id;
    String kind = "";
    Map<String, String> attributes = Map.of();
    SwitchProvider provider;

    private final IntSupplier floodPerSecond;
    private volatile boolean open;
    private SwitchLogic logic;
    private SwitchPort[] ports = new SwitchPort[4];
    private int[] freed = new int[4];
    private int freedCount;
    private int used;

    Vswitch(NodeId id, IntSupplier floodPerSecond) {
        this.id = id;
        this.floodPerSecond = floodPerSecond;
    }

    boolean isOpen() {
        return open;
    }

    void open(boolean yes) {
        open = yes;
    }

    /** Changes to other logic, or to none; when this returns, no thread is inside the old one. */
    synchronized void logic(SwitchLogic next) {
        logic = next;
    }

    synchronized boolean hasLogic() {
        return logic != null;
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
        if (logic == null) return;
        try {
            logic.portClosed(port.number);
        } catch (RuntimeException | LinkageError e) {
            port.drop(Drop.PLUGIN_FAULT);
        }
    }

    synchronized boolean hasPorts() {
        return used > freedCount;
    }

    /** Calls back for each port. Called under the fabric's lock, which alone adds and removes ports. */
    void forEach(java.util.function.Consumer<SwitchPort> visitor) {
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
            verdict = decide(cycle, in, slab, offset, length, some);
            // The array is only ever written under this monitor; a port that changes after this is a frame sent a moment earlier.
            all = ports;
            count = used;
        }
        cycle.hops++;
        if (verdict >= 0) one(cycle, in, verdict < count ? all[verdict] : null, slab, offset, length);
        else if (verdict == SwitchLogic.FLOOD) flood(cycle, in, all, count, slab, offset, length);
        else if (verdict == SwitchLogic.SOME) some(cycle, in, all, count, some, slab, offset, length);
        else in.drop(reason(verdict));
        cycle.hops--;
    }

    private int decide(Cycle cycle, SwitchPort in, ByteBuffer slab, int offset, int length, PortSet some) {
        if (logic == null) return WITHOUT_LOGIC;
        if (ports[in.number] != in) return GONE;
        int verdict;
        try {
            verdict = logic.egress(in.number, slab, offset, length, cycle.nowNanos, some);
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            return FAULT;
        }
        if (verdict == SwitchLogic.FLOOD && !in.flood.allows(cycle.nowNanos, floodPerSecond.getAsInt())) return TOO_MANY;
        return verdict;
    }

    private static Drop reason(int verdict) {
        return switch (verdict) {
            case SwitchLogic.DROP -> Drop.BY_SWITCH;
            case WITHOUT_LOGIC -> Drop.NO_PROVIDER;
            case GONE -> Drop.NO_LINK;
            case TOO_MANY -> Drop.FLOOD_LIMIT;
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
