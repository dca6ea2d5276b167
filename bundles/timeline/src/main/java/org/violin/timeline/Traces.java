// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Reads series of numbers: one value a line; or, with row and column, that element of each of several square matrices, one value of the
 * series from each (a folder of files, a tar archive, or one file). All of it plain or gzipped. Archives are read as POSIX.1-1988 (ustar)
 * lays them out. Bounded: {@link #MOST_BYTES} unpacked, {@link #MOST_VALUES} values.
 */
final class Traces {
    static final int MOST_VALUES = 10_000;
    static final int MOST_BYTES = 64 << 20;
    private static final int BLOCK = 512;

    private final Path data;

    /** @param data the folder outside of which nothing is read */
    Traces(Path data) {
        this.data = data;
    }

    /** Throws IOException, with a sentence for people, when there is no such file or it is no such series. */
    List<Double> read(String name, int row, int column) throws IOException {
        Path file = data.resolve(name).normalize();
        if (!file.startsWith(data.normalize())) throw new IOException("lies outside of " + data);
        if (!Files.exists(file)) throw new IOException("there is no such file in " + data);
        Map<String, byte[]> parts = new TreeMap<>(Traces::byNumber);
        if (Files.isDirectory(file)) {
            try (Stream<Path> each = Files.list(file)) {
                for (Path one : (Iterable<Path>) each.filter(Files::isRegularFile)::iterator) {
                    try (InputStream in = Files.newInputStream(one)) {
                        parts.put(one.getFileName().toString(), all(in, left(parts)));
                    }
                }
            }
        } else {
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = all(in, MOST_BYTES);
                if (isArchive(bytes)) unpack(bytes, parts);
                else parts.put(name, bytes);
            }
        }
        List<Double> values = new ArrayList<>();
        for (Map.Entry<String, byte[]> part : parts.entrySet()) add(part.getKey(), part.getValue(), row, column, values);
        if (values.isEmpty()) throw new IOException(row > 0 ? "has no element in row " + row + ", column " + column : "has no values");
        return values;
    }

    private static int left(Map<String, byte[]> parts) {
        return MOST_BYTES - parts.values().stream().mapToInt(b -> b.length).sum();
    }

    /** Names in the order of the numbers in them: 2 before 10. */
    private static int byNumber(String a, String b) {
        String x = a.replaceAll("\\D+", " ").strip();
        String y = b.replaceAll("\\D+", " ").strip();
        String[] xs = x.split(" ");
        String[] ys = y.split(" ");
        for (int i = 0; i < Math.min(xs.length, ys.length); i++) {
            int by = xs[i].length() != ys[i].length() && !xs[i].startsWith("0") && !ys[i].startsWith("0")
                    ? Integer.compare(xs[i].length(), ys[i].length()) : xs[i].compareTo(ys[i]);
            if (by != 0) return by;
        }
        return a.compareTo(b);
    }

    private static byte[] all(InputStream raw, int most) throws IOException {
        BufferedInputStream in = new BufferedInputStream(raw);
        in.mark(2);
        boolean zipped = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        byte[] bytes = (zipped ? new GZIPInputStream(in) : in).readNBytes(most + 1);
        if (bytes.length > most) throw new IOException("is larger than " + MOST_BYTES + " bytes");
        return bytes;
    }

    private static boolean isArchive(byte[] bytes) {
        return bytes.length >= BLOCK && new String(bytes, 257, 5, StandardCharsets.US_ASCII).equals("ustar");
    }

    private static void unpack(byte[] bytes, Map<String, byte[]> parts) throws IOException {
        for (int at = 0; at + BLOCK <= bytes.length && bytes[at] != 0;) {
            String name = text(bytes, at, 100);
            long size;
            try {
                size = Long.parseLong(text(bytes, at + 124, 12).strip(), 8);
            } catch (NumberFormatException e) {
                throw new IOException("is no sound archive", e);
            }
            byte type = bytes[at + 156];
            at += BLOCK;
            if (size < 0 || size > bytes.length - at) throw new IOException("is an archive that ends too early");
            if (type == '0' || type == 0) parts.put(name, all(new ByteArrayInputStream(bytes, at, (int) size), MOST_BYTES));
            at += (int) ((size + BLOCK - 1) / BLOCK * BLOCK);
        }
    }

    private static String text(byte[] bytes, int at, int length) {
        int end = at;
        while (end < at + length && bytes[end] != 0) end++;
        return new String(bytes, at, end - at, StandardCharsets.US_ASCII);
    }

    private static void add(String name, byte[] bytes, int row, int column, List<Double> values) throws IOException {
        List<String[]> lines = new ArrayList<>();
        int number = 0;
        for (String line : (Iterable<String>) new String(bytes, StandardCharsets.US_ASCII).lines()::iterator) {
            number++;
            String plain = line.strip();
            if (plain.isEmpty() || plain.startsWith("#")) continue;
            if (row > 0) {
                lines.add(plain.split("[\\s,;]+"));
                continue;
            }
            values.add(value(name, number, plain));
            if (values.size() > MOST_VALUES) throw new IOException("has more than " + MOST_VALUES + " values");
        }
        if (row <= 0) return;
        // Matrices that follow each other in one file are square: each as many lines as columns.
        int size = lines.isEmpty() ? 0 : lines.get(0).length;
        for (int top = 0; top < lines.size(); top += Math.max(1, size)) {
            if (top + row > lines.size() || row > size && top > 0) break;
            String[] cells = lines.get(top + row - 1);
            if (column > cells.length) throw new IOException(name + " has no column " + column);
            values.add(value(name, top + row, cells[column - 1]));
            if (values.size() > MOST_VALUES) throw new IOException("has more than " + MOST_VALUES + " values");
        }
    }

    private static double value(String name, int line, String text) throws IOException {
        try {
            double value = Double.parseDouble(text);
            if (Double.isFinite(value)) return value;
        } catch (NumberFormatException e) {
            throw new IOException(name + ":" + line + ": '" + text + "' is no number", e);
        }
        throw new IOException(name + ":" + line + ": '" + text + "' is no number");
    }
}
