// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.container;

import static org.junit.Assert.assertEquals;
import static org.junit.Assume.assumeTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.Before;
import org.violin.api.cluster.Members;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.StateException;
import org.violin.api.control.GuestAccess;
import org.violin.api.control.Report;
import org.violin.api.control.Violins;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.guest.GuestRuntime;
import org.violin.api.model.NodeId;
import org.violin.api.model.Refused;

/** The words of tests that apply violins and run programs in their guests. Skipped without root. */
public abstract class WithGuests extends InContainer {
    @Before
    public void isRoot() {
        assumeTrue("needs root: network namespaces", "root".equals(System.getProperty("user.name")));
    }

    /** Members are asked what they can run in the background, so a runtime that has just come is told of a little later; the shared state is
     * connected to in the background, too. */
    void allHostsRunGuests() {
        eventually(() -> "the shared state answers", this::stateAnswers);
        Members members = service(Members.class);
        eventually(() -> "all run guests: " + members.hosts(), () -> members.hosts().stream().allMatch(h -> h.runtimes().contains("netns")));
    }

    private boolean stateAnswers() {
        try {
            service(SharedState.class).read("/no-such-thing");
            return true;
        } catch (StateException e) {
            return false;
        }
    }

    /** Applies a violin file that must succeed. */
    Report apply(String... lines) throws Refused {
        Report report = service(Violins.class).apply("test.yaml", String.join("\n", lines) + "\n", false, line -> {});
        assertEquals(List.of(), report.failures());
        return report;
    }

    /** Removes a violin if there is one. */
    void destroy(String violin) throws Refused {
        Violins violins = service(Violins.class);
        if (violins.list().stream().anyMatch(v -> v.name().equals(violin))) {
            assertEquals(List.of(), violins.destroy(violin, line -> {}).failures());
        }
    }

    /** Runs a program in a guest of this host. Returns its exit status. */
    int run(String guest, String... command) throws GuestException, InterruptedException {
        try (ExecSession session = service(GuestAccess.class).exec(NodeId.parse(guest), ExecRequest.of(Arrays.asList(command)))) {
            return session.waitFor();
        }
    }

    /** One ping; whether it was answered within a second. */
    boolean reaches(String guest, String address) throws GuestException, InterruptedException {
        return run(guest, "ping", "-c", "1", "-W", "1", address) == 0;
    }

    /** Ends guests of this host that a failed test left; after a good one there are none. */
    void noGuestIsLeft() throws GuestException {
        List<Guest> left = List.copyOf(service(GuestRuntime.class).adopt());
        for (Guest guest : left) guest.stop();
        assertEquals("guests left", List.of(), left.stream().map(Guest::id).toList());
    }
}
