// SPDX-License-Identifier: Apache-2.0
package org.violin.runtime.netns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.violin.api.model.Limits;

/**
 * CPU, memory and process bounds by cgroup v2 where its controllers are, else v1, else none. Only guests with a limit get a group, named
 * {@code VIOLIN:NODE} below one group for this container.
 */
final class Cgroups {
    static final List<String> CONTROLLERS = List.of("cpu", "memory", "pids");
    private static final int PERIOD_MICROS = 100_000;

    /** @param folder this container's group @param v2 the unified hierarchy's file names apply */
    private record Hierarchy(Path folder, boolean v2) {}

    private final Map<String, Hierarchy> byController;

    private Cgroups(Map<String, Hierarchy> byController) {
        this.byController = byController;
    }

    /**
     * Finds the controllers by {@code /proc/self/mountinfo}.
     *
     * @param group name of this container's group
     */
    static Cgroups find(String group) {
        Map<String, Hierarchy> found = new LinkedHashMap<>();
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
                String[] sides = line.split(" - ", 2);
                String[] type = sides[1].split(" ");
                Path root = Path.of(sides[0].split(" ")[4]);
                if (type[0].equals("cgroup2")) {
                    TreeSet<String> here = new TreeSet<>(List.of(Files.readString(root.resolve("cgroup.controllers")).trim().split(" ")));
                    for (String controller : CONTROLLERS) {
                        if (here.contains(controller)) found.put(controller, new Hierarchy(root.resolve(group), true));
                    }
                } else if (type[0].equals("cgroup")) {
                    List<String> options = List.of(type[2].split(","));
                    for (String controller : CONTROLLERS) {
                        if (options.contains(controller)) found.putIfAbsent(controller, new Hierarchy(root.resolve(group), false));
                    }
                }
            }
        } catch (IOException | RuntimeException e) {
            return new Cgroups(Map.of()); // an odd host: guests run without limits, and probe() says so
        }
        return new Cgroups(found);
    }

    /**
     * Mounts the kernel's hierarchies at their usual place, for a container that has a {@code /sys} of its own, as {@code ip netns exec} gives
     * it. Without the right to do so guests run without limits.
     */
    static void mount() throws IOException {
        Path top = Path.of("/sys/fs/cgroup");
        if (!Files.isDirectory(top) || !mount("tmpfs", "mode=755,size=1m", top)) return;
        for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
            String controllers = line.split(":", 3)[1]; // empty for v2
            if (controllers.startsWith("name=")) continue;
            Path at = Files.createDirectories(top.resolve(controllers.isEmpty() ? "unified" : controllers));
            mount(controllers.isEmpty() ? "cgroup2" : "cgroup", controllers.isEmpty() ? "rw" : controllers, at);
        }
    }

    private static boolean mount(String type, String options, Path at) throws IOException {
        ProcessBuilder mount = new ProcessBuilder("mount", "-t", type, "-o", options, "violin", at.toString());
        try {
            return mount.redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The controllers that are missing, for a warning. */
    List<String> missing() {
        return CONTROLLERS.stream().filter(c -> !byController.containsKey(c)).toList();
    }

    /** Sets the limits of a guest, making its groups if need be. Returns the {@code cgroup.procs} files to join; empty without limits. */
    List<String> set(String guest, Limits limits) throws IOException {
        List<String> joins = new ArrayList<>();
        if (limits.equals(Limits.NONE) && groups(guest).isEmpty()) return joins;
        for (Path folder : folders()) {
            prepare(folder);
            Path group = folder.resolve(guest);
            Files.createDirectories(group);
            joins.add(group.resolve("cgroup.procs").toString());
        }
        cpu(guest, limits.cpus());
        memory(guest, limits.memoryBytes());
        processes(guest, limits.processes());
        return joins;
    }

    /** The {@code cgroup.procs} files of a guest that has groups. */
    List<String> joins(String guest) {
        return groups(guest).stream().map(g -> g.resolve("cgroup.procs").toString()).toList();
    }

    private List<Path> folders() {
        return byController.values().stream().map(Hierarchy::folder).distinct().toList();
    }

    private List<Path> groups(String guest) {
        return folders().stream().map(f -> f.resolve(guest)).filter(Files::isDirectory).toList();
    }

    private synchronized void prepare(Path folder) throws IOException {
        if (Files.isDirectory(folder)) return;
        Files.createDirectories(folder);
        for (Map.Entry<String, Hierarchy> one : byController.entrySet()) {
            if (!one.getValue().v2 || !one.getValue().folder.equals(folder)) continue;
            Files.writeString(folder.getParent().resolve("cgroup.subtree_control"), "+" + one.getKey());
            Files.writeString(folder.resolve("cgroup.subtree_control"), "+" + one.getKey());
        }
    }

    private void cpu(String guest, double cpus) throws IOException {
        Hierarchy h = byController.get("cpu");
        if (h == null) return;
        long quota = cpus == 0 ? -1 : Math.max(1000, Math.round(cpus * PERIOD_MICROS)); // 1 ms is the kernel's least
        if (h.v2) write(h, guest, "cpu.max", (quota < 0 ? "max" : quota) + " " + PERIOD_MICROS);
        else write(h, guest, "cpu.cfs_quota_us", Long.toString(quota));
    }

    private void memory(String guest, long bytes) throws IOException {
        Hierarchy h = byController.get("memory");
        if (h == null) return;
        if (h.v2) write(h, guest, "memory.max", bytes == 0 ? "max" : Long.toString(bytes));
        else write(h, guest, "memory.limit_in_bytes", bytes == 0 ? "-1" : Long.toString(bytes));
    }

    private void processes(String guest, int most) throws IOException {
        Hierarchy h = byController.get("pids");
        if (h == null) return;
        write(h, guest, "pids.max", most == 0 ? "max" : Integer.toString(most + 1)); // process 1 is ours, not the guest's
    }

    private static void write(Hierarchy h, String guest, String file, String value) throws IOException {
        try {
            Files.writeString(h.folder.resolve(guest).resolve(file), value);
        } catch (IOException e) {
            throw new IOException("set " + file + " of " + guest + " to " + value + ": " + e.getMessage(), e);
        }
    }

    /** Moves a running process with its threads into the guest's groups. */
    void move(int pid, List<String> joins) throws IOException {
        for (String join : joins) Files.writeString(Path.of(join), Integer.toString(pid));
    }

    /** Removes the groups of a guest whose processes have ended. */
    void remove(String guest) throws IOException {
        for (Path group : groups(guest)) delete(group);
    }

    /** Removes the groups of guests that are not in the list, and this container's own when empty. */
    void clean(List<String> living) throws IOException {
        for (Path folder : folders()) {
            if (!Files.isDirectory(folder)) continue;
            List<Path> groups;
            try (Stream<Path> all = Files.list(folder)) {
                groups = all.filter(Files::isDirectory).toList();
            }
            for (Path group : groups) {
                if (!living.contains(group.getFileName().toString())) delete(group);
            }
            if (living.isEmpty()) delete(folder);
        }
    }

    /** A group is busy for a moment after its last process has died. */
    private static void delete(Path group) throws IOException {
        for (int round = 0; ; round++) {
            try {
                Files.deleteIfExists(group);
                return;
            } catch (IOException e) {
                if (round == 100) throw new IOException("remove cgroup " + group + ": " + e.getMessage(), e);
                java.util.concurrent.locks.LockSupport.parkNanos(10_000_000L);
            }
        }
    }
}
