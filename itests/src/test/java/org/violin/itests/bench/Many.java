// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.bench;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Many vNICs over many tunnels, all talking at once: who gets how much, and what memory it takes. Arguments: vNICs (200), tunnels (20),
 * seconds (10), direction out, in or both, then {@code raw} for lines of "MEASURE VALUE", {@code json}, or {@code table}, and the rate of the wire if
 * it shall have one, such as 500mbit.
 */
public final class Many {
    private static final int QUEUE_BYTES = 4 << 20;

    /**
     * What one run gave.
     *
     * @param goodput bytes/s of TCP payload, for each vNIC
     * @param directBytes direct buffers at most, seen ten times a second; {@code idleDirectBytes} before the traffic
     * @param residentBytes of the whole JVM after the run
     */
    public record Result(double[] goodput, long idleDirectBytes, long directBytes, long residentBytes, Map<String, Long> drops) {
        /** Sum of all vNICs, bytes/s. */
        public double total() {
            return Arrays.stream(goodput).sum();
        }

        public double mean() {
            return total() / goodput.length;
        }

        public double least() {
            return Arrays.stream(goodput).min().orElse(0);
        }

        /** Jain's fairness index: 1 when all get the same, 1/n when one gets all. */
        public double jain() {
            double squares = Arrays.stream(goodput).map(g -> g * g).sum();
            return squares == 0 ? 0 : total() * total() / (goodput.length * squares);
        }
    }

    private Many() {}

    /** Bytes of direct buffers in use in this JVM. */
    public static long direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(p -> p.getName().equals("direct")).mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
    }

    private static long resident() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream().filter(l -> l.startsWith("VmRSS")).findFirst().orElse("0");
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
    }

    /** What so many tunnels and hosts may hold in direct buffers: 4 MiB each at most, and for each queue what {@code queueBytes} allows. */
    public static long bound(int tunnels) {
        return 2L * tunnels * QUEUE_BYTES + (tunnels + 1L) * (4 << 20);
    }

    /** Lays the overlay, lets all talk for {@code warmMillis}, then counts for {@code millis}, and takes all down. */
    public static Result run(
            int nics, int tunnels, int workers, String direction, String rate, int warmMillis, int millis) throws IOException {
        try (Overlay overlay = new Overlay(nics, tunnels, workers, QUEUE_BYTES, rate);
                Bulk bulk = new Bulk(overlay, Bulk.Direction.valueOf(direction.toUpperCase(Locale.ROOT)))) {
            long idle = direct();
            LockSupport.parkNanos(warmMillis * 1_000_000L);
            Map<String, Long> dropsBefore = overlay.drops();
            long begin = System.nanoTime();
            long[] before = bulk.received();
            long most = idle;
            while (System.nanoTime() - begin < millis * 1_000_000L) {
                LockSupport.parkNanos(100_000_000);
                most = Math.max(most, direct());
            }
            long[] after = bulk.received();
            double seconds = (System.nanoTime() - begin) / 1e9;
            double[] goodput = new double[nics];
            for (int nic = 0; nic < nics; nic++) goodput[nic] = (after[nic] - before[nic]) / seconds;
            Map<String, Long> drops = new TreeMap<>(overlay.drops());
            drops.replaceAll((reason, n) -> n - dropsBefore.getOrDefault(reason, 0L));
            drops.values().removeIf(n -> n == 0);
            return new Result(goodput, idle, most, resident(), drops);
        }
    }

    /** See the class. */
    public static void main(String[] words) throws IOException {
        int nics = words.length > 0 ? Integer.parseInt(words[0]) : 200;
        int tunnels = words.length > 1 ? Integer.parseInt(words[1]) : 20;
        int seconds = words.length > 2 ? Integer.parseInt(words[2]) : 10;
        String direction = words.length > 3 ? words[3] : "both";
        String format = words.length > 4 ? words[4] : "table";
        int workers = Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));
        Result r = run(nics, tunnels, workers, direction, words.length > 5 ? words[5] : "", 3000, seconds * 1000);
        double mbit = 8 / 1e6;
        double mebibyte = 1 << 20;
        Object[] values = {
            nics, tunnels, r.total() * mbit, r.mean() * mbit, r.least() * mbit, r.least() / r.mean(), r.jain(), r.idleDirectBytes() / mebibyte,
            r.directBytes() / mebibyte, bound(tunnels) / mebibyte, r.residentBytes() / mebibyte
        };
        String form = switch (format) {
            case "raw" -> "total %3$.1f%nleast-share %6$.3f%njain %7$.4f%ndirect %9$.1f%ndirect-share %10$.3f%nresident %11$.0f%n";
            case "json" -> "{\"nics\":%d,\"tunnels\":%d,\"totalMbit\":%.1f,\"meanMbit\":%.3f,\"leastMbit\":%.3f,\"leastOverMean\":%.3f,\"jain\":%.4f,"
                    + "\"directIdleMiB\":%.1f,\"directMiB\":%.1f,\"directBoundMiB\":%.1f,\"residentMiB\":%.0f,";
            default -> "vNICs %d, tunnels %d%ntotal %.0f Mbit/s; each: mean %.2f, least %.2f Mbit/s (%.2f of the mean)%nJain's index %.4f%n"
                    + "direct buffers: idle %.1f MiB, at most %.1f MiB, bound %.1f MiB; resident %.0f MiB%n";
        };
        if (format.equals("raw")) values[9] = (double) r.directBytes() / bound(tunnels);
        System.out.printf(Locale.ROOT, form, values);
        if (format.equals("json")) {
            StringBuilder each = new StringBuilder();
            for (double g : r.goodput()) each.append(each.length() == 0 ? "" : ",").append(String.format(Locale.ROOT, "%.3f", g * mbit));
            StringBuilder drops = new StringBuilder();
            r.drops().forEach((reason, n) -> drops.append(drops.length() == 0 ? "" : ",").append('"').append(reason).append("\":").append(n));
            System.out.println("\"eachMbit\":[" + each + "],\"drops\":{" + drops + "}}");
        } else if (format.equals("table")) {
            System.out.println("drops: " + r.drops());
        }
    }
}
