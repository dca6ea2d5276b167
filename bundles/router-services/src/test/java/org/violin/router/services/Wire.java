// SPDX-License-Identifier: Apache-2.0
package org.violin.router.services;

import java.util.List;
import org.violin.api.guest.ExecRequest;
import org.violin.api.guest.ExecSession;
import org.violin.api.guest.Guest;

/** Small clients that run in guests. */
final class Wire {
    /** $1 server, $2 name: the answer's IPv4 addresses in order, or the response code (RFC 1035). */
    private static final String ASK = """
            use IO::Socket::INET;
            my ($server, $name) = @ARGV;
            my $s = IO::Socket::INET->new(PeerAddr => $server, PeerPort => 53, Proto => 'udp') or die "socket: $@";
            my $q = pack('n6', 4711, 0x0100, 1, 0, 0, 0) . join('', map { pack('C/a*', $_) } split(/\\./, $name)) . pack('Cnn', 0, 1, 1);
            my $r = '';
            for my $try (1 .. 3) {
                $s->send($q);
                my $in = ''; vec($in, fileno($s), 1) = 1;
                if (select($in, undef, undef, 2)) { $s->recv($r, 4096); last; }
            }
            die "no answer\\n" unless length $r;
            my ($id, $flags, $qs, $as) = unpack('n4', $r);
            if ($flags & 15) { print 'code ' . ($flags & 15); exit; }
            my $at = length $q;
            my @found;
            for (1 .. $as) {
                my ($type, $class, $ttl, $length) = unpack('x2nnNn', substr($r, $at));
                push @found, join('.', unpack('C4', substr($r, $at + 12, 4))) if $type == 1;
                $at += 12 + $length;
            }
            print join(' ', sort @found);""";
    /** $1 MAC as twelve digits: asks for a lease and prints address, router and name server (RFC 2131). */
    private static final String LEASE = """
            use Socket;
            my $mac = pack('H12', shift);
            socket(my $s, PF_INET, SOCK_DGRAM, 17) or die;
            setsockopt($s, SOL_SOCKET, SO_BROADCAST, 1);
            setsockopt($s, SOL_SOCKET, 25, pack('a16', 'eth0')) or die "bind to device: $!";
            bind($s, sockaddr_in(68, INADDR_ANY)) or die "bind: $!";
            sub ask {
                my ($type, $more) = @_;
                my $p = pack('C4 N n n N N N N a16 a64 a128 N', 1, 1, 6, 0, 0x12345678, 0, 0x8000, 0, 0, 0, 0, $mac, '', '', 0x63825363)
                    . pack('CCC', 53, 1, $type) . $more . pack('CCCCC', 55, 3, 3, 6, 1) . pack('C', 255);
                for (1 .. 3) {
                    send($s, $p . ("\\0" x 60), 0, sockaddr_in(67, INADDR_BROADCAST)) or die "send: $!";
                    my $in = ''; vec($in, fileno($s), 1) = 1;
                    next unless select($in, undef, undef, 3);
                    recv($s, my $r, 2000, 0);
                    my $options = substr($r, 240);
                    my %o;
                    while (length $options && ord($options) != 255) {
                        if (ord($options) == 0) { $options = substr($options, 1); next; }
                        my ($k, $v) = unpack('C C/a', $options);
                        $o{$k} = $v;
                        $options = substr($options, 2 + length $v);
                    }
                    return (substr($r, 16, 4), \\%o);
                }
                die "no answer\\n";
            }
            my ($offer, $o) = ask(1, '');
            my ($address, $a) = ask(3, pack('CC', 50, 4) . $offer . pack('CC', 54, 4) . $o->{54});
            die 'refused' if ord($a->{53}) != 5;
            print join(' ', map { defined $_ ? inet_ntoa($_) : '-' } $address, $a->{3}, $a->{6});""";

    private Wire() {}

    static String ask(Guest from, String server, String name) throws Exception {
        return perl(from, ASK, server, name);
    }

    static String lease(Guest from, String mac) throws Exception {
        return perl(from, LEASE, mac.replace(":", ""));
    }

    private static String perl(Guest in, String script, String... arguments) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of("perl", "-e", script));
        command.addAll(List.of(arguments));
        try (ExecSession session = in.exec(ExecRequest.of(command))) {
            session.stdin().close();
            String out = new String(session.stdout().readAllBytes());
            String errors = new String(session.stderr().readAllBytes());
            session.waitFor();
            return (out + errors).strip();
        }
    }
}
