// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.util.List;
import java.util.Map;
import org.violin.api.cluster.HostInfo;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.PollerProvider;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.testkit.cluster.MemoryMembers;

/** One overlay host without its container: a whole engine with the pollers, tunnel and cipher given. Called by integration tests and benchmarks. */
public final class TestHost implements AutoCloseable {
    /** Those that tests lay vLinks of. */
    private static final List<String> VIOLINS = List.of("v", "many");

    private final Engine engine;

    private TestHost(Engine engine) {
        this.engine = engine;
    }

    /**
     * Starts an engine.
     *
     * @param pollers for the devices that will be plugged
     * @param name this host's, one of {@code hosts}
     * @param hosts whom it has tunnels to, itself among them
     * @param queueBytes as {@code org.violin.engine queueBytes}
     */
    public static TestHost open(
            PollerProvider pollers, String name, List<HostInfo> hosts, int workers, int queueBytes, TunnelProvider tunnel, CipherProvider cipher) {
        EngineSettings settings = new EngineSettings(tunnel.kind(), cipher.kind(), workers, 9000, queueBytes, 20_000);
        Engine engine = new Engine(pollers, new MemoryMembers(name, hosts), settings, System::nanoTime, true);
        engine.addTunnelProvider(tunnel, Map.of());
        engine.addCipherProvider(cipher, Map.of());
        for (int i = 0; i < VIOLINS.size(); i++) engine.openViolin(VIOLINS.get(i), i + 1, "");
        return new TestHost(engine);
    }

    /** The data plane: control calls and status. */
    public Engine engine() {
        return engine;
    }

    /** True when all peers are heard. */
    public boolean joined() {
        if (engine.tunnels().isEmpty()) return false;
        // A row in brackets is of no peer: what came before the peers were known.
        return engine.tunnels().stream().allMatch(t -> t.up() || t.peer().startsWith("("));
    }

    /** Closes tunnel and devices; when it returns, no thread of the data plane is inside them. */
    @Override
    public void close() {
        engine.stop();
    }
}
