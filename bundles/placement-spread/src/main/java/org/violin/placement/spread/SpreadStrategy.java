// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.spread;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.violin.api.placement.Answer;
import org.violin.api.placement.Demand;
import org.violin.api.placement.PlacementStrategy;
import org.violin.api.placement.Substrate;
import org.violin.api.placement.Terms;
import org.violin.placement.Deadline;
import org.violin.placement.Ledger;
import org.violin.placement.OneByOne;
import org.violin.placement.Problem;

/**
 * Even load: each entity to the failure domain (label {@code domain}, else {@code site}, else the host itself) with least load for its
 * cores, in it to such a host, and of equals to where its links cost least. What runs stays. Stateless.
 */
@Component
public final class SpreadStrategy implements PlacementStrategy {
    @Activate
    public SpreadStrategy() {}

    @Override
    public String kind() {
        return "spread";
    }

    @Override
    public Answer place(Demand demand, Substrate substrate, Map<String, String> current, Terms terms) {
        Deadline call = Deadline.of(terms, System::nanoTime);
        Problem p = new Problem(demand, substrate, current);
        return OneByOne.place(p, new Ledger(p), new Even(p), call.closing(p));
    }

    /** Load of hosts and of domains; an entity counts at least a twentieth of a core. */
    private static final class Even implements OneByOne.Policy {
        private static final double LEAST = 0.05;

        private final Problem p;
        private final int[] domain;
        private final double[] host;
        private final double[] load;
        private final double[] cores;

        Even(Problem p) {
            this.p = p;
            domain = new int[p.hosts];
            host = new double[p.hosts];
            load = new double[p.hosts];
            cores = new double[p.hosts];
            Map<String, Integer> known = new HashMap<>();
            for (int h = 0; h < p.hosts; h++) {
                Map<String, String> labels = p.host(h).labels();
                String place = labels.containsKey("domain") ? "domain " + labels.get("domain") : labels.containsKey("site")
                        ? "site " + labels.get("site") : "host " + p.host(h).name();
                domain[h] = known.computeIfAbsent(place, k -> known.size());
                cores[domain[h]] += p.host(h).capacity();
            }
        }

        @Override
        public void start() {
            Arrays.fill(load, 0);
            for (int h = 0; h < p.hosts; h++) {
                host[h] = p.host(h).load();
                load[domain[h]] += host[h];
            }
        }

        @Override
        public void put(int i, int h) {
            double more = Math.max(LEAST, Math.max(p.entity(i).load(), p.entity(i).cpus()));
            host[h] += more;
            load[domain[h]] += more;
        }

        @Override
        public boolean rather(int i, int h, int q, double[] price) {
            double wide = load[domain[h]] / cores[domain[h]] - load[domain[q]] / cores[domain[q]];
            if (Math.abs(wide) > 1e-9) return wide < 0;
            double near = host[h] / p.host(h).capacity() - host[q] / p.host(q).capacity();
            if (Math.abs(near) > 1e-9) return near < 0;
            return price[h] < price[q] - 1e-9;
        }
    }
}
