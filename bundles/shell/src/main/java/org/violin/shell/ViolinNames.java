// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.violin.api.control.ViolinSummary;
import org.violin.api.control.Violins;

/** Completes names of violins. */
@Service
public final class ViolinNames implements Completer {
    @Reference(optional = true)
    Violins violins;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        StringsCompleter names = new StringsCompleter(true);
        if (violins != null) violins.list().stream().map(ViolinSummary::name).forEach(names.getStrings()::add);
        return names.complete(session, line, candidates);
    }
}
