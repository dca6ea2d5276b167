// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.container;

import static java.util.stream.Collectors.toCollection;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Another overlay host as a user would set it up: the archive unpacked, a few settings, and bin/karaf as a process of its own. */
final class SecondHost implements AutoCloseable {
    private final Path folder;
    private Process process;

    private SecondHost(Path folder) {
        this.folder = folder;
    }

    /**
     * @param join address and port of the first host's ZooKeeper
     * @param token lets the host {@code second} in; names the first host's enrolment port
     */
    static SecondHost unpack(Path target, String address, String join, String token, int tunnelPort) throws IOException, InterruptedException {
        SecondHost host = new SecondHost(target.resolve("second"));
        host.removeFolder();
        Files.createDirectories(host.folder);
        call("tar", "-xzf", System.getProperty(Containers.ARCHIVE), "--strip-components", "1", "-C", host.folder.toString());
        List<Integer> ports = Containers.freePorts(4);
        host.put("org.apache.karaf.shell.cfg", "sshPort", ports.get(0));
        host.put("org.apache.karaf.management.cfg", "rmiRegistryPort", ports.get(1));
        host.put("org.apache.karaf.management.cfg", "rmiServerPort", ports.get(2));
        host.put("org.violin.members.cfg", "name", "second");
        host.put("org.violin.members.cfg", "address", address);
        host.put("org.violin.members.cfg", "join", join);
        host.put("org.violin.members.cfg", "controlPort", ports.get(3));
        Path file = host.folder.resolve("etc/violin-token");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, token);
        host.put("org.violin.trust.cfg", "name", "second");
        host.put("org.violin.trust.cfg", "address", address);
        host.put("org.violin.trust.cfg", "join", token.split("\\.", 5)[4]);
        host.put("org.violin.trust.cfg", "tokenFile", file);
        host.put("org.violin.members.cfg", "tunnelPort", tunnelPort);
        return host;
    }

    private void put(String file, String key, Object value) throws IOException {
        Path path = folder.resolve("etc").resolve(file);
        List<String> lines = new ArrayList<>(Files.exists(path) ? Files.readAllLines(path) : List.of());
        lines.removeIf(line -> line.matches(key + "\\s*=.*"));
        lines.add(key + " = " + value);
        Files.write(path, lines);
    }

    void start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(folder.resolve("bin/karaf").toString(), "server");
        builder.environment().keySet().removeIf(name -> name.startsWith("KARAF_") || name.equals("JAVA_OPTS"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("JAVA_OPTS", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.security.manager=allow");
        builder.environment().put("KARAF_EXEC", "exec"); // so that the process is the JVM itself
        process = builder.redirectErrorStream(true).redirectOutput(folder.resolve("out.log").toFile()).redirectInput(new File("/dev/null")).start();
    }

    boolean runs() {
        return process != null && process.isAlive();
    }

    /** As a crash would. */
    void kill() throws InterruptedException {
        if (process == null) return;
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.waitFor(10, TimeUnit.SECONDS);
    }

    /** First processes of guests that this host started: their mounts or their command lines name its folder. */
    List<ProcessHandle> guests() {
        return ProcessHandle.allProcesses().filter(this::isGuest).collect(toCollection(ArrayList::new));
    }

    private boolean isGuest(ProcessHandle candidate) {
        Path proc = Path.of("/proc", "" + candidate.pid());
        try {
            if (!Files.readString(proc.resolve("comm")).startsWith("violin-")) return false;
            return (Files.readString(proc.resolve("cmdline")) + Files.readString(proc.resolve("mountinfo"))).contains(folder + "/");
        } catch (IOException e) {
            return false; // it ended meanwhile
        }
    }

    /** Whatever happened: no process and no folder is left. */
    @Override
    public void close() throws IOException, InterruptedException {
        kill();
        for (ProcessHandle guest : guests()) {
            guest.destroyForcibly();
            guest.onExit().orTimeout(10, TimeUnit.SECONDS).join();
        }
        removeFolder();
    }

    private void removeFolder() throws IOException {
        if (!Files.exists(folder)) return;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) Files.delete(file);
        }
    }

    private static void call(String... command) throws IOException, InterruptedException {
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) throw new IOException(String.join(" ", command) + " ended with " + status);
    }
}
