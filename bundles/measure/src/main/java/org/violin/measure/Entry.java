// SPDX-License-Identifier: Apache-2.0
package org.violin.measure;

/**
 * What a host says of its path to another one.
 *
 * @param atNanos when it was so, on this host's clock
 */
record Entry(double fastMicros, double slowMicros, double lossFast, double lossSlow, double megabits, long sent, long lost, long atNanos) {
    /** All values are such as a path can have. */
    boolean sound() {
        return rtt(fastMicros) && rtt(slowMicros) && share(lossFast) && share(lossSlow) && megabits >= 0 && megabits < 1e7
                && sent >= 0 && lost >= 0 && lost <= sent;
    }

    private static boolean rtt(double micros) {
        return micros > 0 && micros <= PathMeter.ABSURD_MICROS;
    }

    private static boolean share(double share) {
        return share >= 0 && share <= 1;
    }
}
