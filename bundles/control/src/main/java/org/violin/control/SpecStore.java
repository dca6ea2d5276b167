// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.SharedState.Value;
import org.violin.api.cluster.StateException;

/** Specs and reports in the shared state: {@code /violins/NAME/spec}, {@code /violins/NAME/hosts/HOST}, {@code /vni}. */
final class SpecStore {
    private static final Logger LOG = LoggerFactory.getLogger(SpecStore.class);
    private static final String ROOT = "/violins";
    private static final int VNI_COUNT = 1 << 24;

    private final SharedState state;
    private final Codec codec = new Codec();

    SpecStore(SharedState state) {
        this.state = state;
    }

    SharedState state() {
        return state;
    }

    /** A spec, its stored bytes, and the version it must still have to be replaced. */
    record Stored(PlacedSpec spec, byte[] packed, int version) {}

    List<String> names() throws StateException {
        return state.children(ROOT);
    }

    Optional<Stored> read(String name) throws StateException {
        Optional<Value> value = state.read(specPath(name));
        if (value.isEmpty()) return Optional.empty();
        byte[] packed = value.get().data();
        return Optional.of(new Stored(decode(packed, PlacedSpec.class), packed, value.get().version()));
    }

    List<Stored> all() throws StateException {
        List<Stored> all = new ArrayList<>();
        for (String name : names()) read(name).ifPresent(all::add);
        return all;
    }

    /** Replaces the spec if it still has that version ({@link SharedState#ABSENT} for a new one). */
    void write(PlacedSpec spec, int version) throws StateException {
        byte[] packed = codec.pack(spec);
        if (packed.length > SharedState.MAX_BYTES) {
            throw new StateException("violin " + spec.name() + " is too large: " + packed.length + " bytes stored, the limit is "
                    + SharedState.MAX_BYTES, false, null);
        }
        state.write(specPath(spec.name()), packed, version);
    }

    void delete(String name) throws StateException {
        state.delete(ROOT + "/" + name);
    }

    void report(String violin, HostReport report) throws StateException {
        state.write(reportPath(violin, report.host()), codec.pack(report), SharedState.ANY);
    }

    List<HostReport> reports(String violin) throws StateException {
        List<HostReport> reports = new ArrayList<>();
        for (String host : state.children(ROOT + "/" + violin + "/hosts")) {
            Optional<Value> value = state.read(reportPath(violin, host));
            if (value.isPresent()) reports.add(decode(value.get().data(), HostReport.class));
        }
        return reports;
    }

    void deleteReport(String violin, String host) throws StateException {
        state.delete(reportPath(violin, host));
    }

    AutoCloseable watch(Consumer<String> changed) {
        return state.watch(ROOT, changed);
    }

    /** Takes so many fresh VNIs. Called under the apply lock. They wrap after 24 bits and start at 1. */
    int takeVnis(int count) throws StateException {
        if (count == 0) return 1;
        Optional<Value> value = state.read("/vni");
        int next = value.map(v -> Integer.parseInt(new String(v.data(), StandardCharsets.US_ASCII))).orElse(1);
        if (next + count > VNI_COUNT) next = 1;
        byte[] after = Integer.toString(next + count).getBytes(StandardCharsets.US_ASCII);
        state.write("/vni", after, value.map(Value::version).orElse(SharedState.ABSENT));
        return next;
    }

    private static String specPath(String name) {
        return ROOT + "/" + name + "/spec";
    }

    private static String reportPath(String name, String host) {
        return ROOT + "/" + name + "/hosts/" + host;
    }

    private <T> T decode(byte[] data, Class<T> type) throws StateException {
        try {
            return codec.unpack(data, type);
        } catch (IOException e) {
            LOG.error("A stored value cannot be read", e);
            throw new StateException("a stored " + type.getSimpleName() + " cannot be read: " + e.getMessage(), false, e);
        }
    }
}
