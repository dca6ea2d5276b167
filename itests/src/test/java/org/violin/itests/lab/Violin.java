// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** The launcher as a person would type it, for one lab of the tests' own. */
final class Violin {
    static final Path ROOT = Path.of(System.getProperty("violin.root", "..")).toAbsolutePath().normalize();
    private static final long LIMIT_SECONDS = 180;

    private final String lab;
    private final Path state;

    Violin(String lab, Path state) {
        this.lab = lab;
        this.state = state;
    }

    /** What a command printed and how it ended. */
    record Result(int status, String out, String err) {
        String all() {
            return out + err;
        }
    }

    Path state() {
        return state;
    }

    Result run(String... words) {
        return feed("", words);
    }

    /** Runs a verb with that text as its standard input; fails after three minutes. */
    Result feed(String stdin, String... words) {
        try {
            Process process = start(words);
            try (OutputStream in = process.getOutputStream()) {
                in.write(stdin.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                if (!stdin.isEmpty()) throw e;
            }
            Path err = Files.createTempFile("violin-it", ".err");
            Thread reader = new Thread(() -> copy(process, err));
            reader.start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("violin " + String.join(" ", words) + " did not end within " + LIMIT_SECONDS + " s; it printed " + out);
            }
            reader.join();
            String errors = Files.readString(err);
            Files.delete(err);
            return new Result(process.exitValue(), out, errors);
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static void copy(Process process, Path to) {
        try {
            Files.write(to, process.getErrorStream().readAllBytes());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    Process start(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(ROOT.resolve("violin").toString()));
        command.addAll(Arrays.asList(words));
        ProcessBuilder builder = new ProcessBuilder(command).directory(ROOT.toFile());
        builder.environment().put("VIOLIN_LAB", lab);
        builder.environment().put("VIOLIN_STATE", state.toString());
        builder.environment().remove("VIOLIN_HOST");
        return builder.start();
    }

    /** Runs a verb that must end with status 0 and returns its standard output. */
    String ok(String... words) {
        Result result = run(words);
        assertEquals(0, result.status(), "violin " + String.join(" ", words) + "\n" + result.all());
        return result.out();
    }

    /** Runs a program in a guest; it must end with status 0. */
    String in(String violin, String node, String... command) {
        List<String> words = new ArrayList<>(List.of("exec", violin, node, "--"));
        words.addAll(Arrays.asList(command));
        return ok(words.toArray(new String[0])).trim();
    }

    static void eventually(String what, long seconds, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.call()) {
            if (System.nanoTime() > end) throw new AssertionError("not within " + seconds + " s: " + what);
            Thread.sleep(100);
        }
    }
}
