// SPDX-License-Identifier: Apache-2.0
package org.violin.runtime.netns;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.violin.api.guest.GuestSpec;
import org.violin.api.model.Limits;
import org.violin.api.model.NodeId;

class GuestFolderTest {
    private static final int ROUNDS = 2000;

    @TempDir
    Path guests;

    @Test
    void guestsOfOneViolinComeAndGoAtTheSameTime() throws Exception {
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            List<Callable<Void>> both = List.of(() -> comeAndGo("a"), () -> comeAndGo("b"));
            assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
                for (Future<Void> one : two.invokeAll(both)) one.get();
            });
        } finally {
            two.shutdownNow();
        }
        assertFalse(Files.exists(guests.resolve("v")), "the last guest takes the violin's folder along");
    }

    private Void comeAndGo(String node) throws Exception {
        NodeId id = new NodeId("v", node);
        GuestFolder folder = GuestFolder.of(guests, id);
        for (int i = 0; i < ROUNDS; i++) {
            folder.create(new GuestSpec(id, false, Limits.NONE, List.of()));
            folder.delete();
        }
        return null;
    }
}
