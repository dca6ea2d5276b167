// SPDX-License-Identifier: Apache-2.0
package org.violin.api.model;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The words for what a vLink does to the frames of one direction. Values are texts: milliseconds, per cent and bits per second are plain
 * decimal numbers, so that a setting reads the same in files, in stored specs and at the stage. Written by topology and the shell, read by
 * the plugin that does it.
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><td>{@code delay}</td><td>one way, ms</td></tr>
 * <tr><td>{@code jitter}</td><td>ms, by {@code distribution}: {@code uniform} (plus or minus; default), {@code normal} (its standard
 *     deviation), {@code pareto} (its mean, only added), {@code samples} (one of {@code samples}, ms joined by commas, is added)</td></tr>
 * <tr><td>{@code order}</td><td>{@code keep}: jitter makes no frame overtake; {@code free}: default</td></tr>
 * <tr><td>{@code loss}</td><td>per cent; or {@code ge P R BAD GOOD}: Gilbert-Elliott, per cent: into the bad state, out of it, lost while
 *     bad, lost while good (Gilbert 1960, Elliott 1963); or {@code every N}</td></tr>
 * <tr><td>{@code corrupt}, {@code duplicate}</td><td>per cent of packets: one bit is flipped; sent twice</td></tr>
 * <tr><td>{@code reorder}</td><td>per cent of packets that do not wait for {@code delay}; without a delay they change places with the
 *     next</td></tr>
 * <tr><td>{@code rate}</td><td>bits per second of Ethernet frames without FCS; {@code overhead}: bytes counted more for each packet, may
 *     be below 0; {@code burst}: bytes that may go at once</td></tr>
 * <tr><td>{@code queue}</td><td>what may wait for the rate: {@code 100p} packets, {@code 65536b} bytes or {@code 50ms} of the rate</td></tr>
 * <tr><td>{@code discipline}</td><td>{@code tail}; {@code red MIN MAX PERCENT}, bytes (Floyd and Jacobson 1993); {@code codel TARGET
 *     INTERVAL}, ms (RFC 8289)</td></tr>
 * <tr><td>{@code ecn}</td><td>{@code true}: red and codel mark what can be marked instead of dropping it (RFC 3168)</td></tr>
 * <tr><td>{@code seed}</td><td>64-bit number: the same packets meet the same fate</td></tr>
 * <tr><td>{@code state}</td><td>{@code up}; {@code down}: no carrier; {@code cut}: silent, with carrier. Done by the data plane itself</td></tr>
 * </table>
 */
public final class Conditions {
    /** Those that need a stage. */
    public static final Set<String> WORDS = Set.of("delay", "jitter", "distribution", "samples", "order", "loss", "corrupt", "duplicate", "reorder",
            "rate", "overhead", "burst", "queue", "discipline", "ecn");
    /** What the data plane does itself. */
    public static final String STATE = "state";
    public static final String SEED = "seed";
    /** Begins attributes of a vLink that count for one direction only: {@code from.NODE:PORT.WORD}. */
    public static final String FROM = "from.";
    /** Attribute of a violin, and of a vLink before it: {@code false} keeps conditions as facts for routing and placement, without imposing them. */
    public static final String EMULATE = "emulate";

    private Conditions() {}

    /** What that vLink does to frames that begin at that end, with the seed of this direction; empty: nothing. */
    public static Map<String, String> of(ViolinSpec violin, LinkSpec link, Endpoint from) {
        Map<String, String> settings = new TreeMap<>();
        boolean emulate = !"false".equals(link.attributes().getOrDefault(EMULATE, violin.attributes().get(EMULATE)));
        if (emulate && link.delayMillis() > 0) settings.put("delay", java.math.BigDecimal.valueOf(link.delayMillis()).stripTrailingZeros().toPlainString());
        String own = FROM + from + ".";
        link.attributes().forEach((key, value) -> {
            if (emulate && WORDS.contains(key) || key.equals(STATE)) settings.put(key, value);
        });
        link.attributes().forEach((key, value) -> {
            String word = key.startsWith(own) ? key.substring(own.length()) : "";
            if (emulate && WORDS.contains(word) || word.equals(STATE)) settings.put(word, value);
        });
        settings.values().removeIf(ConditionText.NONE::equals);
        settings.remove(STATE, "up");
        settings.remove("delay", "0");
        if (settings.keySet().stream().anyMatch(WORDS::contains)) settings.put(SEED, Long.toString(seed(violin, from)));
        return settings;
    }

    /** Of the violin's own seed ({@code seed}, default 0) and the end's name: the same on every host and after every start. */
    public static long seed(ViolinSpec violin, Endpoint from) {
        long hash = Long.parseLong(violin.attributes().getOrDefault(SEED, "0")) * 0x9e37_79b9_7f4a_7c15L;
        String name = from.toString();
        for (int i = 0; i < name.length(); i++) hash = (hash ^ name.charAt(i)) * 0x100_0000_01b3L;
        return hash ^ hash >>> 29;
    }
}
