// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.violin.api.cluster.Admission;
import org.violin.api.cluster.StateException;

/** One host's view of who may join. */
final class FakeAdmission implements Admission {
    final List<String> asked = new ArrayList<>();
    final List<String> expelled = new ArrayList<>();
    private final boolean authority;
    volatile String trouble = "";

    FakeAdmission(boolean authority) {
        this.authority = authority;
    }

    @Override
    public boolean authority() {
        return authority;
    }

    @Override
    public String token(String host, Duration validFor) throws StateException {
        if (!authority) throw new StateException("not the authority", false, null);
        if (!trouble.isEmpty()) throw new StateException(trouble, false, null);
        asked.add(host + " " + validFor);
        return "vt1-secret";
    }

    @Override
    public List<Token> tokens() {
        return List.of(new Token("t1", "", 0), new Token("t2", "host9", 0));
    }

    @Override
    public void expel(String host) throws StateException {
        if (!trouble.isEmpty()) throw new StateException(trouble, false, null);
        expelled.add(host);
    }

    @Override
    public List<String> expelled() {
        return List.copyOf(expelled);
    }
}
