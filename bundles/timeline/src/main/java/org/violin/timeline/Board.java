// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.StateException;

/**
 * What the hosts of one run tell each other, below {@code /runs/VIOLIN} of the shared state. Any thread; every call may block as long as
 * the shared state does.
 */
final class Board {
    static final String ROOT = "/runs";
    static final String CALL = "call";
    static final String HOSTS = "hosts";
    static final String START = "start";
    static final String PULSE = "pulse";
    static final String MARKS = "marks";
    static final String DONE = "done";
    static final String END = "end";
    static final String STOP = "stop";
    static final String RESULTS = "results";
    static final String COLLECTED = "collected";

    private final SharedState state;
    private final String path;

    /**
     * @param run tells one run from the next
     * @param parts of the score
     */
    record Call(String run, String conductor, int parts) {}

    /** @param problems why this host cannot take part; none: it is ready. {@code wallMillis} its clock, when it said so */
    record Ack(String run, List<String> problems, long wallMillis) {}

    Board(SharedState state, String violin) {
        this.state = state;
        this.path = ROOT + "/" + violin;
    }

    String path() {
        return path;
    }

    private String at(String name) {
        return path + "/" + name;
    }

    void put(String name, Object value) throws StateException {
        state.write(at(name), Codec.bytes(value), SharedState.ANY);
    }

    /** Empty also when what is there makes no sense. */
    <T> Optional<T> get(String name, Class<T> type) throws StateException {
        Optional<SharedState.Value> value = state.read(at(name));
        if (value.isEmpty() || value.get().data().length == 0) return Optional.empty();
        try {
            return Optional.of(Codec.read(value.get().data(), type));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** A number, such as a moment; empty: not there. */
    Optional<Long> number(String name) throws StateException {
        Optional<SharedState.Value> value = state.read(at(name));
        try {
            return value.map(v -> Long.parseLong(new String(v.data(), StandardCharsets.US_ASCII)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    void number(String name, long value) throws StateException {
        state.write(at(name), Long.toString(value).getBytes(StandardCharsets.US_ASCII), SharedState.ANY);
    }

    List<String> names(String name) throws StateException {
        return state.children(at(name));
    }

    void delete() throws StateException {
        state.delete(path);
    }

    /** Writes a large value in parts below {@code name}; returns how many. */
    int spread(String name, Object value) throws StateException, IOException {
        List<byte[]> parts = Codec.parts(value);
        for (int i = 0; i < parts.size(); i++) state.write(at(name + "/" + i), parts.get(i), SharedState.ANY);
        return parts.size();
    }

    <T> T gather(String name, int parts, Class<T> type) throws StateException, IOException {
        if (parts < 1 || parts > Codec.MOST_PARTS) throw new IOException(name + ": " + parts + " parts");
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            all.add(state.read(at(name + "/" + i)).orElseThrow(() -> new IOException(name + " is gone")).data());
        }
        return Codec.join(all, type);
    }
}
