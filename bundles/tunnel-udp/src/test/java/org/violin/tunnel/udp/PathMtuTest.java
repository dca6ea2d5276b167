// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.violin.tunnel.udp.SimulatedPath.MS;
import static org.violin.tunnel.udp.SimulatedPath.SECOND;
import static org.violin.tunnel.udp.SimulatedPath.TICK;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Path MTU discovery against a simulated path; all times are simulated. */
final class PathMtuTest {
    private static final long CONFIRM = SECOND;
    private static final long RAISE = 60 * SECOND;

    private static SimulatedPath path(long seed, int ceiling, int mtu) {
        return new SimulatedPath(seed, ceiling, mtu, CONFIRM, RAISE);
    }

    /** A confirmation just passed, then so many are lost, each seen a tick too late; and one more without a witness. */
    private static long detection(SimulatedPath path, int tries) {
        return CONFIRM + TICK + (tries + 1) * (path.rtt.timeoutNanos() + TICK);
    }

    @ParameterizedTest
    @ValueSource(ints = {1280, 1281, 1400, 1500, 4352, 9000})
    void aPathAsWideAsTheCeilingIsKnownAfterOneRoundTrip(int ceiling) {
        SimulatedPath path = path(1, ceiling, ceiling);
        path.up();
        path.run(20 * MS);
        assertEquals(ceiling, path.prober.current());
        assertFalse(path.prober.searching());
        assertTrue(path.probes <= 2, "probes: " + path.probes);
        path.run(300 * SECOND);
        assertEquals(ceiling == 1280 ? List.of() : List.of(ceiling), path.changes);
    }

    @Test
    void aCommonPathBelowAJumboCeilingIsUsedSoon() {
        for (long rtt : new long[] {200_000, 20 * MS, 100 * MS, 300 * MS}) {
            SimulatedPath path = path(2, 9000, 1500);
            path.forthNanos = path.backNanos = rtt / 2;
            path.up();
            long timeout = Math.max(100 * MS, 3 * rtt);
            long used = path.until(() -> path.prober.current() == 1500, timeout + TICK + rtt);
            assertTrue(used >= 0, "1500 in time, rtt " + rtt);
            long over = path.until(() -> !path.prober.searching(), 4 * (timeout + TICK));
            assertTrue(over >= 0, "search over in time, rtt " + rtt);
            System.out.printf("rtt %.1f ms: 1500 used after %d ms, search over after %d ms%n", rtt / 1e6, used / MS, (used + over) / MS);
            assertEquals(List.of(1500), path.changes);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "9000,8950", "9000,8896", "9000,8500", "9000,8000", "9000,4352", "9000,1492", "9000,1420", "9000,1400", "1500,1492", "1500,1480",
        "1500,1476", "1500,1472", "1500,1460", "1500,1450", "1500,1440", "1500,1420", "1500,1400", "1450,1420"
    })
    void wellKnownSizesAreFoundExactly(int ceiling, int mtu) {
        SimulatedPath path = path(3, ceiling, mtu);
        path.up();
        assertTrue(path.until(() -> !path.prober.searching(), 5 * SECOND) >= 0);
        assertEquals(mtu, path.prober.current());
        assertEquals(0, path.longestTooLargeNanos);
    }

    @Test
    void anySizeIsFoundWithinEightBytes() {
        Random random = new Random(4);
        for (int i = 0; i < 300; i++) {
            int ceiling = 1280 + random.nextInt(9000 - 1280 + 1);
            int mtu = 1280 + random.nextInt(ceiling - 1280 + 1);
            SimulatedPath path = path(i, ceiling, mtu);
            path.up();
            assertTrue(path.until(() -> !path.prober.searching(), 10 * SECOND) >= 0, ceiling + " " + mtu);
            int found = path.prober.current();
            assertTrue(found <= mtu && (found == mtu || mtu - found < 8), "ceiling " + ceiling + " path " + mtu + " found " + found);
            assertEquals(0, path.longestTooLargeNanos);
        }
    }

    @ParameterizedTest
    @CsvSource({"9000,1500", "9000,1280", "9000,8000", "1500,1492", "1500,1399", "1480,1281"})
    void aBlackHoleIsFoundAndTheSmallerSizeUsed(int before, int after) {
        SimulatedPath path = path(5, before, before);
        path.up();
        path.run(10 * SECOND + 123 * MS);
        assertEquals(before, path.prober.current());
        path.mtu = after;
        long detected = path.until(() -> path.prober.current() == 1280, detection(path, 3));
        System.out.println("from " + before + " to " + after + " known after " + detected / MS + " ms");
        assertTrue(detected >= 0, "down in time");
        assertEquals(1, path.prober.blackHoles());
        path.run(5 * SECOND);
        assertTrue(after - path.prober.current() < 8 && path.prober.current() <= after, "found " + path.prober.current());
        path.run(600 * SECOND);
        assertEquals(1, path.prober.blackHoles());
    }

    @Test
    void aGrownPathIsUsedAfterTheNextAttemptToRaise() {
        SimulatedPath path = path(6, 9000, 1500);
        path.up();
        path.run(10 * SECOND);
        path.mtu = 8950;
        assertTrue(path.until(() -> path.prober.current() == 8950, RAISE + 5 * SECOND) >= 0);
        path.mtu = 9000;
        assertTrue(path.until(() -> path.prober.current() == 9000, RAISE + 5 * SECOND) >= 0);
        assertEquals(0, path.prober.blackHoles());
    }

    @Test
    void aRefusalOfTheInterfaceEndsASizeAtOnceAndOneOfDataFallsToTheBase() {
        SimulatedPath path = path(7, 9000, 9000);
        path.interfaceMtu = 1500;
        path.up();
        path.run(20 * MS);
        assertEquals(1500, path.prober.current(), "the next size was tried in the same instant");
        path.run(10 * SECOND);
        assertEquals(1500, path.prober.current());
        path.interfaceMtu = 1420;
        path.prober.refused(1500, path.now);
        assertEquals(1280, path.prober.current());
        path.run(SECOND);
        assertEquals(1420, path.prober.current());
        path.interfaceMtu = 1200;
        path.prober.refused(1420, path.now);
        path.prober.refused(1280, path.now);
        path.run(RAISE * 2);
        assertEquals(1280, path.prober.current(), "there is nothing below the base");
        path.interfaceMtu = 9000;
        path.run(RAISE + 5 * SECOND);
        assertEquals(9000, path.prober.current());
        assertEquals(0, path.prober.blackHoles());
    }

    @Test
    void aDetourThatIsNarrowerAndLongerIsABlackHoleToo() {
        SimulatedPath path = path(14, 9000, 9000);
        path.forthNanos = path.backNanos = MS;
        path.up();
        path.run(10 * SECOND);
        path.mtu = 1500;
        path.forthNanos = path.backNanos = 150 * MS;
        assertTrue(path.until(() -> path.prober.current() == 1280, 5 * SECOND) >= 0);
        path.run(5 * SECOND);
        assertEquals(1500, path.prober.current());
    }

    @ParameterizedTest
    @CsvSource({"0.1,0", "0,0.1", "0.05,0.05", "0.1,0.1"})
    void randomLossDoesNotMakeItFlap(double forth, double back) {
        long atSize = 0;
        int falls = 0;
        int runs = 20;
        for (int seed = 0; seed < runs; seed++) {
            SimulatedPath path = path(seed, 9000, seed % 2 == 0 ? 9000 : 1500);
            path.forthLoss = forth;
            path.backLoss = back;
            path.up();
            path.run(60 * SECOND);
            for (int i = 0; i < 1800; i++) {
                path.run(SECOND);
                if (path.mtu - path.prober.current() < 8) atSize++;
            }
            falls += path.prober.blackHoles();
            assertEquals(0, path.longestTooLargeNanos);
        }
        System.out.println("loss " + forth + " " + back + ": falls in 10 hours " + falls + ", at size " + atSize / (1800.0 * runs));
        assertTrue(falls <= 3, "falls in ten hours: " + falls);
        assertTrue(atSize >= 0.999 * 1800 * runs, "seconds at the path's size: " + atSize);
    }

    @Test
    void aBlackHoleIsFoundOnALossyPathToo() {
        for (int seed = 0; seed < 50; seed++) {
            SimulatedPath path = path(seed, 9000, 9000);
            path.forthLoss = 0.05;
            path.backLoss = 0.05;
            path.up();
            path.run(100 * SECOND);
            path.mtu = 1500;
            long limit = detection(path, 8) + 2 * (path.rtt.timeoutNanos() + TICK);
            assertTrue(path.until(() -> path.prober.current() == 1280, limit) >= 0, "down in time, seed " + seed);
            assertTrue(path.until(() -> path.prober.current() >= 1500 - 8, 5 * SECOND) >= 0, "up again, seed " + seed);
        }
    }

    @Test
    void anOutageIsNoBlackHole() {
        SimulatedPath path = path(8, 9000, 9000);
        path.up();
        path.run(5 * SECOND);
        for (int i = 0; i < 20; i++) {
            path.cut = true;
            path.run(2900 * MS + i * 7 * MS);
            path.cut = false;
            path.run(3 * SECOND);
        }
        assertEquals(List.of(9000), path.changes);
        assertEquals(0, path.prober.blackHoles());
    }

    @Test
    void aSuddenDelayIsNoBlackHole() {
        SimulatedPath path = path(9, 9000, 9000);
        path.up();
        path.run(5 * SECOND);
        path.forthNanos = 700 * MS;
        path.run(30 * SECOND);
        path.forthNanos = 10 * MS;
        path.run(30 * SECOND);
        assertEquals(List.of(9000), path.changes);
    }

    @Test
    void aPeerThatHearsUsOnlyLaterIsNotTakenForANarrowPath() {
        SimulatedPath path = path(10, 1500, 1500);
        path.cut = true;
        path.up();
        path.run(7 * SECOND);
        assertEquals(1280, path.prober.current());
        path.cut = false;
        assertTrue(path.until(() -> path.prober.current() == 1500, 2 * SECOND) >= 0);
    }

    @Test
    void anArisenPeerIsSearchedAnewAndOldAnswersAreIgnored() {
        SimulatedPath path = path(11, 9000, 9000);
        path.up();
        path.run(10 * SECOND);
        path.prober.stop();
        path.run(10 * SECOND);
        assertEquals(9000, path.prober.current());
        long before = path.now;
        path.run(SECOND);
        path.mtu = 1500;
        path.up();
        assertEquals(1280, path.prober.current(), "at once");
        path.prober.answered(9000, before, path.now);
        path.prober.answered(9000, path.now + 1, path.now);
        path.prober.answered(9001, path.now, path.now);
        assertEquals(1280, path.prober.current());
        path.run(3 * SECOND);
        assertEquals(1500, path.prober.current());
    }

    @Test
    void probesAreFewWhenAllIsKnown() {
        for (int[] sizes : new int[][] {{9000, 9000}, {9000, 1500}, {9000, 8950}, {1500, 1400}, {9000, 1280}}) {
            SimulatedPath path = path(12, sizes[0], sizes[1]);
            path.up();
            path.run(20 * SECOND);
            long bytes = path.probeBytes;
            path.run(600 * SECOND);
            double rate = (path.probeBytes - bytes) / 600.0;
            System.out.printf("ceiling %d path %d: %.0f probe bytes/s%n", sizes[0], sizes[1], rate);
            assertTrue(rate < 1.2 * sizes[1] + 100, "bytes per second: " + rate);
        }
    }

    @Test
    void aDeadPathIsNotFlooded() {
        SimulatedPath path = path(13, 9000, 9000);
        path.up();
        path.run(5 * SECOND);
        path.cut = true;
        path.run(20 * SECOND);
        long bytes = path.probeBytes;
        path.run(60 * SECOND);
        assertTrue((path.probeBytes - bytes) / 60 <= 2 * (9000 + 1280), "bytes per second: " + (path.probeBytes - bytes) / 60);
    }

    @Test
    void throughChangesOfAllKindsDataIsNeverTooLargeForLong() {
        for (int seed = 100; seed < 160; seed++) {
            SimulatedPath path = path(seed, 9000, 1500);
            Random random = path.random;
            path.up();
            path.forthNanos = 1 + random.nextInt((int) (80 * MS));
            path.backNanos = 1 + random.nextInt((int) (80 * MS));
            path.jitter = random.nextInt((int) (20 * MS));
            double loss = random.nextInt(3) * 0.02;
            path.forthLoss = loss * random.nextDouble();
            path.backLoss = loss - path.forthLoss;
            for (int change = 0; change < 40; change++) {
                path.mtu = random.nextBoolean() ? 1280 + random.nextInt(7721) : new int[] {1280, 1500, 1492, 1400, 9000}[random.nextInt(5)];
                if (random.nextInt(5) == 0) path.up();
                long wait = random.nextInt(100) * SECOND + random.nextInt((int) SECOND);
                if (path.prober.current() > path.mtu) wait = Math.max(wait, 20 * SECOND);
                path.run(wait);
            }
            long limit = detection(path, loss == 0 ? 3 : 8) + (loss == 0 ? 0 : 4 * (path.rtt.timeoutNanos() + TICK));
            assertTrue(path.longestTooLargeNanos <= limit, "seed " + seed + ": " + path.longestTooLargeNanos / MS + " of " + limit / MS + " ms");
            path.forthLoss = path.backLoss = 0;
            path.run(3 * RAISE);
            int found = path.prober.current();
            assertTrue(found <= path.mtu && path.mtu - found < 8, "seed " + seed + " path " + path.mtu + " found " + found);
        }
    }

    @Test
    void aCeilingOutOfRangeIsRefused() {
        for (int ceiling : new int[] {1279, 9001}) {
            assertThrows(IllegalArgumentException.class, () -> path(0, ceiling, 1500));
        }
    }
}
