// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.pack;

import java.util.Map;
import java.util.OptionalDouble;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.violin.api.placement.Answer;
import org.violin.api.placement.Demand;
import org.violin.api.placement.PlacementStrategy;
import org.violin.api.placement.Substrate;
import org.violin.api.placement.Terms;
import org.violin.placement.Answers;
import org.violin.placement.Deadline;
import org.violin.placement.Ledger;
import org.violin.placement.OneByOne;
import org.violin.placement.Problem;

/**
 * Fewest hosts: the biggest first, each on a host that has some already, of those the fullest, of equals where its links cost least; then
 * hosts are emptied into the others while that works. What runs stays. Stateless.
 */
@Component
public final class PackStrategy implements PlacementStrategy {
    @Activate
    public PackStrategy() {}

    @Override
    public String kind() {
        return "pack";
    }

    @Override
    public Answer place(Demand demand, Substrate substrate, Map<String, String> current, Terms terms) {
        Deadline call = Deadline.of(terms, System::nanoTime);
        Problem p = new Problem(demand, substrate, current);
        Ledger ledger = new Ledger(p);
        Answer answer = OneByOne.place(p, ledger, new Full(p, ledger), call.closing(p));
        if (!answer.complete() || p.entities == 0) return answer;
        int[] at = new int[p.entities];
        for (int i = 0; i < at.length; i++) at[i] = p.host(answer.placement().get(p.entity(i).name()));
        ledger.set(at);
        boolean fewer = false;
        for (int h = 0; h < p.hosts; h++) fewer |= emptied(p, ledger, h);
        return fewer ? Answers.of(p, ledger.at(), OptionalDouble.empty(), false) : answer;
    }

    /** Moves all new entities of a host to hosts that have some; false and unchanged when one finds no room or runs there. */
    private static boolean emptied(Problem p, Ledger ledger, int host) {
        int[] was = ledger.at().clone();
        int[] many = new int[p.hosts];
        for (int h : was) many[h]++;
        if (many[host] == 0) return false;
        for (int i = 0; i < was.length; i++) {
            if (was[i] != host) continue;
            int best = Problem.NOWHERE;
            ledger.remove(i);
            for (int h = 0; h < p.hosts && p.current[i] != host; h++) {
                if (h == host || many[h] == 0 || !ledger.fits(i, h)) continue;
                if (best == Problem.NOWHERE || ledger.price(i, h) < ledger.price(i, best)) best = h;
            }
            if (best == Problem.NOWHERE) {
                ledger.set(was);
                return false;
            }
            ledger.put(i, best);
        }
        return true;
    }

    /** Hosts in use before others, then those with least room. */
    private record Full(Problem p, Ledger ledger) implements OneByOne.Policy {
        @Override
        public boolean rather(int i, int h, int q, double[] price) {
            boolean used = ledger.slots(h) < all(h);
            if (used != ledger.slots(q) < all(q)) return used;
            double room = room(h) - room(q);
            if (Math.abs(room) > 1e-9) return used == room < 0;
            return price[h] < price[q] - 1e-9;
        }

        private int all(int h) {
            return p.demand.colocation() ? p.host(h).slots() : Math.min(1, p.host(h).slots());
        }

        private double room(int h) {
            double cores = Math.min(ledger.cpus(h), 1e6);
            return cores + Math.min(ledger.memory(h) / (1L << 30), 1e6);
        }
    }
}
