// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.Guest;
import org.violin.api.model.Cidr;
import org.violin.api.model.NicSpec;
import org.violin.api.model.NodeId;
import org.violin.api.model.RouteSpec;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.RouterNic;
import org.violin.api.routing.RouterSink;
import org.violin.api.routing.RouterSpec;
import org.violin.api.routing.Station;

/** A server outside (192.0.2.9), a router (eth0 192.0.2.1, eth1 10.1.0.1), a client inside (10.1.0.5). The server knows no way inside. */
final class Triple implements AutoCloseable {
    static final NicSpec ETH0 = nic("eth0", 1, "192.0.2.1/24");
    static final NicSpec ETH1 = nic("eth1", 2, "10.1.0.1/24");
    static final NicSpec CLIENT = nic("eth0", 3, "10.1.0.5/24");
    static final NicSpec SERVER = nic("eth0", 4, "192.0.2.9/24");

    final Lab lab = new Lab();
    final Guest router;
    final Guest client;
    final Guest server;
    final Sink sink = new Sink();
    private final List<ExecSession> sessions = new ArrayList<>();

    /** Notes events. */
    static final class Sink implements RouterSink {
        final List<String> events = new CopyOnWriteArrayList<>();

        @Override
        public void fib(FibBatch batch) {}

        @Override
        public void event(String topic, String text) {
            events.add(topic + " " + text);
        }
    }

    Triple() throws Exception {
        router = lab.start("r1", true);
        client = lab.start("client", false);
        server = lab.start("server", false);
        List<FrameDevice> own = router.plug(List.of(ETH0, ETH1));
        lab.join(own.get(0), server.plug(List.of(SERVER)).get(0));
        lab.join(own.get(1), client.plug(List.of(CLIENT)).get(0));
        client.routes(List.of(new RouteSpec(Cidr.parse("0.0.0.0/0"), "10.1.0.1", "eth0", 0)));
    }

    static NicSpec nic(String name, int number, String... addresses) {
        return new NicSpec(name, String.format("02:00:5e:10:07:%02x", number), 1500, List.of(addresses).stream().map(Cidr::parse).toList());
    }

    static RouterSpec spec(Map<String, Map<String, String>> services) {
        return spec("", "kernel", services);
    }

    static RouterSpec spec(String control, String forwarding, Map<String, Map<String, String>> services) {
        List<RouterNic> nics = List.of(new RouterNic(ETH0, 1, false, List.of(), Map.of()), new RouterNic(ETH1, 1, false, List.of(), Map.of()));
        List<Station> stations = List.of(new Station("client", CLIENT, "eth1"), new Station("server", SERVER, "eth0"),
                new Station("far", nic("eth0", 9, "10.9.0.7/24", "fd09::7/64"), ""));
        return new RouterSpec(new NodeId("vs-test", "r1"), "10.1.0.1", 0, Set.of(), control, forwarding, nics, List.of(), List.of(), Map.of(), "",
                List.of(), services, stations);
    }

    /** A program that goes on in a guest until the end of the test. */
    ExecSession spawn(Guest in, String... command) throws Exception {
        ExecSession session = in.exec(ExecRequest.of(List.of(command)));
        sessions.add(session);
        return session;
    }

    /** A TCP server that answers each line with the address and port it comes from, then the line. */
    void echo(Guest in, int port) throws Exception {
        ExecSession session = spawn(in, "perl", "-MIO::Socket::INET", "-e", """
                $SIG{CHLD} = 'IGNORE'; $| = 1;
                my $s = IO::Socket::INET->new(LocalPort => shift, Listen => 5, ReuseAddr => 1) or die "listen: $@";
                print "ready\\n";
                while (my $c = $s->accept) {
                    if (fork == 0) { while (my $line = <$c>) { print $c $c->peerhost . ' ' . $line; } exit; }
                    close $c;
                }""", String.valueOf(port));
        byte[] ready = session.stdout().readNBytes(6);
        if (!new String(ready).equals("ready\n")) throw new AssertionError(new String(session.stderr().readAllBytes()));
    }

    /** One connection that can be written to and read from. */
    static final class Talk {
        private final ExecSession session;

        Talk(ExecSession session) {
            this.session = session;
        }

        /** Sends a line and returns the answer; empty when the connection is gone. */
        String say(String line) throws Exception {
            session.stdin().write((line + "\n").getBytes());
            session.stdin().flush();
            StringBuilder answer = new StringBuilder();
            for (int c = session.stdout().read(); c >= 0 && c != '\n'; c = session.stdout().read()) answer.append((char) c);
            return answer.toString();
        }
    }

    Talk connect(Guest from, String address, int port) throws Exception {
        return new Talk(spawn(from, "perl", "-MIO::Socket::INET", "-e", """
                $| = 1;
                my $c = IO::Socket::INET->new(PeerAddr => shift, PeerPort => shift, Timeout => 10) or exit 1;
                while (my $line = <STDIN>) { print $c $line; $line = <$c>; print $line; }""", address, String.valueOf(port)));
    }

    @Override
    public void close() throws Exception {
        for (ExecSession session : sessions) session.close();
        lab.close();
    }
}
