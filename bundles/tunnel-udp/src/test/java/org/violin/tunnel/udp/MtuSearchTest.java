// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MtuSearchTest {
    private static List<Integer> order(MtuSearch search, int path) {
        List<Integer> tried = new ArrayList<>();
        for (int size = search.pick(); size != 0; size = search.pick()) {
            assertTrue(size > search.good() && size < search.bad(), "of use: " + size);
            tried.add(size);
            int before = search.pick();
            if (size <= path) {
                search.passed(size);
            } else {
                search.unanswered(size);
                if (search.pick() == before) search.tooBig(size);
            }
        }
        return tried;
    }

    @Test
    void theLikelySizesComeFirst() {
        assertEquals(List.of(9000), order(new MtuSearch(1280, 9000), 9000));
        assertEquals(List.of(9000, 1500, 1508), order(new MtuSearch(1280, 9000), 1500));
        assertEquals(List.of(1500), order(new MtuSearch(1280, 1500), 1500));
        assertEquals(List.of(), order(new MtuSearch(1280, 1280), 1280));
    }

    @Test
    void everyPathIsFoundInFewSteps() {
        int most = 0;
        for (int ceiling = 1280; ceiling <= 9000; ceiling += 13) {
            for (int path = 1280; path <= ceiling; path += 7) {
                MtuSearch search = new MtuSearch(1280, ceiling);
                most = Math.max(most, order(search, path).size());
                assertTrue(search.good() <= path && path - search.good() < 8, ceiling + " " + path + " " + search.good());
            }
        }
        assertTrue(most <= 18, "steps: " + most);
    }

    @Test
    void afterAFallTheFormerSizeIsTriedFirstAndWhatFailedIsNotTriedAgain() {
        MtuSearch search = new MtuSearch(1280, 9000);
        order(search, 4352);
        search.fall(1280);
        List<Integer> tried = order(search, 1500);
        assertEquals(4352, tried.get(0));
        assertTrue(tried.stream().allMatch(size -> size <= 4352), tried.toString());
        assertEquals(1500, search.good());
        search.passed(1508);
        assertEquals(9000, search.pick(), "what was too big passes: all is open again");
    }
}
