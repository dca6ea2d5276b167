// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tests engines, measures them, and chooses one for each suite. Warms them up by that. */
final class EngineChoice {
    private static final Logger LOG = LoggerFactory.getLogger(EngineChoice.class);
    private static final int HEADER = 12;
    private static final int PAYLOAD = 1440;
    private static final int CHUNK = 4;
    /** What takes longer was tested when it was measured, and is not tested again in this process. */
    private static final long USABLE_NANOS = 20_000;
    /** What was measured in this process, by engine and suite: a bundle that is updated under traffic need not measure again. */
    private static final String MEASURED = "org.violin.cipher.aead.measured.";

    private EngineChoice() {}

    /**
     * Takes about the time given; logs the choice.
     *
     * @param allowed suites that may be used
     * @throws IllegalStateException when no engine works for any of them
     */
    static Engines choose(List<AeadEngine> candidates, List<Suite> allowed, long budgetNanos) {
        Map<Suite, AeadEngine> chosen = new EnumMap<>(Suite.class);
        Map<Suite, Long> best = new EnumMap<>(Suite.class);
        List<String> figures = new ArrayList<>();
        long share = budgetNanos / Math.max(1, candidates.size() * allowed.size());
        for (AeadEngine engine : candidates) {
            for (Suite suite : allowed) {
                long nanos = tried(engine, suite, share);
                if (nanos < 0) continue;
                figures.add(engine.name() + " " + suite.word + " " + nanos);
                if (nanos >= best.getOrDefault(suite, Long.MAX_VALUE)) continue;
                best.put(suite, nanos);
                chosen.put(suite, engine);
            }
        }
        if (chosen.isEmpty()) throw new IllegalStateException("no engine for " + allowed + " works");
        List<Suite> order = best.keySet().stream().sorted(Comparator.comparing(best::get)).toList();
        Suite first = order.get(0);
        LOG.info("{} by {} (ns to seal and open {} bytes: {})", first.word, chosen.get(first).name(), PAYLOAD, String.join(", ", figures));
        return new Engines(order, Map.copyOf(chosen));
    }

    private static long tried(AeadEngine engine, Suite suite, long nanos) {
        try {
            String name = MEASURED + engine.name() + "." + suite.word;
            Long known = Long.getLong(name);
            if (known != null && known > USABLE_NANOS) return known;
            String wrong = KnownAnswers.wrong(engine, suite);
            if (wrong == null) {
                long measured = known != null ? known : measure(engine, suite, nanos);
                System.setProperty(name, Long.toString(measured));
                return measured;
            }
            LOG.error("engine {} is refused for {}: {}", engine.name(), suite.word, wrong);
        } catch (GeneralSecurityException | LinkageError e) {
            LOG.debug("engine {} has no {}", engine.name(), suite.word, e);
        }
        return -1;
    }

    /** Nanoseconds to seal and open a payload: the best of many short runs, so other load on the machine matters little. */
    static long measure(AeadEngine engine, Suite suite, long nanos) throws GeneralSecurityException {
        ByteBuffer slab = ByteBuffer.allocateDirect(HEADER + PAYLOAD + Suite.TAG);
        byte[] key = new byte[Suite.KEY];
        try (Aead seal = engine.key(suite, true, key); Aead open = engine.key(suite, false, key)) {
            long best = Long.MAX_VALUE;
            long begin = System.nanoTime();
            long sequence = 0;
            long now = begin;
            do {
                long from = now;
                for (int i = 0; i < CHUNK; i++) {
                    seal.seal(slab, 0, HEADER, PAYLOAD, 0, ++sequence);
                    open.open(slab, 0, HEADER, PAYLOAD, 0, sequence);
                }
                now = System.nanoTime();
                best = Math.min(best, now - from);
            } while (now - begin < nanos);
            return best / CHUNK;
        }
    }
}
