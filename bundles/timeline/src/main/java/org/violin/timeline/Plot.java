// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One plot over time as SVG: lines, bands where something is out, and marks of events. Colours come from the page's style. Pure. */
final class Plot {
    private static final int WIDTH = 940;
    private static final int LEFT = 64;
    private static final int RIGHT = 12;
    private static final int TOP = 10;
    private static final int BOTTOM = 26;
    /** More points than pixels are drawn as the extremes of each pixel. */
    private static final int COLUMNS = WIDTH - LEFT - RIGHT;
    private static final double[] STEPS = {1, 2, 5, 10};

    private final int height;
    private final double lastMillis;
    private final String unit;
    private final List<String> lines = new ArrayList<>();
    private final List<double[][]> data = new ArrayList<>();
    private final List<Boolean> stairs = new ArrayList<>();
    private final List<double[]> bands = new ArrayList<>();
    private final List<String> bandTexts = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();

    private record Mark(double millis, String text) {}

    Plot(int height, double lastMillis, String unit) {
        this.height = height;
        this.lastMillis = Math.max(1, lastMillis);
        this.unit = unit;
    }

    /** A line; NaN makes a gap. {@code stairs}: the value holds until the next. */
    Plot line(String name, double[] millis, double[] values, boolean stairs) {
        lines.add(name);
        data.add(new double[][] {millis, values});
        this.stairs.add(stairs);
        return this;
    }

    Plot band(double from, double to, String text) {
        bands.add(new double[] {from, to});
        bandTexts.add(text);
        return this;
    }

    Plot mark(double millis, String text) {
        marks.add(new Mark(millis, text));
        return this;
    }

    private double x(double millis) {
        return LEFT + Math.max(0, Math.min(1, millis / lastMillis)) * COLUMNS;
    }

    private static String n(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    /** 1234567 as 1.23M. */
    static String si(double value) {
        double a = Math.abs(value);
        String[] units = {"", "k", "M", "G", "T"};
        int u = 0;
        while (a >= 1000 && u < units.length - 1) {
            a /= 1000;
            value /= 1000;
            u++;
        }
        String text = String.format(Locale.ROOT, a >= 100 ? "%.0f" : a >= 10 ? "%.1f" : "%.2f", value);
        if (text.contains(".")) text = text.replaceAll("0+$", "").replaceAll("\\.$", "");
        return text + units[u];
    }

    private static double step(double range, int ticks) {
        double raw = range / ticks;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        for (double s : STEPS) if (s * power >= raw) return s * power;
        return 10 * power;
    }

    String svg(String label) {
        double most = 0;
        for (double[][] d : data) for (double v : d[1]) if (!Double.isNaN(v)) most = Math.max(most, v);
        double step = step(most <= 0 ? 1 : most, 4);
        double top = Math.max(step, Math.ceil(most / step - 1e-9) * step);
        int bottom = height - BOTTOM;
        StringBuilder s = new StringBuilder();
        s.append("<svg class=\"plot\" role=\"img\" aria-label=\"").append(Report.escape(label)).append("\" viewBox=\"0 0 ").append(WIDTH).append(' ').append(height).append("\">");
        for (int i = 0; i < bands.size(); i++) {
            double a = x(bands.get(i)[0]);
            s.append("<rect class=\"band\" x=\"").append(n(a)).append("\" y=\"").append(TOP).append("\" width=\"").append(n(Math.max(1, x(bands.get(i)[1]) - a)))
                    .append("\" height=\"").append(bottom - TOP).append("\"><title>").append(Report.escape(bandTexts.get(i))).append("</title></rect>");
        }
        for (double v = 0; v <= top + step / 2; v += step) {
            double y = y(v, top, bottom);
            s.append("<line class=\"grid\" x1=\"").append(LEFT).append("\" x2=\"").append(WIDTH - RIGHT).append("\" y1=\"").append(n(y)).append("\" y2=\"").append(n(y)).append("\"/>");
            s.append("<text class=\"tick\" text-anchor=\"end\" x=\"").append(LEFT - 6).append("\" y=\"").append(n(y + 4)).append("\">").append(si(v)).append(v + step / 2 >= top ? " " + unit : "").append("</text>");
        }
        double time = step(lastMillis / 1000, 10);
        for (double t = 0; t <= lastMillis / 1000 + 1e-9; t += time) {
            s.append("<text class=\"tick\" text-anchor=\"middle\" x=\"").append(n(x(t * 1000))).append("\" y=\"").append(height - 8).append("\">").append(si(t)).append(" s</text>");
        }
        for (Mark m : marks) {
            s.append("<line class=\"mark\" x1=\"").append(n(x(m.millis))).append("\" x2=\"").append(n(x(m.millis))).append("\" y1=\"").append(TOP).append("\" y2=\"").append(bottom)
                    .append("\"><title>").append(Report.escape(m.text)).append("</title></line>");
        }
        for (int i = 0; i < lines.size(); i++) {
            s.append("<path class=\"line c").append(i % 6).append("\" d=\"").append(path(data.get(i), stairs.get(i), top, bottom)).append("\"><title>")
                    .append(Report.escape(lines.get(i))).append("</title></path>");
        }
        s.append("</svg>");
        if (lines.size() > 1) {
            s.append("<p class=\"key\">");
            for (int i = 0; i < lines.size(); i++) s.append("<span class=\"k").append(i % 6).append("\">").append(Report.escape(lines.get(i))).append("</span> ");
            s.append("</p>");
        }
        return s.append('\n').toString();
    }

    private double y(double value, double top, int bottom) {
        return bottom - value / top * (bottom - TOP);
    }

    private String path(double[][] d, boolean stair, double top, int bottom) {
        StringBuilder path = new StringBuilder();
        boolean pen = false;
        double last = 0;
        int count = Math.min(d[0].length, d[1].length);
        int each = Math.max(1, (count + 2 * COLUMNS - 1) / (2 * COLUMNS));
        for (int i = 0; i < count; i += each) {
            double low = Double.NaN;
            double high = Double.NaN;
            for (int k = i; k < Math.min(count, i + each); k++) {
                if (Double.isNaN(d[1][k])) continue;
                low = Double.isNaN(low) ? d[1][k] : Math.min(low, d[1][k]);
                high = Double.isNaN(high) ? d[1][k] : Math.max(high, d[1][k]);
            }
            if (Double.isNaN(low)) {
                pen = false;
                continue;
            }
            double x = x(d[0][i]);
            if (pen && stair) path.append('L').append(n(x)).append(' ').append(n(last));
            path.append(pen ? 'L' : 'M').append(n(x)).append(' ').append(n(y(high, top, bottom)));
            if (low < high) path.append('L').append(n(x)).append(' ').append(n(y(low, top, bottom)));
            last = y(low, top, bottom);
            // A point without neighbours would not be seen.
            if (!pen) path.append("h0.1");
            pen = true;
        }
        return path.toString();
    }
}
