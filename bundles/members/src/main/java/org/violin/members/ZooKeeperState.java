// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreMutex;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.StateException;

/** The shared state below {@code /violin/state} of a ZooKeeper; versions are those of the nodes, parents on the way empty values. */
final class ZooKeeperState implements SharedState, AutoCloseable {
    static final String ROOT = "/violin/state";
    static final String LOCKS = "/violin/locks";
    private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperState.class);
    private static final Pattern PATH = Pattern.compile("(/(?!\\.{1,2}(/|$))[A-Za-z0-9_.:@=+-]+)+");
    private static final int ATTEMPTS = 20;
    private static final int DELETES_AT_ONCE = 500;

    private final CuratorFramework client;
    private final Gate gate;
    private final Executor calls;
    private final List<TreeWatch> watches = new CopyOnWriteArrayList<>();

    /** @param calls runs the callbacks of all watches, one after the other */
    ZooKeeperState(CuratorFramework client, Gate gate, Executor calls) {
        this.client = client;
        this.gate = gate;
        this.calls = calls;
    }

    @Override
    public Optional<Value> read(String path) throws StateException {
        String node = node(path);
        return ask(path, () -> {
            Stat stat = new Stat();
            try {
                return Optional.of(new Value(client.getData().storingStatIn(stat).forPath(node), stat.getVersion()));
            } catch (KeeperException.NoNodeException e) {
                return Optional.empty();
            }
        });
    }

    @Override
    public int write(String path, byte[] data, int expectedVersion) throws StateException {
        String node = node(path);
        if (data.length > MAX_BYTES) {
            throw new StateException(path + ": " + data.length + " bytes; a value has at most " + MAX_BYTES, false, null);
        }
        return ask(path, () -> switch (expectedVersion) {
            case ABSENT -> create(node, data);
            case ANY -> put(node, data);
            default -> client.setData().idempotent().withVersion(expectedVersion).forPath(node, data).getVersion();
        });
    }

    @Override
    public void delete(String path) throws StateException {
        String node = node(path);
        ask(path, () -> {
            for (int attempt = 1; ; attempt++) {
                List<String> all = new ArrayList<>();
                collect(node, all);
                try {
                    for (int from = 0; from < all.size(); from += DELETES_AT_ONCE) {
                        List<CuratorOp> ops = new ArrayList<>();
                        for (String each : all.subList(from, Math.min(all.size(), from + DELETES_AT_ONCE))) {
                            ops.add(client.transactionOp().delete().forPath(each));
                        }
                        client.transaction().forOperations(ops);
                    }
                    return null;
                } catch (KeeperException.NoNodeException | KeeperException.NotEmptyException e) {
                    if (attempt == ATTEMPTS) throw e; // another host writes there all the time
                }
            }
        });
    }

    @Override
    public List<String> children(String path) throws StateException {
        String node = path.equals("/") ? ROOT : node(path);
        return ask(path, () -> {
            try {
                return client.getChildren().forPath(node).stream().sorted().toList();
            } catch (KeeperException.NoNodeException e) {
                return List.of();
            }
        });
    }

    @Override
    public AutoCloseable watch(String path, Consumer<String> changed) {
        TreeWatch watch = new TreeWatch(client, path.equals("/") ? ROOT : node(path), calls, full -> {
            if (full.length() > ROOT.length()) changed.accept(full.substring(ROOT.length()));
        });
        watches.add(watch);
        if (gate.isOpen()) watch.joined();
        return () -> {
            watches.remove(watch);
            watch.close();
        };
    }

    @Override
    public Optional<AutoCloseable> lock(String name, Duration wait) throws StateException {
        String path = name.startsWith("/") ? name : "/" + name;
        if (!PATH.matcher(path).matches()) throw new IllegalArgumentException("'" + name + "': expected a lock's name such as apply");
        return ask("lock " + name, () -> {
            InterProcessSemaphoreMutex mutex = new InterProcessSemaphoreMutex(client, LOCKS + "/" + path.substring(1).replace('/', '~'));
            if (!mutex.acquire(wait.toMillis(), TimeUnit.MILLISECONDS)) return Optional.empty();
            AtomicBoolean held = new AtomicBoolean(true);
            return Optional.of(() -> {
                if (held.compareAndSet(true, false)) release(name, mutex);
            });
        });
    }

    /** Called when this host has joined or joined again. */
    void joined() {
        watches.forEach(TreeWatch::joined);
    }

    @Override
    public void close() {
        watches.forEach(TreeWatch::close);
        watches.clear();
    }

    private void release(String name, InterProcessSemaphoreMutex mutex) {
        try {
            mutex.release();
        } catch (Exception e) {
            LOG.warn("lock {} is freed when this host's session ends: {}", name, e.toString());
        }
    }

    private int create(String node, byte[] data) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                client.create().idempotent().withMode(CreateMode.PERSISTENT).forPath(node, data);
                return 0;
            } catch (KeeperException.NoNodeException e) {
                if (attempt == ATTEMPTS) throw e;
                String parent = node.substring(0, node.lastIndexOf('/'));
                try {
                    create(parent, new byte[0]);
                } catch (KeeperException.NodeExistsException made) {
                    LOG.trace("{} was made by another host", parent);
                }
            }
        }
    }

    private int put(String node, byte[] data) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                return client.setData().forPath(node, data).getVersion();
            } catch (KeeperException.NoNodeException e) {
                try {
                    return create(node, data);
                } catch (KeeperException.NodeExistsException made) {
                    if (attempt == ATTEMPTS) throw made;
                }
            }
        }
    }

    /** The node and all below it, children first. */
    private void collect(String node, List<String> found) throws Exception {
        try {
            for (String child : client.getChildren().forPath(node)) collect(node + "/" + child, found);
            found.add(node);
        } catch (KeeperException.NoNodeException e) {
            LOG.trace("{} went meanwhile", node);
        }
    }

    private static String node(String path) {
        if (!PATH.matcher(path).matches()) throw new IllegalArgumentException("'" + path + "': expected a path such as /violins/figure2");
        return ROOT + path;
    }

    private <T> T ask(String path, Question<T> question) throws StateException {
        gate.pass();
        try {
            return question.ask();
        } catch (KeeperException.BadVersionException e) {
            throw new StateException(path + " has another version: another host wrote first", true, e);
        } catch (KeeperException.NodeExistsException e) {
            throw new StateException(path + " exists already: another host wrote first", true, e);
        } catch (KeeperException.NoNodeException e) {
            throw new StateException(path + " is gone: another host wrote first", true, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StateException(path + ": interrupted while asking the shared state", false, e);
        } catch (Exception e) {
            throw new StateException(path + ": the shared state is out of reach (" + e.getMessage() + ")", false, e);
        }
    }

    private interface Question<T> {
        T ask() throws Exception;
    }
}
