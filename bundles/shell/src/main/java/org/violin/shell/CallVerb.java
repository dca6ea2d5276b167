// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;

/**
 * {@code violin:call}: how programs run a command of this scope with any arguments, whatever the shell's language makes of their
 * characters. Called by: the launcher, over SSH, and other overlay hosts, over the control link. The command is looked up as the session sees it, so access rules
 * hold.
 */
@Service
@Command(scope = "violin", name = "call", description = "Runs a command of this scope for a program", detailedDescription = """
        WORDS is the command and its arguments, each ended by a NUL, in
        base64. Options may stand anywhere before "--".
        Example (in a POSIX shell):
          ssh HOST "violin:call $(printf '%s\\0' show figure2 | base64 -w0)"
        """)
public final class CallVerb implements Action {
    /** What Karaf throws for a command that the user may not even see; its package is not exported. */
    private static final String HIDDEN = "CommandNotFoundException";

    @Argument(name = "words", description = "Base64", required = true)
    String words;

    @Reference
    Session session;

    @Override
    public Object execute() throws Exception {
        Streams io = Streams.current(session);
        List<String> argv;
        try {
            argv = decode(words);
        } catch (IllegalArgumentException e) {
            io.err().println("violin:call: not base64 of NUL-ended words");
            return Verb.WRONG_USE;
        }
        String verb = argv.get(0);
        Class<? extends Action> type = Verbs.byName(verb);
        if (type == null || !(session.get("violin:" + verb) instanceof Function command)) {
            io.err().println("violin: there is no command '" + verb + "' for you; there are " + String.join(", ", Verbs.names()));
            return Verb.WRONG_USE;
        }
        try {
            CommandSession gogo = (CommandSession) session.get(".commandSession");
            Object result = command.execute(gogo, new ArrayList<>(Verbs.inKarafOrder(type, argv.subList(1, argv.size()))));
            return result instanceof Integer ? result : Verb.DONE;
        } catch (CommandException e) {
            io.err().println("violin " + verb + ": " + e.getMessage() + "; see: " + verb + " --help");
            return Verb.WRONG_USE;
        } catch (RuntimeException e) {
            if (!(e instanceof SecurityException) && !e.getClass().getSimpleName().equals(HIDDEN)) throw e;
            io.err().println("violin " + verb + ": you may not; etc/org.apache.karaf.command.acl.violin.cfg says which roles may");
            return Verb.FAILED;
        } finally {
            io.flush();
        }
    }

    /** The words of one call, ready for {@code violin:call}. Letters, digits, '-' and '_' only: nothing that the shell reads. */
    static String encode(List<String> argv) {
        StringBuilder s = new StringBuilder();
        argv.forEach(word -> s.append(word).append('\0'));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(s.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> decode(String words) {
        byte[] bytes = Base64.getDecoder().decode(words.replace('-', '+').replace('_', '/'));
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (!text.endsWith("\0")) throw new IllegalArgumentException("the last word has no NUL");
        return Arrays.asList(text.substring(0, text.length() - 1).split("\0", -1));
    }
}
