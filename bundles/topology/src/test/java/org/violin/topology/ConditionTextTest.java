// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.violin.api.model.ConditionText;
import org.violin.api.model.Conditions;

/** One form of each condition, whatever it was written as. */
class ConditionTextTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "delay | 20ms | 20", "delay | 20 | 20", "delay | 0.5 ms | 0.5", "delay | 200us | 0.2", "delay | 200usecs | 0.2", "delay | 1.5s | 1500",
        "delay | 0 | 0", "delay | 0.0004us | 0", "delay | 1us | 0.001", "delay | 1000s | 1000000", "delay | none | none", "delay | 100.00 | 100",
        "jitter | 2msec | 2", "distribution | pareto | pareto", "samples | 1,2.50ms, 3000us | 1,2.5,3", "order | keep | keep",
        "loss | 1 | 1", "loss | 0.10% | 0.1", "loss | 1 % | 1", "loss | random 3% | 3", "loss | 100 | 100", "loss | every 100 | every 100",
        "loss | ge 1 10 100 0 | ge 1 10 100 0", "loss | ge 1% | ge 1 99 100 0", "loss | gemodel 1% 10% 70% 0.1% | ge 1 10 70 0.1",
        "loss | ge r 10 p 1 | ge 1 10 100 0", "loss | ge 0.3 | ge 0.3 99.7 100 0",
        "corrupt | 0.001 | 0.001", "duplicate | 5% | 5", "reorder | 25 | 25",
        "rate | 10M | 10000000", "rate | 2.5 Gbps | 2500000000", "rate | 64kbit/s | 64000", "rate | 1Gbit | 1000000000", "rate | 5 | 5", "rate | 10T | 10000000000000",
        "overhead | -4 | -4", "overhead | +24 | 24", "overhead | 0 | 0", "burst | 1514 | 1514", "burst | 64k | 65536", "burst | 1.5KiB | 1536", "burst | 10b | 10",
        "queue | 100 | 100p", "queue | 100 p | 100p", "queue | 7packets | 7p", "queue | 64k | 65536b", "queue | 1500b | 1500b", "queue | 50ms | 50ms",
        "queue | 1s | 1000ms", "queue | 200us | 0.2ms", "queue | 1M | 1048576b",
        "discipline | tail | tail", "discipline | codel | codel 5 100", "discipline | codel 10ms | codel 10 100",
        "discipline | codel interval 50ms target 2ms | codel 2 50", "discipline | red 30k 90k 10 | red 30720 92160 10",
        "discipline | red 90000 | red 30000 90000 2", "discipline | red max 9000 probability 5% | red 3000 9000 5", "discipline | red 1k 2k | red 1024 2048 2",
        "ecn | true | true", "ecn | false | false", "state | cut | cut", "state | up | up"})
    void everyWayOfWritingHasOneText(String word, String written, String canonical) {
        assertEquals(canonical, ConditionText.value(word, written));
        assertEquals(canonical, ConditionText.value(word, canonical));
    }

    @ParameterizedTest
    @ValueSource(strings = {"delay=-1", "delay=5min", "delay=1001s", "delay=", "delay=x", "delay=5%", "jitter=1e3", "distribution=gauss", "samples=", "samples=1,,2", "samples=1,x",
        "order=", "loss=101", "loss=ge", "loss=ge 1 2 3 4 5", "loss=ge p", "loss=ge p 1 p 2", "loss=ge 1 101", "loss=every", "loss=every 0", "loss=every 1.5", "loss=random",
        "loss=ge r 5", "corrupt=-1", "duplicate=5ms", "reorder=1 2", "rate=0", "rate=0.4", "rate=11T", "rate=fast", "rate=10Q", "rate=10kk", "overhead=-65", "overhead=257",
        "overhead=1k", "burst=0", "burst=2G", "burst=1ib", "burst=1x", "queue=0", "queue=0ms", "queue=1.5p", "queue=1000001", "queue=2G", "discipline=fifo", "discipline=tail 5",
        "discipline=codel 200ms", "discipline=codel 0", "discipline=codel 1 2 3", "discipline=red", "discipline=red 5k 5k", "discipline=red 1k 2k 0", "discipline=red 1k 2k 101",
        "discipline=red min 1k", "discipline=red 2", "ecn=yes", "state=none", "state=off", "seed=1", "bandwidth=1M"})
    void anythingElseIsRefused(String bad) {
        String word = bad.substring(0, bad.indexOf('='));
        assertThrows(IllegalArgumentException.class, () -> ConditionText.value(word, bad.substring(word.length() + 1)));
    }

    @Test
    void allMistakesAreToldAtOnce() {
        assertEquals(Map.of("delay", "20", "loss", "1"), ConditionText.parse(Map.of("delay", "20ms", "loss", "1%")));
        String message = assertThrows(IllegalArgumentException.class, () -> ConditionText.parse(Map.of("delay", "x", "loss", "101", "rate", "1M", "dealy", "5"))).getMessage();
        assertEquals(3, message.split("; (?=')").length, message);
        assertTrue(message.contains("'x': delay must be a duration"), message);
        assertTrue(message.contains("'101': loss must be a percentage"), message);
        assertTrue(message.contains("'dealy': no condition of a link; known are burst, "), message);
    }

    @Test
    void settingsAreLaidOverOthersAndTakenAway() {
        assertEquals(Map.of("delay", "5", "loss", "2"), ConditionText.lay(Map.of("delay", "5", "loss", "1", "rate", "1000"), Map.of("loss", "2", "rate", "none", "queue", "none")));
        assertTrue(ConditionText.WORDS.containsAll(Conditions.WORDS));
        for (String word : ConditionText.WORDS) assertTrue(ConditionText.rule(word).startsWith(word + " must be "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "queue=5p | queue: needs 'rate'", "burst=5 | burst: needs 'rate'", "overhead=5 | overhead: needs 'rate'", "discipline=tail | discipline: needs 'rate'",
        "distribution=samples | distribution: needs 'samples'", "samples=1 | samples: needs 'distribution: samples'", "distribution=normal | distribution: needs 'jitter'",
        "distribution=samples samples=1,2 jitter=1 | jitter: has no meaning", "order=keep | order: needs 'jitter'", "ecn=true rate=5 | ecn: needs 'discipline: red'",
        "ecn=true rate=5 discipline=tail | ecn: needs 'discipline: red'", "rate=5 queue=3000b discipline=red.1000.3001.2 | discipline: MAX of red must be at most the queue, 3000 bytes"})
    void whatCannotGoTogetherIsTold(String settings, String clash) {
        assertTrue(ConditionText.clashes(of(settings)).toString().contains(clash), ConditionText.clashes(of(settings)).toString());
        assertEquals(1, ConditionText.clashes(of(settings)).size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"delay=5 jitter=5 distribution=normal order=keep", "distribution=samples samples=1 order=free", "rate=5 queue=3000b discipline=red.1000.3000.2 ecn=true",
        "ecn=false", "rate=5 queue=5p discipline=codel.5.100 ecn=true burst=1 overhead=-4", "reorder=5", "loss=1 state=cut"})
    void whatCanGoTogetherIsNot(String settings) {
        assertEquals(List.of(), ConditionText.clashes(of(settings)));
        assertTrue(ConditionText.note(of(settings)).isEmpty());
    }

    @Test
    void jitterBeyondTheDelayIsNoted() {
        assertEquals("jitter of 5 ms is more than the delay of 2 ms: what would be less than no delay is none", ConditionText.note(of("delay=2 jitter=5")).orElseThrow());
        assertTrue(ConditionText.note(of("jitter=5")).isPresent());
        assertTrue(ConditionText.note(of("jitter=5 distribution=pareto")).isEmpty());
    }

    private static Map<String, String> of(String settings) {
        Map<String, String> map = new java.util.TreeMap<>();
        for (String setting : settings.split(" ")) map.put(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1).replace('.', ' '));
        return map;
    }
}
