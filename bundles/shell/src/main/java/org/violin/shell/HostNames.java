// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;

/** Completes names of overlay hosts. */
@Service
public final class HostNames implements Completer {
    @Reference(optional = true)
    Members members;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        StringsCompleter names = new StringsCompleter(true);
        if (members != null) members.hosts().stream().map(HostInfo::name).forEach(names.getStrings()::add);
        return names.complete(session, line, candidates);
    }
}
