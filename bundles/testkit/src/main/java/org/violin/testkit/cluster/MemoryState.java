// SPDX-License-Identifier: Apache-2.0
package org.violin.testkit.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.SharedState.Value;
import org.violin.api.cluster.StateException;

/**
 * The shared state of several overlay hosts as one tree in memory, with the versions of Apache ZooKeeper: 0 when made, one more with each
 * write, 0 again when made anew. Each host under test gets its own {@link #view}.
 */
public final class MemoryState {
    private static final Pattern PATH = Pattern.compile("(/(?!\\.{1,2}(/|$))[A-Za-z0-9_.:@=+-]+)+");

    private final TreeMap<String, Node> nodes = new TreeMap<>();
    private final Map<String, Object> lockOwners = new HashMap<>();
    private final List<MemoryView> views = new ArrayList<>();
    private long changes;

    /** A host's way to this state. Close it to play the host's death: its locks become free. */
    public synchronized MemoryView view(String host) {
        MemoryView view = new MemoryView(this, host);
        views.add(view);
        return view;
    }

    synchronized Optional<Value> read(String path) {
        Node node = nodes.get(checked(path));
        return node == null ? Optional.empty() : Optional.of(new Value(node.data.clone(), node.version));
    }

    synchronized int write(String path, byte[] data, int expected) throws StateException {
        checked(path);
        if (data.length > SharedState.MAX_BYTES) {
            throw new StateException(path + ": " + data.length + " bytes; a value has at most " + SharedState.MAX_BYTES, false, null);
        }
        Node old = nodes.get(path);
        if (expected == SharedState.ABSENT && old != null) throw conflict(path, "exists already");
        if (expected >= 0 && old == null) throw conflict(path, "is gone");
        if (expected >= 0 && old.version != expected) throw conflict(path, "has version " + old.version + ", not " + expected);
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            String parent = path.substring(0, slash);
            if (!nodes.containsKey(parent)) put(parent, new byte[0], 0);
        }
        int version = old == null ? 0 : old.version + 1;
        put(path, data.clone(), version);
        return version;
    }

    synchronized void delete(String path) {
        checked(path);
        List<String> gone = new ArrayList<>(below(path).descendingKeySet());
        if (nodes.containsKey(path)) gone.add(path);
        for (String each : gone) {
            nodes.remove(each);
            tell(each);
        }
    }

    synchronized List<String> children(String path) {
        String parent = path.equals("/") ? "" : checked(path);
        List<String> names = new ArrayList<>();
        for (String each : below(parent).keySet()) {
            if (each.indexOf('/', parent.length() + 1) < 0) names.add(each.substring(parent.length() + 1));
        }
        return names;
    }

    /** Values at or below the path with the number of their last change, in order of paths. */
    synchronized TreeMap<String, Long> stamps(String path) {
        TreeMap<String, Long> stamps = new TreeMap<>();
        String top = path.equals("/") ? "" : checked(path);
        if (nodes.containsKey(top)) stamps.put(top, nodes.get(top).stamp);
        below(top).forEach((p, n) -> stamps.put(p, n.stamp));
        return stamps;
    }

    synchronized boolean lock(String name, Object owner, long waitMillis) throws InterruptedException {
        long end = System.nanoTime() + waitMillis * 1_000_000;
        while (lockOwners.containsKey(name)) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) return false;
            wait(left);
        }
        lockOwners.put(name, owner);
        return true;
    }

    synchronized void unlock(String name, Object owner) {
        if (lockOwners.remove(name, owner)) notifyAll();
    }

    synchronized void forget(MemoryView view) {
        views.remove(view);
    }

    private void put(String path, byte[] data, int version) {
        nodes.put(path, new Node(data, version, ++changes));
        tell(path);
    }

    private void tell(String path) {
        views.forEach(v -> v.changed(path));
    }

    private TreeMap<String, Node> below(String path) {
        return new TreeMap<>(nodes.subMap(path + "/", false, path + "0", false)); // '0' follows '/'
    }

    private static String checked(String path) {
        if (!PATH.matcher(path).matches()) throw new IllegalArgumentException("'" + path + "': expected a path such as /violins/figure2");
        return path;
    }

    private static StateException conflict(String path, String what) {
        return new StateException(path + " " + what + ": another host wrote first", true, null);
    }

    private record Node(byte[] data, int version, long stamp) {}
}
