// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.violin.api.cluster.HostInfo;

class SettingsTest {
    @TempDir
    Path directory;

    @Test
    void the_connect_string_gets_a_port_wherever_there_is_none() {
        assertEquals("10.0.0.1:2181", settings("10.0.0.1", "").connectString());
        assertEquals("[fd00::1]:2181", settings("fd00::1", "").connectString());
        assertEquals("10.0.0.1:2181", settings("10.0.0.2", "10.0.0.1").connectString());
        assertEquals("10.0.0.1:9", settings("10.0.0.2", "10.0.0.1:9").connectString());
        assertEquals("a:1,b:2181", settings("10.0.0.2", "a:1, b").connectString());
        assertEquals("[fd00::1]:2181", settings("fd00::2", "fd00::1").connectString());
        assertEquals("[fd00::1]:2181", settings("fd00::2", "[fd00::1]").connectString());
        assertEquals("[fd00::1]:7", settings("fd00::2", "[fd00::1]:7").connectString());
    }

    @Test
    void mistakes_name_key_value_and_rule() {
        for (String[] each : new String[][] {{"a b", "10.0.0.1", "name = 'a b'"}, {"a", "localhost", "address = 'localhost'"}}) {
            String message = assertThrows(IllegalArgumentException.class,
                    () -> new Settings(each[0], each[1], "", 2181, directory)).getMessage();
            assertTrue(message.contains(each[2]), message);
        }
    }

    @Test
    void a_host_survives_the_way_through_json_also_with_fields_of_a_later_version() throws Exception {
        HostInfo host = new HostInfo("h", "fd00::1", 1, 2, 3, 0.5, 4, List.of("netns", "uml"), "9", 5, 6, "MIIB", Map.of("site", "a", "up", "1G"));
        assertEquals(List.of(host, host), HostInfoJson.read(HostInfoJson.write(List.of(host, host))));
        String later = new String(HostInfoJson.write(List.of(host)), java.nio.charset.StandardCharsets.UTF_8)
                .replace("{", "{\"later\":{\"a\":[1,{}]},");
        assertEquals(List.of(host), HostInfoJson.read(later.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    @Test
    void labels_are_names_and_values() {
        assertEquals(Map.of(), Labels.parse(""));
        assertEquals(Map.of(), Labels.parse(null));
        assertEquals(Map.of("site", "berlin", "country", "de", "up", "100M", "down", "1Gbit", "slots", "50", "rack", "a/7:b"),
                Labels.parse(" site=berlin, country = de,up=100M,down=1Gbit,slots=50 ,rack=a/7:b"));
    }

    @Test
    void wrong_labels_are_told_all_at_once_with_file_key_value_and_rule() {
        String text = "site,a b=c,x=,host=h,up=fast,down=0,slots=-1,d=1,d=2,v=\u00e4";
        String message = assertThrows(IllegalArgumentException.class, () -> Labels.parse(text)).getMessage();
        assertTrue(message.startsWith("etc/org.violin.members.cfg: labels = '" + text + "': "), message);
        for (String each : List.of("'site': must be NAME=VALUE", "'a b=c': the name", "'x=': the value", "'host=h': the name", "'up=fast': must be a rate", "'down=0': must be a rate",
                "'slots=-1': ", "'d=2': 'd' is given twice", "'v=\u00e4': the value")) assertTrue(message.contains(each), each + " in " + message);
        String many = String.join(",", java.util.stream.IntStream.range(0, 65).mapToObj(i -> i + "=1").toList());
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Labels.parse(many)).getMessage().contains("at most 64"));
    }

    private Settings settings(String address, String join) {
        return new Settings("h", address, join, 2181, directory);
    }
}
