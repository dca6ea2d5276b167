// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FpingTest {
    @Test
    void paddedNamesLossesAndOtherLinesAreRead() {
        String said = "10.0.1.2  : 0.031 0.036\nfd00:1::3 : - 12\n10.0.1.4  : - -\nICMP Host Unreachable from 10.0.1.1 for ICMP Echo sent to 10.0.1.9\n"
                + "10.0.1.9 : duplicate for [0], 64 bytes, 0.03 ms\n";
        Map<String, List<Double>> wanted = Map.of("10.0.1.2", List.of(0.031, 0.036), "fd00:1::3", List.of(12.0), "10.0.1.4", List.of());
        assertEquals(wanted, Fping.parse(said));
    }

    @Test
    void targetsComeOnStandardInput() {
        assertEquals("fping -q -C 3 -p 200 -t 2000 -i 2 -f -", String.join(" ", Fping.command(3)));
    }
}
