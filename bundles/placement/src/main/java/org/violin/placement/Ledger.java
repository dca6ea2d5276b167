// SPDX-License-Identifier: Apache-2.0
package org.violin.placement;

import java.util.Arrays;
import org.violin.api.placement.Demand;
import org.violin.api.placement.Substrate;

/**
 * Who is where while a strategy works, and what each host has left: cores, memory, slots, access; which places the groups use; which
 * latency limits hold. {@link #put}, {@link #remove} and {@link #fits} take time in the degree of the entity and its number of groups.
 * Wires are not looked at: paths are the strategy's. One thread.
 */
public final class Ledger {
    private static final double SLACK = 1e-9;

    private final Problem p;
    private final Places places;
    private final int[] at;
    private final double[] cpus;
    private final double[] memory;
    private final int[] slots;
    private final double[] up;
    private final double[] down;
    private final double[] load;
    private final int[][] count;
    private final int[] distinct;
    private final int[] placed;
    /** By entity: demands in quick reach, and whether its edges have hard rules. */
    private final double[] wantCpus;
    private final double[] wantMemory;
    private final double[] wantLoad;
    private final boolean[] reserves;
    private final boolean[] limited;
    private final double[] extra;

    /** Nothing is placed yet. */
    public Ledger(Problem problem) {
        p = problem;
        places = new Places(p);
        at = new int[p.entities];
        Arrays.fill(at, Problem.NOWHERE);
        cpus = new double[p.hosts];
        memory = new double[p.hosts];
        slots = new int[p.hosts];
        up = new double[p.hosts];
        down = new double[p.hosts];
        load = new double[p.hosts];
        extra = new double[p.hosts];
        boolean access = false;
        for (int h = 0; h < p.hosts; h++) {
            Substrate.Host host = p.host(h);
            cpus[h] = host.cpus();
            memory[h] = host.memoryBytes();
            slots[h] = p.demand.colocation() ? host.slots() : Math.min(1, host.slots());
            up[h] = host.upMegabits();
            down[h] = host.downMegabits();
            access |= up[h] < Double.POSITIVE_INFINITY || down[h] < Double.POSITIVE_INFINITY;
        }
        count = new int[places.rule.length][];
        for (int g = 0; g < count.length; g++) count[g] = new int[places.places[g]];
        distinct = new int[count.length];
        placed = new int[count.length];
        wantCpus = new double[p.entities];
        wantMemory = new double[p.entities];
        wantLoad = new double[p.entities];
        reserves = new boolean[p.entities];
        limited = new boolean[p.entities];
        for (int i = 0; i < p.entities; i++) {
            Demand.Entity e = p.entity(i);
            wantCpus[i] = e.cpus();
            wantMemory[i] = e.memoryBytes();
            wantLoad[i] = e.load();
            for (int k = p.first[i]; k < p.first[i + 1]; k++) {
                reserves[i] |= access && p.reserved[p.edges[k]] > 0;
                limited[i] |= p.maxMillis[p.edges[k]] < Double.POSITIVE_INFINITY;
            }
        }
    }

    /** Host of an entity, or {@link Problem#NOWHERE}. */
    public int at(int i) {
        return at[i];
    }

    /** Where all are; the ledger's own, must not be changed. */
    public int[] at() {
        return at;
    }

    /** Cores left. */
    public double cpus(int h) {
        return cpus[h];
    }

    /** Bytes left. */
    public double memory(int h) {
        return memory[h];
    }

    /** Slots left. */
    public int slots(int h) {
        return slots[h];
    }

    /** Megabits per second of access left, the lesser of both directions. */
    public double access(int h) {
        return Math.min(up[h], down[h]);
    }

    /** Cores our entities are thought to use there. */
    public double load(int h) {
        return load[h];
    }

    /** Puts an entity that is nowhere; does not ask whether it fits. */
    public void put(int i, int h) {
        book(i, h, 1);
        at[i] = h;
    }

    /** Takes an entity away; nothing when it is nowhere. */
    public void remove(int i) {
        if (at[i] == Problem.NOWHERE) return;
        int h = at[i];
        at[i] = Problem.NOWHERE;
        book(i, h, -1);
    }

    /** Takes all away and puts them so; {@link Problem#NOWHERE} stays nowhere. */
    public void set(int[] placement) {
        for (int i = 0; i < at.length; i++) remove(i);
        for (int i = 0; i < at.length; i++) if (placement[i] != Problem.NOWHERE) put(i, placement[i]);
    }

    /** Whether an entity that is nowhere may go to h: its own rule, what h has left, and its rules with those that are placed. */
    public boolean fits(int i, int h) {
        return p.allows(i, h) && room(i, h) && (!limited[i] || near(i, h)) && (places.groups[i].length == 0 || grouped(i, h) < 0)
                && (!reserves[i] || carries(i, h));
    }

    /** What h has left in cores, memory and slots is enough. */
    public boolean room(int i, int h) {
        return slots[h] > 0 && (wantCpus[i] == 0 || wantCpus[i] <= cpus[h] + SLACK) && (wantMemory[i] == 0 || wantMemory[i] <= memory[h]);
    }

    /** Latency limits to those that are placed hold. */
    public boolean near(int i, int h) {
        for (int k = p.first[i]; k < p.first[i + 1]; k++) {
            int e = p.edges[k];
            int q = at[p.other(e, i)];
            if (q != Problem.NOWHERE && p.maxMillis[e] < Double.POSITIVE_INFINITY
                    && p.substrate.distances().millis(h, q) > p.maxMillis[e] + SLACK) return false;
        }
        return true;
    }

    /** The first group that an entity at h would break; -1: none. */
    public int grouped(int i, int h) {
        for (int g : places.groups[i]) {
            int there = count[g][places.place[g][h]];
            boolean kept = switch (places.rule[g]) {
                case APART -> there == 0;
                case TOGETHER -> there == placed[g];
                case SPREAD -> distinct[g] + (there == 0 ? 1 : 0) + places.size[g] - placed[g] - 1 >= places.wanted[g];
            };
            if (!kept) return g;
        }
        return -1;
    }

    /** What it reserves to those that are placed fits the access of all hosts it touches. */
    public boolean carries(int i, int h) {
        double own = 0;
        boolean fits = true;
        for (int k = p.first[i]; k < p.first[i + 1]; k++) {
            int q = at[p.other(p.edges[k], i)];
            double r = p.reserved[p.edges[k]];
            if (q == Problem.NOWHERE || q == h || r == 0) continue;
            own += r;
            extra[q] += r;
            fits &= extra[q] <= access(q) + SLACK;
        }
        for (int k = p.first[i]; k < p.first[i + 1]; k++) {
            int q = at[p.other(p.edges[k], i)];
            if (q != Problem.NOWHERE) extra[q] = 0;
        }
        return fits && own <= access(h) + SLACK;
    }

    /** What an entity that is nowhere would add to the objective at h, with those that are placed. */
    public double price(int i, int h) {
        return p.local(i, h, at) + p.move(i, h) + balance(i, h);
    }

    /** {@link #price} for every host; row by row, so much faster than one by one. */
    public void prices(int i, double[] out) {
        Arrays.fill(out, 0, p.hosts, 0);
        double[] between = p.between();
        for (int k = p.first[i]; k < p.first[i + 1]; k++) {
            int q = at[p.other(p.edges[k], i)];
            double r = p.rate[p.edges[k]];
            if (q == Problem.NOWHERE || r == 0) continue;
            for (int h = 0, row = q * p.hosts; h < p.hosts; h++) out[h] += r * between[row + h];
        }
        boolean weighs = wantLoad[i] > 0 && p.demand.weights().balance() > 0;
        if (!weighs && p.current[i] == Problem.NOWHERE) return;
        for (int h = 0; h < p.hosts; h++) out[h] += p.move(i, h) + (weighs ? balance(i, h) : 0);
    }

    private double balance(int i, int h) {
        if (wantLoad[i] == 0 || p.demand.weights().balance() == 0) return 0;
        return p.balance(h, load[h] + wantLoad[i]) - p.balance(h, load[h]);
    }

    private void book(int i, int h, int sign) {
        cpus[h] -= sign * wantCpus[i];
        memory[h] -= sign * wantMemory[i];
        slots[h] -= sign;
        load[h] += sign * wantLoad[i];
        if (load[h] < 0) load[h] = 0;
        for (int g : places.groups[i]) {
            int[] of = count[g];
            int place = places.place[g][h];
            if (sign > 0 && of[place]++ == 0) distinct[g]++;
            if (sign < 0 && --of[place] == 0) distinct[g]--;
            placed[g] += sign;
        }
        if (!reserves[i]) return;
        for (int k = p.first[i]; k < p.first[i + 1]; k++) {
            int q = at[p.other(p.edges[k], i)];
            double r = sign * p.reserved[p.edges[k]];
            if (q == Problem.NOWHERE || q == h) continue;
            up[h] -= r;
            down[h] -= r;
            up[q] -= r;
            down[q] -= r;
        }
    }
}
