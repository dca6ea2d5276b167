// SPDX-License-Identifier: Apache-2.0
package org.violin.switching.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.SwitchLogic;
import org.violin.frame.GroupRecord;
import org.violin.frame.Igmp;
import org.violin.frame.Ipv4;
import org.violin.frame.Mld;
import org.violin.testkit.dataplane.SampleFrames;

/** RFC 4541 on a switch with a router on port 0, members on 1 and 2, a source on 3 and a bystander on 4. */
final class SnoopingTest {
    private static final int ROUTER = 0x0a000001;
    private static final int GROUP = 0xe1020304;
    private static final int ALL_HOSTS = 0xe0000001;
    private static final byte[] LINK_LOCAL = v6(0xfe80, 1);
    private static final byte[] GROUP6 = v6(0xff05, 0x1234);
    private static final byte[] ALL_NODES = v6(0xff02, 1);

    private final SwitchLogic logic = new LearningSwitchProvider().create(Map.of());
    private final Set<Integer> some = new TreeSet<>();
    private long now = Long.MAX_VALUE - 1_000_000_000L;

    private int ask(int port, byte[] frame) {
        some.clear();
        ByteBuffer record = SampleFrames.record(frame);
        return logic.egress(port, record, 0, record.capacity(), now, some::add);
    }

    private void pass(long seconds) {
        now += seconds * 1_000_000_000L;
    }

    private int query() {
        return ask(0, SampleFrames.igmp(1, ROUTER, ALL_HOSTS, Igmp.QUERY, 0));
    }

    private int report(int port) {
        return ask(port, SampleFrames.igmp(10 + port, 0x0a000010 + port, GROUP, Igmp.REPORT_V2, GROUP));
    }

    private int data(int group) {
        return ask(3, SampleFrames.ipv4(13, 0x0a000013, group, Ipv4.PROTOCOL_UDP, new byte[20]));
    }

    private void assertGoesTo(Set<Integer> ports, int verdict) {
        assertEquals(SwitchLogic.SOME, verdict);
        assertEquals(ports, some);
    }

    @Test
    void aReportGoesToTheRouterOnly() {
        assertEquals(SwitchLogic.FLOOD, query());
        assertGoesTo(Set.of(0), report(1));
    }

    @Test
    void aReportGoesNowhereWithoutARouter() {
        assertEquals(SwitchLogic.DROP, report(1));
    }

    @Test
    void aPimHelloMakesARouterPortForItsHoldTime() {
        assertEquals(SwitchLogic.FLOOD, ask(4, SampleFrames.ipv4(14, 1, Ipv4.ALL_PIM_ROUTERS, Ipv4.PROTOCOL_PIM, new byte[8])));
        assertGoesTo(Set.of(4), report(1));
        pass(106);
        assertEquals(SwitchLogic.DROP, report(1));
    }

    @Test
    void dataGoesToMembersAndRouterOnceAllHadTimeToAnswer() {
        query();
        report(1);
        report(2);
        assertEquals(SwitchLogic.FLOOD, data(GROUP));
        pass(13);
        assertGoesTo(Set.of(0, 1, 2), data(GROUP));
    }

    @Test
    void dataIsFloodedWithoutAQuerierAndForUnknownGroups() {
        report(1);
        pass(13);
        assertEquals(SwitchLogic.FLOOD, data(GROUP));
        query();
        pass(13);
        assertEquals(SwitchLogic.FLOOD, data(0xe1090909));
    }

    @Test
    void whenTheQuerierIsSilentForLongDataIsFloodedAgain() {
        query();
        report(1);
        pass(13);
        assertGoesTo(Set.of(0, 1), data(GROUP));
        pass(243);
        assertEquals(SwitchLogic.FLOOD, data(GROUP));
    }

    @Test
    void aMemberThatLeavesGetsNothingAfterAMoment() {
        query();
        report(1);
        report(2);
        pass(13);
        assertGoesTo(Set.of(0), ask(1, SampleFrames.igmp(11, 1, 0xe0000002, Igmp.LEAVE, GROUP)));
        assertGoesTo(Set.of(0, 1, 2), data(GROUP));
        pass(4);
        assertGoesTo(Set.of(0, 2), data(GROUP));
    }

    @Test
    void aLeaveIsTakenBackByTheNextReportOfAnotherListenerOnThatPort() {
        query();
        report(1);
        pass(13);
        ask(1, SampleFrames.igmp(11, 1, 0xe0000002, Igmp.LEAVE, GROUP));
        report(1);
        pass(4);
        assertGoesTo(Set.of(0, 1), data(GROUP));
    }

    @Test
    void membersThatNoLongerAnswerAreForgotten() {
        query();
        report(1);
        report(2);
        pass(200);
        query();
        report(2);
        pass(61);
        assertGoesTo(Set.of(0, 2), data(GROUP));
    }

    @Test
    void version3ReportsJoinAndLeave() {
        query();
        pass(13);
        assertGoesTo(Set.of(0), ask(1, SampleFrames.igmp3(11, 1, GroupRecord.TO_EXCLUDE, GROUP)));
        assertGoesTo(Set.of(0, 1), data(GROUP));
        ask(1, SampleFrames.igmp3(11, 1, GroupRecord.TO_INCLUDE, GROUP));
        pass(4);
        assertEquals(SwitchLogic.FLOOD, data(GROUP));
    }

    @Test
    void linkLocalGroupsAreAlwaysFlooded() {
        query();
        ask(1, SampleFrames.igmp(11, 1, 0xe0000005, Igmp.REPORT_V2, 0xe0000005));
        pass(13);
        assertEquals(SwitchLogic.FLOOD, data(0xe0000005));
    }

    @Test
    void aMessageWithAWrongChecksumTeachesNothing() {
        byte[] frame = SampleFrames.igmp(1, ROUTER, ALL_HOSTS, Igmp.QUERY, 0);
        frame[frame.length - 1] ^= 1;
        assertEquals(SwitchLogic.DROP, ask(0, frame));
        assertEquals(SwitchLogic.DROP, report(1));
    }

    @Test
    void paddingBehindAShortMessageIsNotPartOfIt() {
        byte[] padded = java.util.Arrays.copyOf(SampleFrames.igmp(1, ROUTER, ALL_HOSTS, Igmp.QUERY, 0), 60);
        padded[59] = 77;
        assertEquals(SwitchLogic.FLOOD, ask(0, padded));
        assertGoesTo(Set.of(0), report(1));
    }

    @Test
    void anUnknownIgmpTypeIsFlooded() {
        assertEquals(SwitchLogic.FLOOD, ask(1, SampleFrames.igmp(11, 1, GROUP, 0x30, GROUP)));
    }

    @Test
    void taggedReportsAreUnderstood() {
        ask(0, SampleFrames.tagged(SampleFrames.igmp(1, ROUTER, ALL_HOSTS, Igmp.QUERY, 0), 7));
        assertGoesTo(Set.of(0), ask(1, SampleFrames.tagged(SampleFrames.igmp(11, 1, GROUP, Igmp.REPORT_V2, GROUP), 7)));
    }

    @Test
    void aClosedPortIsNoMemberAndNoRouterAnyMore() {
        query();
        report(1);
        report(2);
        pass(13);
        logic.portClosed(1);
        assertGoesTo(Set.of(0, 2), data(GROUP));
        logic.portClosed(0);
        assertEquals(SwitchLogic.DROP, report(2));
    }

    @Test
    void whenMembersFindNoRoomTheGroupIsFlooded() {
        SwitchLogic small = new LearningSwitchProvider().create(Map.of("groups", "16"));
        for (int port = 1; port <= 70; port++) {
            ByteBuffer r = SampleFrames.record(SampleFrames.igmp(10 + port, 1, GROUP, Igmp.REPORT_V2, GROUP));
            small.egress(port, r, 0, r.capacity(), now, some::add);
        }
        ByteBuffer q = SampleFrames.record(SampleFrames.igmp(1, ROUTER, ALL_HOSTS, Igmp.QUERY, 0));
        small.egress(0, q, 0, q.capacity(), now, some::add);
        pass(13);
        ByteBuffer d = SampleFrames.record(SampleFrames.ipv4(13, 1, GROUP, Ipv4.PROTOCOL_UDP, new byte[20]));
        assertEquals(SwitchLogic.FLOOD, small.egress(0, d, 0, d.capacity(), now, some::add));
    }

    @Test
    void mldWorksAsIgmpDoes() {
        byte[] query = SampleFrames.mld(1, LINK_LOCAL, ALL_NODES, Mld.QUERY, new byte[16]);
        assertEquals(SwitchLogic.FLOOD, ask(0, query));
        assertGoesTo(Set.of(0), ask(1, SampleFrames.mld(11, LINK_LOCAL, GROUP6, Mld.REPORT_V1, GROUP6)));
        assertGoesTo(Set.of(0), ask(2, SampleFrames.mld2(12, LINK_LOCAL, GroupRecord.IS_EXCLUDE, GROUP6)));
        byte[] data = SampleFrames.ipv6(13, LINK_LOCAL, GROUP6, Ipv4.PROTOCOL_UDP, new byte[20]);
        assertEquals(SwitchLogic.FLOOD, ask(3, data));
        pass(13);
        assertGoesTo(Set.of(0, 1, 2), ask(3, data));
        assertGoesTo(Set.of(0), ask(1, SampleFrames.mld(11, LINK_LOCAL, v6(0xff02, 2), Mld.DONE, GROUP6)));
        pass(4);
        assertGoesTo(Set.of(0, 2), ask(3, data));
        assertEquals(SwitchLogic.FLOOD, ask(3, SampleFrames.ipv6(13, LINK_LOCAL, ALL_NODES, Ipv4.PROTOCOL_UDP, new byte[20])));
    }

    @Test
    void anMldQueryWithAWrongChecksumTeachesNothing() {
        byte[] query = SampleFrames.mld(1, LINK_LOCAL, ALL_NODES, Mld.QUERY, new byte[16]);
        query[query.length - 1] ^= 1;
        assertEquals(SwitchLogic.DROP, ask(0, query));
        assertEquals(SwitchLogic.DROP, ask(1, SampleFrames.mld(11, LINK_LOCAL, GROUP6, Mld.REPORT_V1, GROUP6)));
    }

    private static byte[] v6(int first, int last) {
        return ByteBuffer.allocate(16).putShort(0, (short) first).putInt(12, last).array();
    }
}
