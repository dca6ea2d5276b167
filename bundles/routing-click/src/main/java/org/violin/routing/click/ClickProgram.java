// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.violin.api.model.Mistake;
import org.violin.linux.OwnNetns;

/** The {@code click} program of this host: where it is, how it is started, what it says of a graph. Any thread. */
final class ClickProgram {
    /** Name of the file with the graph, in the folder Click runs in. */
    static final String FILE = "graph.click";

    private static final Pattern PLACED = Pattern.compile("([^:\\n]+):(\\d+): (.*)");
    private static final int MOST_OUTPUT = 65_536;
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Path program;
    private final int timeoutMillis;
    private final int megabytes;

    /** @param megabytes of address space for one; it ends when it needs more */
    ClickProgram(Path program, int timeoutMillis, int megabytes) {
        this.program = program;
        this.timeoutMillis = timeoutMillis;
        this.megabytes = megabytes;
    }

    /** The configured one, else the environment's, else the first on the search path. Empty: there is none. */
    static Optional<Path> find(String configured, String environment, String searchPath) {
        for (String given : new String[] {configured, environment}) {
            if (given != null && !given.isBlank()) return Optional.of(Path.of(given).toAbsolutePath());
        }
        for (String folder : (searchPath == null ? "" : searchPath).split(":")) {
            Path candidate = Path.of(folder.isEmpty() ? "." : folder, "click");
            if (Files.isExecutable(candidate) && Files.isRegularFile(candidate)) return Optional.of(candidate.toAbsolutePath());
        }
        return Optional.empty();
    }

    Path path() {
        return program;
    }

    /** First line of {@code click --version}. Throws IOException when it cannot be run, or is another program of that name. */
    String version(int user) throws IOException {
        List<String> command = unprivileged(user);
        command.addAll(List.of(program.toString(), "--version"));
        Result result = run(command, null);
        String first = result.output.lines().findFirst().orElse("");
        if (result.status != 0 || !first.startsWith("click (Click)")) {
            throw new IOException(program + (first.startsWith("setpriv:") ? ": " : " is not Click: ") + (first.isEmpty() ? "exit status " + result.status : first));
        }
        return first;
    }

    /** How Click is started in a namespace, from the folder that holds the graph: no rights, nothing to gain by what the graph says. */
    List<String> command(OwnNetns namespace, int user, String... more) {
        List<String> command = new ArrayList<>(List.of("nsenter", "--net=" + namespace.path(), "--", "prlimit", "--as=" + ((long) megabytes << 20), "--"));
        command.addAll(unprivileged(user));
        command.add(program.toString());
        command.addAll(List.of(more));
        command.add(FILE);
        return command;
    }

    private static List<String> unprivileged(int user) {
        List<String> command = new ArrayList<>();
        if (user == 0) return command;
        command.addAll(List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups", "--inh-caps=-all", "--bounding-set=-all",
                "--no-new-privs", "--"));
        return command;
    }

    static ProcessBuilder builder(List<String> command, Path folder) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        if (folder != null) builder.directory(folder.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", PATH);
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    /**
     * What Click says against a graph: it is read and its elements made, as when it is started, in a namespace that is then thrown away.
     *
     * @param folder with the graph, of the user's
     */
    List<Mistake> check(Path folder, int user, String what) throws IOException {
        Result result;
        try (OwnNetns namespace = OwnNetns.open()) {
            result = run(command(namespace, user, "-q"), folder);
        }
        if (result.status == 0) return List.of(); // warnings are none of the user's concern
        List<Mistake> mistakes = new ArrayList<>(mistakes(result.output, what));
        // What is generated names only elements of Click 2.1: a program without them was built with less.
        mistakes.replaceAll(m -> !m.file().equals(what) || !m.rule().contains("unknown element class") ? m
                : new Mistake(m.file(), m.line(), m.value(), m.rule() + ": " + program + " was built without it; use another, or forwarding kernel"));
        return mistakes.isEmpty() ? List.of(new Mistake(what, 0, "", "click: exit status " + result.status)) : mistakes;
    }

    /**
     * One for each thing that Click names; what it says of one element belongs together. A text that is spliced at each vNIC is complained
     * about once.
     */
    static List<Mistake> mistakes(String output, String what) {
        List<Mistake> mistakes = new ArrayList<>();
        for (String line : output.split("\n")) {
            String text = line.strip();
            if (text.isEmpty() || text.equals("Router could not be initialized!")) continue;
            Matcher placed = PLACED.matcher(line);
            String file = placed.matches() ? placed.group(1).equals(FILE) ? what : placed.group(1) : what;
            int number = placed.matches() ? Integer.parseInt(placed.group(2)) : 0;
            String rule = placed.matches() ? placed.group(3).strip() : text;
            Mistake last = mistakes.isEmpty() ? null : mistakes.get(mistakes.size() - 1);
            boolean more = placed.matches() ? placed.group(3).startsWith(" ") : line.startsWith(" ");
            if (more && last != null) {
                String all = last.rule() + (last.rule().endsWith(":") ? " " : "; ") + rule;
                mistakes.set(mistakes.size() - 1, new Mistake(last.file(), last.line(), "", all));
            } else {
                mistakes.add(new Mistake(file, number, "", rule));
            }
        }
        Set<String> said = new HashSet<>();
        mistakes.removeIf(m -> !said.add(m.toString().replaceAll("'svc_[A-Za-z0-9_]+/", "'svc/")));
        return mistakes;
    }

    private record Result(int status, String output) {}

    private Result run(List<String> command, Path folder) throws IOException {
        Process process = builder(command, folder).start();
        process.getOutputStream().close();
        Thread killer = new Thread(() -> {
            try {
                if (!process.waitFor(timeoutMillis, TimeUnit.MILLISECONDS)) process.destroyForcibly();
            } catch (InterruptedException e) {
                // it ended in time
            }
        }, "click timeout");
        killer.setDaemon(true);
        killer.start();
        try {
            byte[] output = process.getInputStream().readNBytes(MOST_OUTPUT);
            process.getInputStream().skip(Long.MAX_VALUE);
            return new Result(process.waitFor(), new String(output, StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while click ran", e);
        } finally {
            killer.interrupt();
        }
    }
}
