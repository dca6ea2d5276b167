// SPDX-License-Identifier: Apache-2.0
package org.violin.runtime.netns;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.violin.api.guest.ExecRequest;
import org.violin.api.model.NodeId;

/** The native program {@code violin-guest}, which does what needs a process of its own. Any thread. */
final class Launcher {
    private static final Map<String, String> ARCHITECTURES = Map.of("amd64", "x86_64", "aarch64", "aarch64");
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Path program;
    private final int startTimeoutMillis;

    private Launcher(Path program, int startTimeoutMillis) {
        this.program = program;
        this.startTimeoutMillis = startTimeoutMillis;
    }

    /** Unpacks the program for this machine into a folder. Throws IOException when the bundle was built for another one. */
    static Launcher unpack(Path folder, int startTimeoutMillis) throws IOException {
        String arch = System.getProperty("os.arch");
        String resource = "/native/linux-" + ARCHITECTURES.getOrDefault(arch, arch) + "/violin-guest";
        Path program = folder.resolve("violin-guest");
        try (InputStream in = Launcher.class.getResourceAsStream(resource)) {
            if (in == null) throw new IOException("this build has no launcher for " + arch + " (" + resource + ")");
            byte[] bytes = in.readAllBytes();
            boolean same = Files.isExecutable(program) && java.util.Arrays.equals(Files.readAllBytes(program), bytes);
            if (!same) {
                Path fresh = folder.resolve("violin-guest.new");
                Files.deleteIfExists(fresh);
                Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                Files.write(fresh, bytes);
                Files.move(fresh, program, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            }
        }
        return new Launcher(program, startTimeoutMillis);
    }

    /** Whether the kernel gives all namespaces; its complaint, or empty when all is well. */
    String check() throws IOException {
        return run(List.of(program.toString(), "check"), "check").error;
    }

    /** Starts a guest's first process. The folder then holds its number. */
    FirstProcess start(NodeId id, Path folder, Path hosts, Path skeleton, boolean forwarding, List<String> joins) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString(), "start", "--name", id.node(), "--hosts", hosts.toString(),
                "--skeleton", skeleton.toString()));
        if (forwarding) command.add("--forward");
        for (String join : joins) command.addAll(List.of("--join", join));
        command.add(folder.toString());
        Result result = run(command, "start");
        if (!result.error.isEmpty()) throw new IOException(result.error);
        return FirstProcess.parse(result.output).orElseThrow(() -> new IOException("violin-guest start said '" + result.output + "'"));
    }

    /** Begins a program in a guest. */
    ProgramSession exec(FirstProcess guest, List<String> joins, ExecRequest request) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString(), "exec", "--pid", Integer.toString(guest.pid()), "--start",
                Long.toString(guest.startTicks())));
        for (String join : joins) command.addAll(List.of("--join", join));
        if (request.terminal()) command.addAll(List.of("--tty", Integer.toString(request.rows()), Integer.toString(request.columns())));
        command.add("--");
        command.addAll(request.command());
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment(); // by environment, which only root can read, not by arguments
        environment.clear();
        environment.putAll(Map.of("PATH", PATH, "HOME", "/root", "USER", "root", "LOGNAME", "root", "SHELL", "/bin/sh", "LANG", "C.UTF-8"));
        if (request.terminal()) environment.put("TERM", "xterm");
        environment.putAll(request.environment());
        return new ProgramSession(builder.start());
    }

    private record Result(String output, String error) {}

    private Result run(List<String> command, String what) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        Process process = builder.start();
        process.getOutputStream().close();
        // Both are short; the guest itself holds neither, so they end with the launcher.
        if (!await(process)) {
            process.destroyForcibly();
            throw new IOException("violin-guest " + what + ": no end after " + startTimeoutMillis + " ms");
        }
        String output = new String(process.getInputStream().readAllBytes());
        String error = new String(process.getErrorStream().readAllBytes()).trim();
        if (process.exitValue() != 0 && error.isEmpty()) error = "violin-guest " + what + ": exit status " + process.exitValue();
        return new Result(output, process.exitValue() == 0 ? "" : error);
    }

    private boolean await(Process process) throws IOException {
        try {
            return process.waitFor(startTimeoutMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while violin-guest ran", e);
        }
    }
}
