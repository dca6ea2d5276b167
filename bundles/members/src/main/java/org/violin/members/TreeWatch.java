// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of every node at or below one path that is made, changed or removed, by one recursive persistent watch (ZooKeeper 3.6 and later),
 * and after each join by comparing what is there with what was told before. Bounded: when more than {@link #MAX_WAITING} events wait for
 * the callback, they are dropped and the tree is compared instead.
 */
final class TreeWatch implements Watcher, AutoCloseable {
    static final int MAX_WAITING = 10_000;
    private static final long PAUSE_NANOS = 200_000_000;
    private static final Logger LOG = LoggerFactory.getLogger(TreeWatch.class);

    private final CuratorFramework client;
    private final String root;
    private final Executor calls;
    private final Consumer<String> changed;
    private final Queue<WatchedEvent> waiting = new ArrayDeque<>();
    private boolean compare;
    private boolean scheduled;
    private volatile boolean closed;
    /** Zxid of the last change told, by path. Used by the calling thread only. */
    private final Map<String, Long> told = new HashMap<>();

    /**
     * @param root full path, from which the paths told begin
     * @param calls runs one task after the other
     */
    TreeWatch(CuratorFramework client, String root, Executor calls, Consumer<String> changed) {
        this.client = client;
        this.root = root;
        this.calls = calls;
        this.changed = changed;
    }

    /** Called when this host has joined or joined again: sets the watch and tells what differs. */
    void joined() {
        synchronized (waiting) {
            waiting.clear();
            compare = true;
            schedule();
        }
    }

    @Override
    public void process(WatchedEvent event) {
        if (event.getType() == Event.EventType.None || event.getPath() == null || closed) return;
        synchronized (waiting) {
            if (waiting.size() >= MAX_WAITING) {
                waiting.clear();
                compare = true;
            }
            if (!compare) waiting.add(event);
            schedule();
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            if (!client.getZookeeperClient().isConnected()) return;
            client.getZookeeperClient().getZooKeeper().removeWatches(root, this, WatcherType.Any, true, (rc, path, context) -> {}, null);
        } catch (Exception e) {
            LOG.debug("a watch of {} ends with its session", root, e);
        }
    }

    private void schedule() {
        if (scheduled || closed) return;
        scheduled = true;
        calls.execute(this::drain);
    }

    private void drain() {
        while (!closed) {
            WatchedEvent event = null;
            synchronized (waiting) {
                if (!compare && (event = waiting.poll()) == null) {
                    scheduled = false;
                    return;
                }
                compare = false;
            }
            if (event == null) compareAll();
            else handle(event);
        }
    }

    private void handle(WatchedEvent event) {
        Long before = told.get(event.getPath());
        boolean dated = event.getZxid() != WatchedEvent.NO_ZXID;
        if (dated && before != null && event.getZxid() <= before) return; // the comparison was faster
        switch (event.getType()) {
            case NodeCreated, NodeDataChanged -> told.put(event.getPath(), event.getZxid());
            case NodeDeleted -> told.remove(event.getPath());
            default -> {
                return;
            }
        }
        call(event.getPath());
    }

    private void compareAll() {
        Map<String, Long> now = new TreeMap<>();
        try {
            // Not through Curator, which takes the zxid out of the events.
            client.getZookeeperClient().getZooKeeper().addWatch(root, this, AddWatchMode.PERSISTENT_RECURSIVE);
            collect(root, now);
        } catch (Exception e) {
            LOG.debug("{} is compared again later", root, e);
            if (client.getZookeeperClient().isConnected()) again();
            return;
        }
        TreeSet<String> all = new TreeSet<>(told.keySet());
        all.addAll(now.keySet());
        for (String path : all) {
            Long stamp = now.get(path);
            if (stamp != null && stamp.equals(told.get(path))) continue;
            if (stamp == null) told.remove(path);
            else told.put(path, stamp);
            if (closed) return;
            call(path);
        }
    }

    private void again() {
        LockSupport.parkNanos(PAUSE_NANOS);
        synchronized (waiting) {
            compare = true;
        }
    }

    private void collect(String path, Map<String, Long> found) throws Exception {
        Stat stat = new Stat();
        try {
            for (String child : client.getChildren().storingStatIn(stat).forPath(path)) collect(path + "/" + child, found);
            found.put(path, stat.getMzxid());
        } catch (KeeperException.NoNodeException e) {
            LOG.trace("{} went meanwhile", path);
        }
    }

    private void call(String path) {
        try {
            changed.accept(path);
        } catch (RuntimeException e) {
            LOG.warn("the watcher of {} threw at {}", root, path, e);
        }
    }
}
