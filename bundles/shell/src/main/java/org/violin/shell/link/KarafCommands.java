// SPDX-License-Identifier: Apache-2.0
package org.violin.shell.link;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.Base64;
import java.util.Set;
import javax.security.auth.Subject;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.jaas.boot.principal.UserPrincipal;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;

/** In a session of Karaf's shell, as the user {@code host:NAME} with the role {@code admin}: its access lists hold as for anybody. */
final class KarafCommands implements Commands {
    static final String ROLE = "admin";

    private final SessionFactory sessions;

    KarafCommands(SessionFactory sessions) {
        this.sessions = sessions;
    }

    @Override
    public int run(String host, byte[] words, InputStream in, OutputStream out, OutputStream err) throws Exception {
        Subject subject = new Subject(true, Set.of(new UserPrincipal("host:" + host), new RolePrincipal(ROLE)), Set.of(), Set.of());
        String line = "violin:call " + Base64.getUrlEncoder().withoutPadding().encodeToString(words);
        PrivilegedExceptionAction<Object> command = () -> {
            Session session = sessions.create(in, new PrintStream(out), new PrintStream(err));
            try {
                session.put(Subject.class.getName(), subject);
                return session.execute(line);
            } finally {
                session.close();
            }
        };
        try {
            return Subject.doAs(subject, command) instanceof Integer status ? status : 0;
        } catch (PrivilegedActionException e) {
            throw e.getException();
        }
    }
}
