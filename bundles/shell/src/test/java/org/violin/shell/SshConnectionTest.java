// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.security.Principal;
import java.util.Set;
import javax.security.auth.Subject;
import org.junit.jupiter.api.Test;

class SshConnectionTest {
    private static Subject subject(String... names) {
        Set<Principal> principals = new java.util.LinkedHashSet<>();
        for (String name : names) principals.add(() -> name);
        return new Subject(true, principals, Set.of(), Set.of());
    }

    @Test
    void theClientsPortIsReadFromKarafsPrincipal() {
        assertEquals(43210, SshConnection.clientPort(subject("violin", "ssh(/127.0.0.1:43210)")));
        assertEquals(5, SshConnection.clientPort(subject("ssh(/[fd00:0:0:0:0:0:0:1]:5)")));
        assertEquals(0, SshConnection.clientPort(subject("violin", "local(localhost)")));
        assertEquals(0, SshConnection.clientPort(null));
    }
}
