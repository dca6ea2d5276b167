// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.violin.testkit.cluster.Eventually.eventually;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.StateException;

class MemoryStateTest extends SharedStateContract {
    private final MemoryState state = new MemoryState();
    private final List<MemoryView> views = new ArrayList<>();

    @Override
    protected SharedState join(String host) {
        MemoryView view = state.view(host);
        views.add(view);
        return view;
    }

    @Override
    protected void die(SharedState host) {
        ((MemoryView) host).close();
    }

    @AfterEach
    void end() {
        views.forEach(MemoryView::close);
    }

    @Test
    void a_host_cut_off_catches_up_with_what_changed_meanwhile() throws Exception {
        MemoryView cut = (MemoryView) join("cut");
        SharedState other = join("other");
        for (String path : List.of("/same", "/changes", "/goes")) other.write(path, new byte[0], SharedState.ANY);
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        cut.watch("/", seen::add);
        eventually("what exists is told", () -> seen.size() == 3);
        cut.reachable(false);
        seen.clear();
        other.write("/changes", new byte[1], SharedState.ANY);
        other.write("/comes", new byte[1], SharedState.ANY);
        other.delete("/goes");
        assertThrows(StateException.class, () -> cut.read("/same"));
        cut.reachable(true);
        eventually("differences are told", () -> seen.size() == 3);
        assertEquals(List.of("/changes", "/comes", "/goes"), seen);
    }
}
