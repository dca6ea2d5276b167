// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.Principal;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import javax.security.auth.Subject;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.violin.shell.KarafShell.Answer;

/** Karaf's check of roles, with the access lists that the distribution ships. */
class RolesTest {
    private static final Set<String> READING = Set.of("doors", "events", "hosts", "list", "plugins", "ports", "routers", "routes", "show", "tunnels");

    private final Fakes.FakeViolins violins = new Fakes.FakeViolins();
    private final KarafShell shell = new KarafShell(AccessLists::secured, violins, new Fakes.FakeEvents(), new Fakes.FakeDataPlane(),
            new Fakes.FakeMembers(Fakes.HOST1, List.of(Fakes.HOST1)),
            new Fakes.FakeGuests("host1", (node, request) -> new LocalProgram(request.command())));

    @AfterEach
    void close() {
        shell.close();
    }

    private static <T> T as(String role, PrivilegedExceptionAction<T> action) throws Exception {
        Set<Principal> principals = new HashSet<>();
        if (!role.isEmpty()) principals.add(new RolePrincipal(role));
        try {
            return Subject.doAs(new Subject(true, principals, Set.of(), Set.of()), action);
        } catch (PrivilegedActionException e) {
            throw e.getException();
        }
    }

    @Test
    void every_verb_has_its_line() throws Exception {
        Properties lines = AccessLists.file("violin");
        for (String verb : Verbs.names()) {
            List<String> roles = Arrays.asList(lines.getProperty(verb, "none").split(", "));
            assertTrue(roles.contains("admin"), verb + " has no line with admin in " + AccessLists.ETC);
            assertEquals(READING.contains(verb), roles.contains("viewer"), verb);
        }
        assertEquals("admin", lines.getProperty("*"));
        assertTrue(lines.getProperty("call").contains("viewer"));
    }

    @Test
    void a_viewer_reads() throws Exception {
        for (String verb : List.of("list", "hosts", "ports", "tunnels")) {
            assertEquals(0, as("viewer", () -> shell.call(verb)).result(), verb);
            assertEquals(0, as("viewer", () -> shell.line("violin:" + verb)).result(), verb);
        }
        assertTrue(as("viewer", () -> shell.call("show", "figure2")).out().contains("vHost1"));
    }

    @Test
    void a_viewer_changes_nothing_by_any_way() throws Exception {
        for (String verb : Verbs.names()) {
            if (READING.contains(verb)) continue;
            Answer answer = as("viewer", () -> shell.call(verb, "figure2", "vHost1", "--", "true"));
            assertEquals(1, answer.result(), verb);
            assertEquals("violin " + verb + ": you may not; etc/org.apache.karaf.command.acl.violin.cfg says which roles may\n", answer.err());
            assertEquals("", answer.out());
            assertThrows(Exception.class, () -> as("viewer", () -> shell.line("violin:" + verb + " figure2")), verb);
        }
        assertEquals(List.of(), violins.destroyed);
        assertEquals(0, as("admin", () -> shell.call("destroy", "figure2")).result());
        assertEquals(List.of("figure2"), violins.destroyed);
    }

    @Test
    void the_shells_language_is_no_way_round() throws Exception {
        for (String line : List.of("$.session getFactory", "shell:new java.lang.Object", "shell:cat /etc/hostname", "shell:less /etc/hostname",
                "shell:echo x > target/written", "shell:tac target/written", "shell:removeCommand violin list", "shell:exec id",
                "f = { violin:destroy figure2 }; f", "shell:eval \"violin:destroy figure2\"", "shell:each [1] { violin:destroy figure2 }")) {
            assertThrows(Exception.class, () -> as("viewer", () -> shell.line(line)), line);
        }
        assertEquals(List.of(), violins.destroyed);
        assertFalse(java.nio.file.Files.exists(java.nio.file.Path.of("target/written")));
        assertEquals("hi\n", as("viewer", () -> shell.line("shell:echo hi")).out());
        assertTrue(as("viewer", () -> shell.line("*:help violin:list")).out().contains("COMMANDS"));
        assertTrue(as("viewer", () -> shell.line("violin:list --help")).out().contains("DESCRIPTION"));
    }

    @Test
    void completion_and_commands_without_a_user_do_not_break() throws Exception {
        assertTrue(as("viewer", () -> shell.complete("violin:show", "")).contains("figure2"));
        assertThrows(Exception.class, () -> as("", () -> shell.call("list")));
    }
}
