// SPDX-License-Identifier: Apache-2.0
package org.violin.conditions;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.violin.frame.Cutter;

/** Any settings and any records: nothing throws, and every packet is accounted for. */
final class StageFuzzTest {
    private static final Map<String, String[]> CHOICES = Map.ofEntries(
            Map.entry("delay", new String[] {"0", "1", "30.5"}), Map.entry("jitter", new String[] {"0", "2", "10"}),
            Map.entry("distribution", new String[] {"uniform", "normal", "pareto", "samples"}), Map.entry("samples", new String[] {"1,2,30"}),
            Map.entry("order", new String[] {"keep", "free"}), Map.entry("loss", new String[] {"1", "30", "ge 10 20 90 1", "every 7"}),
            Map.entry("corrupt", new String[] {"5", "50"}), Map.entry("duplicate", new String[] {"5", "50"}),
            Map.entry("reorder", new String[] {"5", "50"}), Map.entry("rate", new String[] {"1000000", "100000000", "3000000000"}),
            Map.entry("overhead", new String[] {"-20", "24"}), Map.entry("burst", new String[] {"1", "100000"}),
            Map.entry("queue", new String[] {"10p", "30000b", "20ms"}), Map.entry("ecn", new String[] {"true", "false"}),
            Map.entry("discipline", new String[] {"tail", "red 2000 20000 20", "codel 1 10"}), Map.entry("seed", new String[] {"1", "-5"}));

    private static Map<String, String> settings(Random random) {
        Map<String, String> settings = new TreeMap<>();
        new TreeMap<>(CHOICES).forEach((word, values) -> {
            if (random.nextInt(3) == 0) settings.put(word, values[random.nextInt(values.length)]);
        });
        if ("samples".equals(settings.get("distribution"))) settings.put("samples", "3,4");
        return settings;
    }

    private static ByteBuffer record(Random random) {
        if (random.nextInt(3) == 0) return Packets.plain(14 + random.nextInt(2000), 1);
        ByteBuffer record = Packets.open(random.nextBoolean(), random.nextBoolean() ? Packets.TCP : Packets.UDP,
                random.nextInt(20) == 0 ? random.nextInt(60_000) : random.nextInt(5000), 1 + random.nextInt(1448), random.nextInt(4));
        for (int flips = random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 0; flips > 0; flips--) {
            record.put(random.nextInt(Math.min(80, record.capacity())), (byte) random.nextInt());
        }
        return record;
    }

    @Test
    void everyPacketIsAccountedFor() {
        int rounds = Integer.getInteger("violin.fuzz", 300);
        for (int round = 0; round < rounds; round++) {
            long seed = Long.getLong("violin.seed", 0) + round;
            Random random = new Random(seed);
            Wire wire = new Wire(new ConditionsProvider(1 << 20, random.nextBoolean() ? 1 << 19 : 8 << 20), settings(random));
            long time = 0;
            long delivered = 0;
            for (int i = 0; i < 150; i++) {
                time += random.nextInt(3) == 0 ? random.nextInt(20_000_000) : random.nextInt(200_000);
                wire.offer(record(random), time);
                if (random.nextInt(40) == 0) wire.stage.change(settings(random), wire.now);
                if (random.nextInt(60) == 0) wire.stage.clear();
                if (random.nextInt(60) == 0) wire.stage.restart();
                delivered += packets(wire);
            }
            wire.end();
            delivered += packets(wire);
            long in = wire.count("packets") + wire.count("duplicated");
            long gone = delivered;
            for (String name : new String[] {"lost", "queue-dropped", "red-dropped", "codel-dropped", "full", "cut-lost", "held-packets"}) gone += wire.count(name);
            assertEquals(in, gone, "seed " + seed + " " + wire.stage.counters());
            assertEquals(0, wire.count("held-packets") + wire.count("held-bytes"), "seed " + seed);
        }
    }

    private static long packets(Wire wire) {
        Cutter cutter = new Cutter();
        long packets = 0;
        for (Wire.Out out : wire.out) {
            ByteBuffer slab = ByteBuffer.wrap(out.record());
            packets += cutter.open(slab, 0, out.record().length) ? cutter.segments() : 1;
        }
        wire.out.clear();
        return packets;
    }

    @Test
    void sameTrafficSameFates() {
        for (long seed = 1000; seed < 1050; seed++) {
            Wire[] wires = new Wire[2];
            for (int k = 0; k < 2; k++) {
                Random random = new Random(seed);
                wires[k] = new Wire(settings(random));
                for (int i = 0; i < 100; i++) wires[k].offer(record(random), i * 300_000L);
                wires[k].end();
            }
            assertEquals(wires[0].stage.counters(), wires[1].stage.counters());
            assertEquals(wires[0].bytes, wires[1].bytes);
            assertEquals(wires[0].now, wires[1].now);
        }
    }
}
