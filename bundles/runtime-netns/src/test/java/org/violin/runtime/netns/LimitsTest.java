// SPDX-License-Identifier: Apache-2.0
package org.violin.runtime.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.violin.api.guest.Guest;
import org.violin.api.model.Limits;

class LimitsTest {
    private static final String EAT = "head -c 100000000 /dev/zero | tail -c 100000000 | wc -c";

    private Lab lab;
    private String group;

    @BeforeEach
    void open() throws Exception {
        lab = new Lab();
        group = "violin-" + Integer.toHexString(lab.folder.toString().hashCode());
        Assumptions.assumeTrue(Cgroups.find(group).missing().isEmpty(), "no cgroup controllers here");
    }

    @AfterEach
    void close() throws Exception {
        if (lab != null) lab.close();
    }

    @Test
    void processes_are_counted() throws Exception {
        Guest guest = lab.start("p", false, new Limits(0, 0, 20));
        Lab.Output bomb = Lab.sh(guest, "i=0; while [ $i -lt 40 ]; do sleep 5 & i=$((i+1)); done; echo all");
        assertTrue(bomb.err().contains("Cannot fork"), bomb.err());
    }

    @Test
    void memory_is_bounded_and_can_be_raised_in_place() throws Exception {
        Guest guest = lab.start("m", false, new Limits(0, 32 << 20, 0));
        assertNotEquals("100000000\n", Lab.sh(guest, EAT).out());
        guest.limits(new Limits(0, 512 << 20, 0));
        assertEquals("100000000\n", Lab.sh(guest, EAT).out());
    }

    @Test
    void processor_time_is_throttled() throws Exception {
        Guest guest = lab.start("c", false, new Limits(0.1, 0, 0));
        Lab.sh(guest, "timeout 1 sh -c 'while :; do :; done'");
        assertTrue(throttled("vg-test:c") > 0);
    }

    @Test
    void a_running_guest_gets_its_first_limit_with_all_its_processes() throws Exception {
        Guest guest = lab.start("late");
        Lab.sh(guest, "sleep 1000 &");
        assertEquals(List.of(), Cgroups.find(group).joins("vg-test:late"));
        guest.limits(new Limits(0, 64 << 20, 100));
        List<String> joins = Cgroups.find(group).joins("vg-test:late");
        assertTrue(joins.size() > 0);
        for (String join : joins) assertEquals(2, Files.readAllLines(Path.of(join)).size(), join);
    }

    private long throttled(String guest) throws Exception {
        for (String join : Cgroups.find(group).joins(guest)) {
            Path stat = Path.of(join).resolveSibling("cpu.stat");
            if (!Files.exists(stat)) continue;
            for (String line : Files.readAllLines(stat)) {
                if (line.startsWith("nr_throttled ")) return Long.parseLong(line.split(" ")[1]);
            }
        }
        throw new AssertionError("no cpu.stat");
    }
}
