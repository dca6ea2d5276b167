// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Aligned columns under upper-case heads. Figures stand right, cells may have several lines, states have a colour on a terminal. */
final class Table {
    private static final Set<String> GOOD = Set.of("ready", "up", "yes", "pass");
    private static final Set<String> BAD = Set.of("failed", "down", "degraded", "no", "fail", "expelled", TunnelsVerb.CLEAR);
    private static final Set<String> OPEN = Set.of("pending", "changing", "destroying", "unknown", "warn", "untested");

    private final List<String> heads;
    private final List<List<List<String>>> rows = new ArrayList<>();

    Table(String... heads) {
        this.heads = List.of(heads);
    }

    /** Adds a row: a list is a cell of several lines, anything else is printed. */
    Table row(Object... cells) {
        List<List<String>> row = new ArrayList<>();
        for (Object cell : cells) {
            List<String> lines = cell instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of(String.valueOf(cell));
            row.add(lines.isEmpty() ? List.of("") : lines);
        }
        rows.add(row);
        return this;
    }

    String text(boolean colour) {
        int[] width = new int[heads.size()];
        boolean[] figures = new boolean[heads.size()];
        for (int c = 0; c < width.length; c++) {
            width[c] = heads.get(c).length();
            figures[c] = !rows.isEmpty();
            for (List<List<String>> row : rows) {
                for (String line : row.get(c)) {
                    width[c] = Math.max(width[c], line.length());
                    figures[c] &= line.matches("-?[0-9][0-9.]*|-|");
                }
            }
        }
        StringBuilder s = new StringBuilder();
        List<String> line = heads.stream().map(h -> h.toUpperCase(Locale.ROOT)).toList();
        append(s, line, width, figures, colour ? "\u001b[1m" : "");
        for (List<List<String>> row : rows) {
            int lines = row.stream().mapToInt(List::size).max().orElse(1);
            for (int l = 0; l < lines; l++) {
                int at = l;
                append(s, row.stream().map(cell -> at < cell.size() ? cell.get(at) : "").toList(), width, figures, colour ? null : "");
            }
        }
        return s.toString();
    }

    private static void append(StringBuilder s, List<String> cells, int[] width, boolean[] figures, String style) {
        StringBuilder line = new StringBuilder();
        for (int c = 0; c < width.length; c++) {
            String cell = cells.get(c);
            String pad = " ".repeat(width[c] - cell.length());
            String shade = style == null ? shade(cell) : style;
            String shown = shade.isEmpty() || cell.isEmpty() ? cell : shade + cell + "\u001b[0m";
            line.append(c == 0 ? "" : "  ").append(figures[c] ? pad + shown : shown + pad);
        }
        s.append(line.toString().stripTrailing()).append('\n');
    }

    private static String shade(String cell) {
        if (GOOD.contains(cell)) return "\u001b[32m";
        if (BAD.contains(cell)) return "\u001b[31m";
        return OPEN.contains(cell) ? "\u001b[33m" : "";
    }
}
