// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

/**
 * Which size to try next, between one that passes and one that does not (IP MTUs, bytes). The order, made so that the likely answers cost
 * one round trip and a wrong guess costs one time-out:
 *
 * <ol>
 *   <li>the first guess, once: the ceiling after a start, the size used before after a fall. A jumbo path is at its size at once.
 *   <li>1500, as most paths that are not what was configured. It costs a path of 9000 under load nothing and a path of 1500 one time-out.
 *   <li>8 above a well-known size that passed: when it fails, which is likely, all is known.
 *   <li>the ceiling, in earnest.
 *   <li>the middle one of the well-known sizes that are left.
 *   <li>the middle, until 8 bytes are left and no well-known size within.
 * </ol>
 */
final class MtuSearch {
    /** A size passes at least so near to what the path has. */
    static final int ACCURACY = 8;

    static final int COMMON = 1500;
    /** Ethernet less what tunnels, PPPoE, VXLAN, clouds and so on take; FDDI and ATM plateaus (RFC 1191); jumbo frames. Ascending. */
    private static final int[] WELL_KNOWN = {
        1400, 1420, 1440, 1450, 1460, 1472, 1476, 1480, 1492, COMMON, 2002, 4352, 4470, 8000, 8166, 8500, 8896, 8950, 9000
    };

    private final int ceiling;
    private int good;
    private int bad;
    private int first;

    MtuSearch(int base, int ceiling) {
        this.ceiling = ceiling;
        begin(base);
    }

    /** Nothing is known but that the base passes. */
    void begin(int base) {
        good = base;
        bad = ceiling + 1;
        first = ceiling;
    }

    /** What passed passes no more: down to the base; what did not pass is remembered. */
    void fall(int base) {
        first = good;
        good = base;
    }

    void passed(int size) {
        if (size <= good) return;
        good = size;
        if (bad > size) return;
        bad = ceiling + 1;
        first = ceiling;
    }

    /** Certainly: tried often enough, or the interface said so. */
    void tooBig(int size) {
        if (size < bad) bad = size;
    }

    /** One try was lost; a first guess is one no more. */
    void unanswered(int size) {
        if (size == first) first = 0;
    }

    /** The largest that passed, or the base. */
    int good() {
        return good;
    }

    /** The smallest that did not pass, or above the ceiling. */
    int bad() {
        return bad;
    }

    /** Whether there can be anything better at all. */
    boolean atCeiling() {
        return good >= ceiling;
    }

    /** The size to try now, always between good and bad; 0: the search is over. */
    int pick() {
        if (within(first)) return first;
        if (within(COMMON)) return COMMON;
        if (within(good + ACCURACY) && wellKnown(good)) return good + ACCURACY;
        if (within(ceiling)) return ceiling;
        int known = middleWellKnown();
        if (known != 0) return known;
        if (bad - good <= ACCURACY) return 0;
        int middle = good + (bad - good) / 2;
        int round = middle & -ACCURACY;
        return round > good ? round : middle;
    }

    private boolean within(int size) {
        return size > good && size < bad;
    }

    private static boolean wellKnown(int size) {
        for (int known : WELL_KNOWN) if (known == size) return true;
        return false;
    }

    private int middleWellKnown() {
        int low = 0;
        while (low < WELL_KNOWN.length && WELL_KNOWN[low] <= good) low++;
        int high = low;
        while (high < WELL_KNOWN.length && WELL_KNOWN[high] < bad) high++;
        return low == high ? 0 : WELL_KNOWN[low + high >>> 1];
    }
}
