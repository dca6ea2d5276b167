// SPDX-License-Identifier: Apache-2.0
package org.violin.underlay;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * One-way delays between hosts, from a square matrix of round-trip times in milliseconds: a host per line, numbers between blanks or
 * commas, empty lines and lines that begin with # skipped, plain or gzip. Half of the entry in row i, column j is the delay from host i to
 * host j, so an asymmetric matrix gives each pair the mean of its two entries as round-trip time. Called by {@link Main}.
 */
final class Matrix {
    /** Round trips beyond this are taken for a mistake in the unit. */
    static final double MOST_MILLIS = 10_000;
    private static final int MOST_ROWS = 5000;
    private static final int MOST_MISTAKES = 10;

    /** What is wrong with a matrix: every mistake (the first ten), each with file, line, value and rule. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String reasons) {
            super(reasons);
        }
    }

    private final int size;
    private final long[] nanos;

    private Matrix(int size, long[] nanos) {
        this.size = size;
        this.nanos = nanos;
    }

    /** Hosts. */
    int size() {
        return size;
    }

    /** One-way delay; 0 from a host to itself. */
    long nanos(int from, int to) {
        return nanos[from * size + to];
    }

    /** All pairs alike. @param roundTripNanos between any two hosts */
    static Matrix even(int size, long roundTripNanos) {
        long[] nanos = new long[size * size];
        for (int i = 0; i < nanos.length; i++) nanos[i] = i / size == i % size ? 0 : roundTripNanos / 2;
        return new Matrix(size, nanos);
    }

    /**
     * Reads a file.
     *
     * @param size hosts wanted: the first rows of the file, unless {@code rows} says which
     * @param rows which rows, counted from 1, in the order of the hosts; empty: the first
     * @throws Refused when the matrix is not square, too small, or a chosen entry is no delay
     * @throws IOException when the file cannot be read
     */
    static Matrix read(Path file, int size, List<Integer> rows) throws IOException, Refused {
        List<String[]> cells = new ArrayList<>();
        List<Integer> lines = new ArrayList<>();
        try (BufferedReader in = open(file)) {
            int number = 0;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                number++;
                String text = line.strip();
                if (text.isEmpty() || text.startsWith("#")) continue;
                if (cells.size() == MOST_ROWS) throw new Refused(file + ":" + number + ": more than " + MOST_ROWS + " rows");
                cells.add(text.split("\\s*,\\s*|\\s+"));
                lines.add(number);
            }
        }
        Mistakes mistakes = new Mistakes();
        if (cells.isEmpty()) mistakes.add(file + ": no rows; a matrix of round-trip times in milliseconds is wanted");
        for (int i = 0; i < cells.size(); i++) {
            int width = cells.get(i).length;
            if (width != cells.size()) {
                mistakes.add(file + ":" + lines.get(i) + ": " + width + " values, but the matrix has " + cells.size() + " rows; it must be square");
            }
        }
        int[] chosen = choose(file, cells.size(), size, rows, mistakes);
        mistakes.refuse();
        long[] nanos = new long[size * size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                String where = file + ":" + lines.get(chosen[i]) + ": column " + (chosen[j] + 1) + ": ";
                nanos[i * size + j] = delay(where, cells.get(chosen[i])[chosen[j]], i == j, mistakes);
            }
        }
        mistakes.refuse();
        return new Matrix(size, nanos);
    }

    private static int[] choose(Path file, int there, int size, List<Integer> rows, Mistakes mistakes) {
        int[] chosen = new int[size];
        if (rows.isEmpty()) {
            if (there > 0 && there < size) mistakes.add(file + ": " + there + " rows, too few for " + size + " hosts");
            for (int i = 0; i < size; i++) chosen[i] = i;
            return chosen;
        }
        if (rows.size() != size) mistakes.add("hosts=" + join(rows) + ": " + rows.size() + " rows for " + size + " hosts");
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < rows.size(); i++) {
            int row = rows.get(i);
            if (row < 1 || row > there) mistakes.add("hosts=" + join(rows) + ": row " + row + ": " + file + " has rows 1 to " + there);
            if (!seen.add(row)) mistakes.add("hosts=" + join(rows) + ": row " + row + " is there twice");
            if (i < size) chosen[i] = row - 1;
        }
        return chosen;
    }

    private static String join(List<Integer> rows) {
        return String.join(":", rows.stream().map(String::valueOf).toList());
    }

    private static long delay(String where, String text, boolean self, Mistakes mistakes) {
        double millis;
        try {
            millis = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            mistakes.add(where + "'" + text + "' is no number");
            return 0;
        }
        if (Double.isNaN(millis)) mistakes.add(where + text + ": a round-trip time is missing");
        else if (millis < 0) mistakes.add(where + text + ": negative");
        else if (self && millis != 0) mistakes.add(where + text + ": from a host to itself it must be 0");
        else if (millis > MOST_MILLIS) mistakes.add(where + text + ": more than " + (long) MOST_MILLIS + " ms");
        else return Math.round(millis * 1e6 / 2);
        return 0;
    }

    private static BufferedReader open(Path file) throws IOException {
        InputStream in = new FileInputStream(file.toFile());
        try {
            if (file.toString().endsWith(".gz")) in = new GZIPInputStream(in);
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** What the relay reads: N rows of N one-way delays in nanoseconds. {@link #parse} is its inverse. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < nanos.length; i++) text.append(nanos[i]).append(i % size == size - 1 ? '\n' : ' ');
        return text.toString();
    }

    /** Reads {@link #text}. @throws IllegalArgumentException when it is none, for instance half of one */
    static Matrix parse(List<String> rows) {
        int size = rows.size();
        long[] nanos = new long[size * size];
        for (int i = 0; i < size; i++) {
            String[] cells = rows.get(i).split(" ");
            if (cells.length != size) throw new IllegalArgumentException("row " + (i + 1) + ": " + cells.length + " of " + size + " delays");
            for (int j = 0; j < size; j++) nanos[i * size + j] = Long.parseLong(cells[j]);
        }
        return new Matrix(size, nanos);
    }

    private static final class Mistakes {
        private final List<String> found = new ArrayList<>();

        void add(String mistake) {
            found.add(mistake);
        }

        void refuse() throws Refused {
            if (found.isEmpty()) return;
            int more = found.size() - MOST_MISTAKES;
            String text = String.join("\n", found.subList(0, Math.min(found.size(), MOST_MISTAKES)));
            throw new Refused(more > 0 ? text + "\nand " + more + " more" : text);
        }
    }
}
