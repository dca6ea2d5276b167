// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.StateException;

/** One host's way to a {@link MemoryState}; its callbacks come on one thread of its own. Close it to play the host's death. */
public final class MemoryView implements SharedState, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryView.class);

    private final MemoryState state;
    private final String host;
    private final ExecutorService calls;
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private final Map<Object, String> held = new ConcurrentHashMap<>();
    private volatile boolean reachable = true;
    private volatile boolean closed;

    MemoryView(MemoryState state, String host) {
        this.state = state;
        this.host = host;
        this.calls = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "memory-state-" + host);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Plays the loss of the shared state (false: calls throw, locks become free) and its return (watches catch up). */
    public void reachable(boolean now) {
        synchronized (state) {
            reachable = now;
            if (now) watches.forEach(Watch::catchUp);
        }
        if (!now) freeAll();
    }

    @Override
    public Optional<Value> read(String path) throws StateException {
        check();
        return state.read(path);
    }

    @Override
    public int write(String path, byte[] data, int expectedVersion) throws StateException {
        check();
        return state.write(path, data, expectedVersion);
    }

    @Override
    public void delete(String path) throws StateException {
        check();
        state.delete(path);
    }

    @Override
    public List<String> children(String path) throws StateException {
        check();
        return state.children(path);
    }

    @Override
    public AutoCloseable watch(String path, Consumer<String> changed) {
        Watch watch = new Watch(path, changed);
        synchronized (state) {
            watches.add(watch);
            if (reachable && !closed) watch.catchUp();
        }
        return () -> watches.remove(watch);
    }

    @Override
    public Optional<AutoCloseable> lock(String name, Duration wait) throws StateException {
        check();
        Object owner = new Object();
        try {
            if (!state.lock(name, owner, wait.toMillis())) return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StateException("interrupted while waiting for the lock " + name, false, e);
        }
        held.put(owner, name);
        return Optional.of(() -> free(owner));
    }

    @Override
    public void close() {
        closed = true;
        watches.clear();
        state.forget(this);
        freeAll();
        calls.shutdownNow();
    }

    void changed(String path) {
        if (reachable && !closed) watches.forEach(w -> w.changed(path));
    }

    private void check() throws StateException {
        if (closed || !reachable) throw new StateException("the shared state is out of reach of " + host, false, null);
    }

    private void freeAll() {
        List.copyOf(held.keySet()).forEach(this::free);
    }

    private void free(Object owner) {
        String name = held.remove(owner);
        if (name != null) state.unlock(name, owner);
    }

    /** Guarded by the state's monitor. */
    private final class Watch {
        private final String path;
        private final Consumer<String> callback;
        private Map<String, Long> known = new TreeMap<>();

        Watch(String path, Consumer<String> callback) {
            this.path = path;
            this.callback = callback;
        }

        void changed(String which) {
            if (!which.equals(path) && !which.startsWith(path.equals("/") ? "/" : path + "/")) return;
            known = state.stamps(path);
            call(which);
        }

        void catchUp() {
            Map<String, Long> now = state.stamps(path);
            TreeSet<String> all = new TreeSet<>(known.keySet());
            all.addAll(now.keySet());
            Map<String, Long> before = known;
            known = now;
            all.stream().filter(p -> !Objects.equals(before.get(p), now.get(p))).forEach(this::call);
        }

        private void call(String which) {
            calls.execute(() -> {
                try {
                    if (watches.contains(this)) callback.accept(which);
                } catch (RuntimeException e) {
                    LOG.warn("the watcher of {} threw at {}", path, which, e);
                }
            });
        }
    }
}
