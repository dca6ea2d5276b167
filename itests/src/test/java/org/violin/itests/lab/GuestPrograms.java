// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.lab;

/** Small programs that run in guests, by Perl, which every Debian has. */
final class GuestPrograms {
    /** $1 port. Tells each who connects from what address it came, then says again what it hears, line by line. Goes to the background. */
    static final String SERVER = """
            use IO::Socket::INET;
            my $listen = IO::Socket::INET->new(Listen => 9, LocalPort => shift, ReuseAddr => 1) or die "listen: $@";
            exit if fork;
            open(STDIN, '</dev/null'); open(STDOUT, '>/dev/null'); open(STDERR, '>/dev/null');
            $SIG{CHLD} = 'IGNORE';
            while (1) {
                my $one = $listen->accept or next;
                next if fork;
                print $one $one->peerhost, "\\n";
                while (my $line = <$one>) { print $one $line; }
                exit;
            }""";

    /** $1 address, $2 port: prints what address the server sees, or nothing when it cannot be reached within a second. */
    static final String SEEN_AS = """
            use IO::Socket::INET;
            my $s = IO::Socket::INET->new(PeerAddr => shift, PeerPort => shift, Timeout => 1) or exit;
            print scalar <$s>;""";

    /** $1 address, $2 port, $3 file. One connection that says and hears a line ten times a second, with the count in the file. */
    static final String TALKER = """
            use IO::Socket::INET;
            my $s = IO::Socket::INET->new(PeerAddr => shift, PeerPort => shift, Timeout => 5) or die "connect: $@";
            my $file = shift;
            my $hello = <$s>;
            exit if fork;
            open(STDIN, '</dev/null'); open(STDOUT, '>/dev/null'); open(STDERR, '>/dev/null');
            for (my $n = 1; ; $n++) {
                print $s "$n\\n";
                my $back = <$s>;
                exit unless defined $back && $back == $n;
                open(my $f, '>', "$file.new"); print $f $n; close $f; rename "$file.new", $file;
                select(undef, undef, undef, 0.1);
            }""";

    /** $1 interface, $2 MAC as twelve digits: asks for a lease by DHCP (RFC 2131) and prints the address. */
    static final String LEASE = """
            use Socket;
            my ($nic, $mac) = (shift, pack('H12', shift));
            socket(my $s, PF_INET, SOCK_DGRAM, 0) or die "socket: $!";
            setsockopt($s, SOL_SOCKET, SO_BROADCAST, 1);
            setsockopt($s, SOL_SOCKET, 25, "$nic\\0") or die "device: $!";
            bind($s, sockaddr_in(68, INADDR_ANY)) or die "bind: $!";
            sub ask {
                my $asked = pack('C4 N n2 N4 a16 x192 N', 1, 1, 6, 0, $$, 0, 0x8000, 0, 0, 0, 0, $mac, 0x63825363) . shift() . pack('C x60', 255);
                for (1 .. 5) {
                    send($s, $asked, 0, sockaddr_in(67, INADDR_BROADCAST)) or die "send: $!";
                    my $ready = ''; vec($ready, fileno($s), 1) = 1;
                    return $_ if select($ready, undef, undef, 2) && defined recv($s, $_, 2000, 0);
                }
                die "no answer\\n";
            }
            my $offer = ask(pack('C3', 53, 1, 1));
            my ($server) = substr($offer, 240) =~ /\\x36\\x04(....)/s or die "no server in the offer\\n";
            my $address = substr($offer, 16, 4);
            my $given = ask(pack('C3', 53, 1, 3) . pack('C2 a4', 50, 4, $address) . pack('C2 a4', 54, 4, $server));
            die "refused\\n" unless substr($given, 240) =~ /^\\x35\\x01\\x05/;
            print inet_ntoa(substr($given, 16, 4));""";

    private GuestPrograms() {}

    /** Runs one of them, which must end well, and returns what it prints. */
    static String perl(Violin violin, String of, String node, String program, String... words) {
        String[] command = new String[3 + words.length];
        command[0] = "perl";
        command[1] = "-e";
        command[2] = program;
        System.arraycopy(words, 0, command, 3, words.length);
        return violin.in(of, node, command);
    }
}
