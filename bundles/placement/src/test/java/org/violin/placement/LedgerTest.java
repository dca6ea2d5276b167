// SPDX-License-Identifier: Apache-2.0
package org.violin.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalDouble;
import java.util.Random;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.violin.api.placement.Answer;

class LedgerTest {
    @Test
    void whatTheLedgerLetsInIsWhatTheRulesAllowAndPricesAddUpToTheCost() {
        int whole = 0;
        for (long seed = 0; seed < 3000; seed++) {
            Random r = new Random(seed);
            Problem p = Questions.random(r, 3 + r.nextInt(6), 2 + r.nextInt(4), seed % 2 == 0);
            Ledger ledger = new Ledger(p);
            double total = 0;
            double[] prices = new double[p.hosts];
            boolean all = true;
            for (int turn = 0; turn < 3; turn++) {
                total = 0;
                all = true;
                for (int i = 0; i < p.entities; i++) ledger.remove((i * 7 + turn) % p.entities);
                for (int i = 0; i < p.entities; i++) ledger.remove(i);
                for (int i = 0; i < p.entities; i++) {
                    int from = r.nextInt(p.hosts);
                    int h = -1;
                    for (int k = 0; k < p.hosts && h < 0; k++) if (ledger.fits(i, (from + k) % p.hosts)) h = (from + k) % p.hosts;
                    if (h < 0) {
                        all = false;
                        continue;
                    }
                    ledger.prices(i, prices);
                    assertEquals(ledger.price(i, h), prices[h], 1e-9, "seed " + seed);
                    total += prices[h];
                    ledger.put(i, h);
                }
            }
            if (!all) continue;
            whole++;
            Answer answer = Answers.of(p, ledger.at(), OptionalDouble.empty(), false);
            assertEquals(java.util.List.of(), Rules.broken(p.demand, p.substrate, answer.placement(), Map.of()), "seed " + seed);
            assertEquals(answer.cost().total(), total, 1e-6, "seed " + seed);
            assertEquals(p.entities, answer.reasons().size());
        }
        assertTrue(whole > 300, whole + " whole placements");
    }

    @Test
    void whatTheLedgerRefusesForTheLastEntityBreaksARule() {
        int refused = 0;
        for (long seed = 0; seed < 3000; seed++) {
            Random r = new Random(seed);
            Problem p = Questions.random(r, 2 + r.nextInt(4), 2 + r.nextInt(3), true);
            Ledger ledger = new Ledger(p);
            int[] at = new int[p.entities];
            for (int i = 0; i < p.entities; i++) at[i] = r.nextInt(p.hosts);
            boolean fits = true;
            for (int i = 0; i < p.entities && fits; i++) {
                fits = ledger.fits(i, at[i]);
                if (fits) ledger.put(i, at[i]);
            }
            Map<String, String> names = new java.util.HashMap<>();
            for (int i = 0; i < p.entities; i++) names.put("e" + i, "h" + at[i]);
            assertEquals(fits, Rules.broken(p.demand, p.substrate, names, Map.of()).isEmpty(), "seed " + seed);
            refused += fits ? 0 : 1;
        }
        assertTrue(refused > 100 && refused < 2999, refused + " refused");
    }
}
