// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.message;

import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.violin.api.placement.Terms;
import org.violin.placement.Deadline;
import org.violin.placement.Problem;
import org.violin.placement.Search;

/**
 * One call's work: the softened question first; where its best placement keeps every rule, that is all. Else prices for what is scarce
 * and tangents of the balance are moved by subgradients (Held, Wolfe and Crowder, Mathematical Programming 6, 1974), each setting giving
 * a bound and a placement to start from.
 */
final class Proof implements AutoCloseable {
    /** Prices are set so many times at most. */
    private static final int SETTINGS = 200;
    private static final int SHAKES = 400;
    private static final int SHAKES_IN_ALL = 400_000;
    /** Full passes with more work than this are begun coarse. */
    private static final double COARSE = 3e7;

    private final Problem p;
    private final Terms terms;
    private final Deadline deadline;
    private final ExecutorService second;
    final Fit fit;
    double bound = Double.NEGATIVE_INFINITY;
    /** Whether the time ended the search for any placement. */
    boolean late;
    private Softened soft;
    private int[] order;

    Proof(Problem p, Terms terms, Deadline deadline) {
        this.p = p;
        this.terms = terms;
        this.deadline = deadline;
        fit = new Fit(p, deadline, terms.seed());
        boolean large = (long) p.hosts * p.a.length > 20_000;
        second = !large ? null : Executors.newSingleThreadExecutor(task -> {
            Thread t = new Thread(task, "placement-message");
            t.setDaemon(true);
            return t;
        });
    }

    @Override
    public void close() {
        if (second != null) second.shutdown();
    }

    void run() {
        if (p.entities == 0) {
            fit.keep(new int[0]);
            bound = 0;
            return;
        }
        if (p.hosts == 0) return;
        for (int[] a : p.allowed) if (a != null && a.length == 0) return;
        soft = new Softened(p, new MinPlus(p.hosts, p.between()));
        order = Tightest.first(p);
        Field field = soft.field(null, new double[p.hosts]);
        Core core = new Core(field, second);
        boolean large = core.work() > COARSE;
        if (large) core.coarse(deadline);
        Deadline half = deadline.half();
        int most = terms.proof() ? Integer.MAX_VALUE : large ? 0 : 12;
        core.run(most, half);
        int[] x = read(core, field);
        if (half.cut() && fit.best != null) {
            core.run(most - core.count, deadline);
            x = read(core, field);
        }
        if (fit.best != null && !soft.weighs) return;
        fit.near(x, order);
        if (fit.best == null) search();
        if (fit.best == null) return;
        if (soft.priced()) prices(core, x);
        fit.shake((int) Math.min(SHAKES_IN_ALL, (terms.proof() ? 1.0 : 0.1) * SHAKES * p.entities));
    }

    /** The core's best, unfolded, and kept when it keeps the rules. */
    private int[] read(Core core, Field field) {
        int[] x = core.best.clone();
        field.unfold(x, new double[p.hosts]);
        bound = core.bound;
        if (fit.keeps(x)) fit.keep(x);
        return x;
    }

    /** Any placement, while there is none; half of the time left is for saying why there is none. */
    private void search() {
        Deadline half = deadline.half();
        Search search = new Search(p, 400_000, half);
        if (search.run() != Search.Outcome.FOUND) {
            late = half.cut();
            return;
        }
        fit.near(search.found(), order);
        if (fit.best == null) fit.keep(search.found());
    }

    private void prices(Core first, int[] start) {
        double[][] price = new double[soft.stocks.size()][];
        for (int s = 0; s < price.length; s++) price[s] = new double[soft.stocks.get(s).room().length];
        double[] load = new double[p.hosts];
        int[] x = start;
        double now = bound;
        double[] scratch = new double[p.hosts];
        Core core = first;
        double stride = 0.1;
        int worse = 0;
        long share = deadline.left() / 2;
        long until = deadline.left() - share;
        long slowest = 0;
        for (int k = 0; k < SETTINGS && fit.cost - bound > Core.CLOSE * fit.cost; k++) {
            if (deadline.left() < until + slowest || deadline.over(slowest)) break;
            long before = deadline.left();
            step(price, load, x, stride * Math.max(fit.cost - now, 1e-6 * fit.cost), k);
            Field field = soft.field(price, load);
            Core next = new Core(field, second);
            next.passes.from(core.passes);
            next.run(terms.proof() ? 10 : 4, deadline);
            core = next;
            now = core.bound + soft.constant(price, load);
            x = core.best.clone();
            field.unfold(x, scratch);
            if (now > bound) {
                bound = now;
                worse = 0;
            } else if (++worse == 8) {
                stride /= 2;
                worse = 0;
            }
            if (fit.keeps(x)) fit.keep(x);
            if (k % 4 == 0) fit.near(x, order);
            slowest = Math.max(slowest * 9 / 10, before - deadline.left());
        }
    }

    /** Moves prices along what is taken beyond the room, and tangents towards the load. */
    private void step(double[][] price, double[] load, int[] x, double gap, int k) {
        double[][] beyond = new double[price.length][];
        double square = 0;
        for (int s = 0; s < price.length; s++) {
            Softened.Stock stock = soft.stocks.get(s);
            beyond[s] = new double[price[s].length];
            for (int i = 0; i < x.length; i++) beyond[s][stock.place()[x[i]]] += stock.want()[i];
            for (int h = 0; h < beyond[s].length; h++) {
                beyond[s][h] -= stock.room()[h];
                if (price[s][h] > 0 || beyond[s][h] > 0) square += beyond[s][h] * beyond[s][h];
            }
        }
        for (int s = 0; s < price.length && square > 0; s++) {
            for (int h = 0; h < price[s].length; h++) price[s][h] = Math.max(0, price[s][h] + gap / square * beyond[s][h]);
        }
        if (!soft.weighs) return;
        double[] there = new double[p.hosts];
        for (int i = 0; i < x.length; i++) there[x[i]] += p.entity(i).load();
        double part = k == 0 ? 0 : 2.0 / (k + 2);
        if (k == 0) {
            Arrays.fill(load, 0);
            for (int i = 0; i < x.length; i++) load[fit.best[i]] += p.entity(i).load();
        }
        for (int h = 0; h < p.hosts; h++) load[h] += part * (there[h] - load[h]);
    }
}
