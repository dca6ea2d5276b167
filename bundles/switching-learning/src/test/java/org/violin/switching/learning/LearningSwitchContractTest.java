// SPDX-License-Identifier: Apache-2.0
package org.violin.switching.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.SwitchLogic;
import org.violin.api.dataplane.SwitchProvider;
import org.violin.frame.Ethernet;
import org.violin.testkit.dataplane.SampleFrames;
import org.violin.testkit.dataplane.SwitchContract;

/** The contract, and what a learning switch adds to it. */
final class LearningSwitchContractTest extends SwitchContract {
    private final SwitchLogic logic = new LearningSwitchProvider().create(Map.of("ageing", "300"));

    @Override
    protected SwitchProvider provider() {
        return new LearningSwitchProvider();
    }

    private int send(int port, int from, int to) {
        return ask(logic, port, SampleFrames.plain(SampleFrames.station(to), SampleFrames.station(from), "x"));
    }

    @Test
    void aStationIsFoundWhereItLastSpoke() {
        assertEquals(SwitchLogic.FLOOD, send(1, 10, 20));
        assertEquals(1, send(2, 20, 10));
        assertEquals(2, send(1, 10, 20));
        send(3, 10, 20);
        assertEquals(3, send(2, 20, 10));
    }

    @Test
    void aFrameForAStationOnItsOwnPortIsNotSentBack() {
        send(1, 10, 20);
        assertEquals(SwitchLogic.DROP, send(1, 11, 10));
    }

    @Test
    void aSilentStationIsForgottenAfterTheAgeingTime() {
        send(1, 10, 20);
        now += 299_000_000_000L;
        assertEquals(1, send(2, 20, 10));
        now += 2_000_000_000L;
        assertEquals(SwitchLogic.FLOOD, send(2, 20, 10));
    }

    @Test
    void theAgesOfAddressesCrossAChangeOfLogic() {
        send(1, 10, 20);
        now += 200_000_000_000L;
        send(2, 11, 20);
        SwitchLogic next = new LearningSwitchProvider().create(Map.of("ageing", "300"), logic.release());
        now += 150_000_000_000L;
        assertEquals(SwitchLogic.FLOOD, ask(next, 3, SampleFrames.plain(SampleFrames.station(10), SampleFrames.station(12), "x")));
        assertEquals(2, ask(next, 3, SampleFrames.plain(SampleFrames.station(11), SampleFrames.station(12), "x")));
    }

    @Test
    void aSmallerTableKeepsItsBound() {
        for (int i = 1; i <= 1000; i++) send(1, i, 5000);
        SwitchLogic next = new LearningSwitchProvider().create(Map.of("table", "16"), logic.release());
        assertEquals(16, ((LearningSwitch) next).macs().size());
    }

    @Test
    void aRecordWithARightCheckSumAndWrongContentIsIgnored() {
        java.nio.ByteBuffer data = java.nio.ByteBuffer.allocate(4 + 20 + 1 + 4).putInt(1).putLong(0x0100_0000_0001L).putInt(70_000);
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(data.array(), 0, 25);
        data.putInt(25, (int) crc.getValue());
        var next = (LearningSwitch) new LearningSwitchProvider().create(Map.of(), new org.violin.api.dataplane.HandOver("mac-table", 1, data.array()));
        assertEquals(0, next.macs().size());
    }

    @Test
    void groupAndZeroSourcesAreNeverLearnt() {
        ask(logic, 1, SampleFrames.plain(SampleFrames.station(1), Ethernet.ofIpv4Group(0xe1020304), "forged"));
        ask(logic, 1, SampleFrames.plain(SampleFrames.station(1), 0, "forged"));
        assertEquals(0, ((LearningSwitch) logic).macs().size());
        assertEquals(SwitchLogic.FLOOD, ask(logic, 2, SampleFrames.plain(0, SampleFrames.station(2), "to zero")));
    }

    @Test
    void framesForTheNeighbourOnlyAreNotForwarded() {
        for (int last = 0; last < 16; last++) {
            byte[] frame = SampleFrames.plain(0x0180_c200_0000L + last, SampleFrames.station(1), "stp, lldp");
            assertEquals(SwitchLogic.DROP, ask(logic, 1, frame));
        }
        assertEquals(SwitchLogic.FLOOD, ask(logic, 1, SampleFrames.plain(0x0180_c200_0010L, SampleFrames.station(1), "not reserved")));
    }
}
