// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** A command whose answer comes as text for people or as JSON for programs. */
abstract class Query extends Verb {
    @Option(name = "-o", aliases = "--output", description = "text or json", valueToShowInHelp = "text")
    @Completion(value = StringsCompleter.class, values = {"text", "json"})
    String output = "text";

    final boolean json() throws WrongUse {
        if (output.equals("json")) return true;
        if (output.equals("text")) return false;
        throw new WrongUse("-o '" + output + "': text or json");
    }
}
