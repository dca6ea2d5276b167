// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlClientTest {
    private static final String BANNER = "Click::ControlSocket/1.3";

    @TempDir
    Path folder;

    private interface Use {
        void with(ControlClient client, FakeClick fake) throws Exception;
    }

    private void talk(Function<String, String> answer, int timeoutMillis, Use use) throws Exception {
        try (FakeClick fake = new FakeClick(folder.resolve("c"), BANNER, answer);
                ControlClient client = ControlClient.connect(folder.resolve("c"), timeoutMillis)) {
            use.with(client, fake);
            client.close();
        }
    }

    @Test
    void readsAnswersWhateverBytesTheyHold() throws Exception {
        String text = "10.0.0.0/8\t-\t1\r\n200 not a status\n";
        talk(request -> "200 Read handler '" + request.lines().findFirst().get() + "' OK\r\nDATA " + text.length() + "\r\n" + text, 5000, (client, fake) -> {
            assertEquals(text, client.read("rt.table", ""));
            assertEquals(text, client.read("rt.lookup", "10.9.1.1"));
            assertEquals(List.of("READ rt.table", "READDATA rt.lookup 8\n10.9.1.1"), fake.requests);
        });
    }

    @Test
    void writesAndTakesWarningsForSuccess() throws Exception {
        talk(request -> "220-Write handler OK,\r\n220 with a warning\r\n", 5000, (client, fake) -> {
            client.write("rt.ctrl", "set 10.0.0.0/8 1\nremove 10.1.0.0/16\n");
            assertEquals(List.of("WRITEDATA rt.ctrl 36\nset 10.0.0.0/8 1\nremove 10.1.0.0/16\n"), fake.requests);
        });
    }

    @Test
    void givesTheToolsMessageAndGoesOn() throws Exception {
        talk(request -> request.contains("bad") ? "520-Write handler 'rt.bad' error:\r\n520 route not found\r\n" : "200 fine\r\n", 5000, (client, fake) -> {
            ClickError error = assertThrows(ClickError.class, () -> client.write("rt.bad", ""));
            assertEquals(520, error.code);
            assertEquals("Write handler 'rt.bad' error:\nroute not found", error.getMessage());
            client.write("rt.good", "");
        });
    }

    @Test
    void manyWritesAreAllTriedAndTheFirstComplaintIsTold() throws Exception {
        List<String[]> many = new ArrayList<>();
        for (int i = 0; i < 250; i++) many.add(new String[] {"rt.ctrl", i == 7 || i == 130 ? "bad " + i : "add " + i});
        talk(request -> request.contains("bad") ? "520-Write handler error:\r\n520 " + request.lines().skip(1).findFirst().get() + "\r\n" : "200 fine\r\n", 5000,
                (client, fake) -> {
                    ClickError error = assertThrows(ClickError.class, () -> client.write(many));
                    assertEquals("Write handler error:\nbad 7", error.getMessage());
                    assertEquals(250, fake.requests.size());
                    assertEquals("WRITEDATA rt.ctrl 7\nadd 249", fake.requests.get(249));
                    client.write("rt.good", "");
                });
    }

    @Test
    void refusesTargetsThatAreMoreThanAName() throws Exception {
        talk(request -> "200 fine\r\n", 5000, (client, fake) -> {
            for (String target : List.of("", "a b", "rt.table\nWRITE stop", "rt.ctrl\r", "x".repeat(300))) {
                assertThrows(ClickError.class, () -> client.read(target, ""));
                assertThrows(ClickError.class, () -> client.write(target, ""));
            }
            assertTrue(fake.requests.isEmpty());
        });
    }

    @Test
    void waitsNoLongerThanItWasTold() throws Exception {
        talk(request -> "", 50, (client, fake) -> {
            IOException error = assertThrows(IOException.class, () -> client.read("rt.table", ""));
            assertTrue(error.getMessage().contains("no answer within 50 ms"), error.getMessage());
            assertThrows(IOException.class, () -> client.read("rt.table", "")); // closed, so a late answer is not taken for another's
        });
    }

    @Test
    void noticesThatClickHungUp() throws Exception {
        talk(request -> null, 5000, (client, fake) -> {
            assertTrue(assertThrows(IOException.class, () -> client.write("a.b", "c")).getMessage().contains("hung up"));
        });
    }

    @Test
    void refusesWhatIsNoAnswerAndWhatIsNotClick() throws Exception {
        for (String answer : List.of("hello\r\n", "200 OK\r\nDATA -1\r\n", "200 OK\r\nDATA x\r\n", "200 OK\r\nDATA 99999999\r\n", "200 OK\r\nnothing\r\n")) {
            talk(request -> answer, 5000, (client, fake) -> assertThrows(IOException.class, () -> client.read("a.b", "")));
            java.nio.file.Files.delete(folder.resolve("c"));
        }
        try (FakeClick fake = new FakeClick(folder.resolve("d"), "SSH-2.0", request -> "")) {
            assertThrows(IOException.class, () -> ControlClient.connect(folder.resolve("d"), 5000));
        }
        assertThrows(IOException.class, () -> ControlClient.connect(folder.resolve("none"), 5000));
    }
}
