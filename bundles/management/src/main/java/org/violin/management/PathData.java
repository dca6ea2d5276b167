// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import org.violin.api.measure.PathFigure;

/** The path from one host to another as composite data. */
public final class PathData {
    private final PathFigure figure;

    PathData(PathFigure figure) {
        this.figure = figure;
    }

    public String getFrom() {
        return figure.from();
    }

    public String getTo() {
        return figure.to();
    }

    public double getRttFastMicros() {
        return figure.rttFastMicros();
    }

    public double getRttSlowMicros() {
        return figure.rttSlowMicros();
    }

    /** Share lost, 0 to 1. */
    public double getLossFast() {
        return figure.lossFast();
    }

    /** Share lost, 0 to 1. */
    public double getLossSlow() {
        return figure.lossSlow();
    }

    /** Highest rate seen lately; 0: not known. */
    public double getMegabitsPerSecond() {
        return figure.megabitsPerSecond();
    }

    public long getProbesSent() {
        return figure.probesSent();
    }

    public long getProbesLost() {
        return figure.probesLost();
    }

    /** -1: there is no sample. */
    public long getAgeMillis() {
        return figure.ageMillis();
    }

    /** {@code MEASURED}, {@code ESTIMATED} or {@code NONE}. */
    public String getSource() {
        return figure.source().name();
    }
}
