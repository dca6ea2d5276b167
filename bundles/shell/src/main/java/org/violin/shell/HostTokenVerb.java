// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.violin.api.cluster.Admission;
import org.violin.api.cluster.Members;
import org.violin.api.cluster.StateException;
import org.violin.api.guest.GuestException;
import org.violin.shell.link.RemoteHosts;

/** {@code violin:host-token}. Only the token goes to standard output. */
@Service
@Command(scope = "violin", name = "host-token", description = "Makes a token by which one host may join", detailedDescription = """
        Good once, until it expires. Whoever has it can join the lab: keep it
        secret. The token is all that goes to standard output.
        Examples:
          violin:host-token
          violin:host-token --for host4 --valid 10m
          violin:host-token -o json
        """)
public final class HostTokenVerb extends Query {
    static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());
    private static final Pattern VALID = Pattern.compile("([1-9][0-9]{0,5})([smhd])");
    private static final Duration LONGEST = Duration.ofDays(7);

    @Option(name = "--for", description = "The only name it is good for", valueToShowInHelp = "any that is free")
    String host = "";

    @Option(name = "--valid", description = "For how long: a number and s, m, h or d; at most 7d")
    @Completion(value = StringsCompleter.class, values = {"10m", "1h", "1d"})
    String valid = "1h";

    @Option(name = "--local", description = "Only if this overlay host holds the lab's authority")
    boolean local;

    @Reference(optional = true)
    Admission admission;

    @Reference(optional = true)
    Members members;

    @Reference(optional = true)
    RemoteHosts remotes;

    @Override
    int run(Streams io) throws WrongUse, GuestException, IOException, StateException, InterruptedException {
        boolean json = json();
        Duration time = time(valid);
        AuthorityHost authority = new AuthorityHost(admission, members, remotes);
        if (!authority.here()) {
            if (local) return AuthorityHost.ELSEWHERE;
            return authority.ask(List.of("host-token", "--for", host, "--valid", valid, "-o", output), io);
        }
        String token = admission.token(host, time);
        long until = System.currentTimeMillis() + time.toMillis();
        if (json) {
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("token", token);
            answer.put("host", host);
            answer.put("expiresMillis", until);
            io.out().println(Json.pretty(answer));
            return DONE;
        }
        io.out().println(token);
        io.err().println("good once, for " + (host.isEmpty() ? "any host" : host) + ", until " + TIME.format(Instant.ofEpochMilli(until))
                + "; whoever has it can join: keep it secret");
        return DONE;
    }

    static Duration time(String text) throws WrongUse {
        Matcher m = VALID.matcher(text);
        if (m.matches()) {
            long n = Long.parseLong(m.group(1));
            Duration time = switch (m.group(2)) {
                case "s" -> Duration.ofSeconds(n);
                case "m" -> Duration.ofMinutes(n);
                case "h" -> Duration.ofHours(n);
                default -> Duration.ofDays(n);
            };
            if (time.compareTo(LONGEST) <= 0) return time;
        }
        throw new WrongUse("--valid '" + text + "': a number and s, m, h or d, such as 10m; at most 7d");
    }
}
