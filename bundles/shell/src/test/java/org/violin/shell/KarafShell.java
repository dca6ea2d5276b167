// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.felix.service.threadio.ThreadIO;
import org.apache.karaf.shell.api.console.Candidate;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.apache.karaf.shell.impl.action.command.ManagerImpl;
import org.apache.karaf.shell.impl.console.RegistryImpl;
import org.apache.karaf.shell.impl.console.SessionFactoryImpl;

/** Karaf's own shell without the container: the commands run as they do behind its SSH server's exec channel. */
final class KarafShell implements AutoCloseable {
    record Answer(Object result, byte[] bytes, String err) {
        String out() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** A line whose cursor is at its end. */
    private record Typed(String[] words) implements CommandLine {
        @Override
        public int getCursorArgumentIndex() {
            return words.length - 1;
        }

        @Override
        public String getCursorArgument() {
            return words[words.length - 1];
        }

        @Override
        public int getArgumentPosition() {
            return getCursorArgument().length();
        }

        @Override
        public String[] getArguments() {
            return words;
        }

        @Override
        public int getBufferPosition() {
            return getBuffer().length();
        }

        @Override
        public String getBuffer() {
            return String.join(" ", words);
        }
    }

    /** One for all: it replaces System.in, System.out and System.err. */
    private static final ThreadIOImpl THREAD_IO = new ThreadIOImpl();

    static {
        THREAD_IO.start();
    }

    private final SessionFactoryImpl factory;

    KarafShell(Object... services) {
        this(SessionFactoryImpl::new, services);
    }

    KarafShell(Function<ThreadIO, SessionFactoryImpl> kind, Object... services) {
        factory = kind.apply(THREAD_IO);
        RegistryImpl dependencies = new RegistryImpl(factory.getRegistry());
        Arrays.stream(services).forEach(dependencies::register);
        ManagerImpl manager = new ManagerImpl(dependencies, factory.getRegistry());
        for (String name : Verbs.names()) manager.register(Verbs.byName(name));
        for (Class<?> c : List.of(CallVerb.class, ViolinNames.class, NodeNames.class, HostNames.class,
                FileNames.class)) manager.register(c);
    }

    SessionFactory factory() {
        return factory;
    }

    /** Runs one line of the shell's language. */
    Answer line(String line, byte[] stdin) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Object result = run(line, new ByteArrayInputStream(stdin), out, err);
        return new Answer(result, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    /** Like Karaf 4.4.10, does not flush. */
    Object run(String line, InputStream in, OutputStream out, OutputStream err) throws Exception {
        Session session = factory.create(in, new PrintStream(out), new PrintStream(err));
        try {
            return session.execute(line);
        } finally {
            session.close();
        }
    }

    Answer line(String line) throws Exception {
        return line(line, new byte[0]);
    }

    /** Runs a command as the launcher does. */
    Answer call(byte[] stdin, String... words) throws Exception {
        String text = String.join("\0", words) + "\0";
        return line("violin:call " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)), stdin);
    }

    Answer call(String... words) throws Exception {
        return call(new byte[0], words);
    }

    /** What TAB offers at the end of these words, the last of which may be empty. */
    List<String> complete(String... words) {
        Session session = factory.create(new ByteArrayInputStream(new byte[0]), new PrintStream(new ByteArrayOutputStream()),
                new PrintStream(new ByteArrayOutputStream()));
        String name = words[0].substring(words[0].indexOf(':') + 1);
        Command command = factory.getRegistry().getCommand("violin", name);
        List<Candidate> found = new ArrayList<>();
        command.getCompleter(false).completeCandidates(session, new Typed(words), found);
        session.close();
        return found.stream().map(c -> c.value().strip()).toList();
    }

    @Override
    public void close() {
        factory.stop();
    }
}
