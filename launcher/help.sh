# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# violin help [VERB], and what to say about a verb that does not exist.

ALL_VERBS="bootstrap doctor lab host demo test bench completion help version
 apply click connect destroy doors drain events exec host-remove host-token host-tokens hosts link list ping-all place plan plugins ports routers routes run show swap tunnels verify"

help() {
    case ${1:-} in
        '') overview ;;
        bootstrap | doctor | lab | host | demo | test | bench | completion | version | help) "help_$1" ;;
        *)
            use call
            known_verb "$1" || unknown_verb "$1"
            call "$1" --help
            ;;
    esac
}

version() { say "violin $(sed -n 's/^  <version>\(.*\)<\/version>/\1/p' "$ROOT/pom.xml" 2>/dev/null | head -n 1)"; }

overview() {
    cat <<EOF
${bold}violin$plain: isolated virtual internetworks on overlay hosts

  ${bold}this machine$plain
    demo                         set up all, show the main job, take it down
    doctor                       what is missing here, and the cure
    bootstrap                    install packages, build
    lab up|down|status|exec      overlay hosts host1 ... hostN on this machine
    lab kill|start HOST          a crash, and the start after it
    lab delays FILE              other distances between the hosts, while it runs
    host start|stop|status       one overlay host of several real machines
    host token|remove            let another machine in, throw one out
    test                         set up all, run every test
    bench dataplane|swap|flood|routing|placement|links   measure: other overlays beside it, swaps, OSPF, placements, conditions

  ${bold}violins$plain (any overlay host answers; --host NAME or VIOLIN_HOST chooses)
    apply FILE [--dry-run]       make it so; FILE: violin file, containerlab YAML, GraphML
          [--routing ospf]       with other routing than the file says
          [--emulate true]       impose the conditions of links, or not, whatever the file says
    plan FILE [--pin NODE=HOST]  what apply would do: each node's place, its cost, the bound, the gap
    place VIOLIN [--optimize]    moves that pay, with their gain; drain HOST [--undo]: take a host out
    destroy VIOLIN               away with it
    list, show VIOLIN, hosts     look; -o json for programs
    ports, tunnels, events       counters, links between hosts, what happened
    routers [VIOLIN [NODE]]      what learns and forwards: neighbours, processes; routes VIOLIN NODE: what it learnt
    click VIOLIN NODE read|write ELEMENT.HANDLER [VALUE]
    link VIOLIN A B [set delay=20ms loss=1%|down|up|cut|reset]   what a link does to frames, while it runs
    exec VIOLIN NODE -- CMD...   run a program there
    connect VIOLIN NODE          a shell there
    ping-all VIOLIN              every pair of vHosts
    run VIOLIN [--seed N] [--to FOLDER] [--stop]   the experiment of its file: events, probes, a report
    verify VIOLIN                does anything get in or out? canaries from inside and outside
    plugins, swap ROLE PLUGIN    what runs, and another in its place under traffic

  violin help VERB explains one. Start with: ./violin demo
  Environment: VIOLIN_LAB (name of the lab: $LAB), VIOLIN_STATE ($STATE), VIOLIN_HOST, VIOLIN_JAVA_OPTS, VIOLIN_MAVEN_OPTS, NO_COLOR
EOF
}

help_bootstrap() {
    cat <<'EOF'
violin bootstrap
  Installs missing Debian packages, builds with Maven if a source is newer than the distribution, and boots one
  container ahead, so that later ones start faster. Needs root. All verbs that need it do it themselves.
  Example: VIOLIN_MAVEN_OPTS=-Dmaven.repo.local=/tmp/empty ./violin bootstrap
EOF
}
help_doctor() {
    cat <<'EOF'
violin doctor [-o json]
  Kernel features, tools, rights, memory, limits, ports, leftovers; each problem with its cure. Changes nothing.
  Status 1 when something required is missing.
EOF
}
help_lab() {
    cat <<'EOF'
violin lab up [-n HOSTS] [--underlay WORD,WORD...]   start HOSTS (3) overlay hosts and wait until they know each other
  mbit=NUMBER                        rate of each host, in each direction
  delay=TIME                         round-trip time between any two hosts: 20ms, 300us, 0.1s
  delays=FILE[,hosts=ROW:ROW:...]    round-trip times in ms, a host per line, a square of numbers between blanks or commas, plain or .gz;
                                     hosts: which rows, counted from 1; without, the first. Half of each is the delay of that direction
violin lab down                      away with it, whatever state it is in; says if anything is left
violin lab status [-o json]
violin lab up --labels 'HOST,HOST:NAME=VALUE,...;...'   what placement knows of hosts (violin help host); a part without HOST: of all
  Example: violin lab up -n 4 --labels 'host1,host2:site=a;host3,host4:site=b,up=100M'
violin lab exec HOST -- COMMAND...   in the network namespace of that overlay host
violin lab kill HOST                 kill -9 of its container; guests go on
violin lab start HOST...             start it again
violin lab delays FILE [hosts=ROW:ROW:...] | TIME | off   other distances, while it runs
  Examples: violin lab up -n 3 --underlay mbit=100,delay=20ms
            violin lab up --underlay delays=rtt.txt.gz,hosts=3:17:40:200:411
            violin lab exec host1 -- ping -c 3 198.18.0.2
            VIOLIN_LAB=other violin lab up -n 2
EOF
}
help_host() {
    cat <<'EOF'
violin host start --name NAME --address IP [--token-file FILE] [--state FOLDER]
                  [--tunnel-port 4790] [--enrolment-port 4791] [--control-port 4792] [--zookeeper-port 2181]
                  [--ssh-port 8101] [--ssh-address 127.0.0.1] [--jmx-port 1099] [--jmx-address 127.0.0.1]
                  [--cpus N] [--memory-megabytes N] [--labels NAME=VALUE,NAME=VALUE...]
violin host stop [--name NAME] [--wipe]   guests go on, unless --wipe: that removes them and all state
violin host status
violin host token [--for NAME] [--valid 1h]   lets one other machine join, once: a secret until used
violin host remove NAME                   its keys are worthless on all others within seconds
  Without --token-file the host is the first of a new lab: it keeps the authority and the shared state.
  Labels are for placement: free ones, usual are site, country, owner, domain (what fails together); up and down: rate of its access,
  such as 100M; slots: how many nodes it takes. Given to a host that exists they take the place of its old ones, also while it runs.
  Examples: machine a: violin host start --name a --address 10.1.0.1; violin host token >f; scp -p f b:
            machine b: violin host start --name b --address 10.1.0.2 --token-file f
  Open between the machines: UDP tunnel-port, TCP control-port, TCP enrolment-port and zookeeper-port of the first. All
  traffic is authenticated and encrypted. The shell (SSH) and JMX listen on loopback unless told otherwise.
EOF
}
help_demo() {
    cat <<'EOF'
violin demo [--keep] [--zoo FOLDER] [-n HOSTS]
  Starts a lab, runs the paper's Figure 2, a second violin with the same addresses, a goodput measurement and real
  networks; prints each result and a table of checks. Status 1 if any failed. --keep leaves all running.
  --zoo: a folder with Geant2012.graphml of the Internet Topology Zoo.
EOF
}
help_test() { say "violin test: installs what is missing, then mvn verify; the last line is: N passed, N failed, N skipped"; }
help_bench() {
    cat <<'EOF'
violin bench dataplane [-o json] [--runs N] [--only PEER,...] [--settings SETTING,...] [--quick]
  Goodput, processor time, small packets, round trips and loss of VIOLIN and of other overlays between the same two
  namespaces: medians of N (5) runs in turn, the ratio to each peer within a run, and the goals. Installs missing Debian
  packages of the peers; a peer that does not run is listed with the reason. Needs root and an idle machine; takes the
  lab VIOLIN_LAB (dp) up and down; about 45 minutes. Only in a source tree. Status 1 only if VIOLIN carries no traffic.
  Peers:    direct vxlan sealed (VIOLIN, cipher aead; VIOLIN itself: none) wireguard-go tinc fastd openvpn nebula vde n2n
  Settings: whole      veths pass super-frames whole
            segmented  they do not; receivers join them again
            shaped     1 Gbit/s
            loss       0.1 % and 1 % of datagrams lost (loss0.1, loss1), round trip 20 ms
            pps        64-byte frames, 1 and 50 flows
            rtt        round trips, quiet
            mtu        inner 9000 over 1500, 1500 over 1280 (mtu9000, mtu1280)
            many       200 vNICs on 20 tunnels, all talking: fairness and memory of VIOLIN
  --quick: 1 run, tests of 1 s.
violin bench swap [-o json] [--swaps N] [--roles ROLE,...]
  Updates each data-plane plugin N (1000) times under a TCP flow and a numbered UDP flow of 10,000 packets a second between
  two sealed hosts: packets lost, doubled, reordered, the longest gap, what the JVM keeps. Status 1 if any was lost.
  Roles: none (no swap, for comparison) switching tunnel cipher routing placement runtime; without: the first four.
violin bench flood [--runs N] [--rate N]
  A flood (50,000 a second) of key exchanges from strange addresses at a host, while a sealed flow runs to it and another joins.
violin bench routing [--runs N] [--only PART,...]
  FRR in vRouters. Parts: grid (50 of them: until all tables are full, memory), cut (how long traffic stops when a link is cut: carrier,
  silent with BFD, silent without), graft (until a new link is used), swap (kernel and Click in turn, needs VIOLIN_CLICK), zoo (networks of the Topology Zoo on three hosts; then one of 52 vRouters with Click), click (only that).
violin bench placement [-o json] [--runs N] [--only PART,...] [--proof SECONDS]
  How near placements are to bounds that no placement can beat; every answer is checked by code of its own. Reads public instances
  from VIOLIN_DATA (or shared/data beside the project), skips what is not there. No root. Times are medians of N (1) runs. Parts: zoo,
  sndlib, scale (10,000 entities on 1,000 hosts; --proof: seconds for each of its bounds, 60, 0: none), vne (virtual network embedding),
  tight (few slots), moves (another hour's delays). Status 1 if the checker found a fault.
violin bench links [-o json] [--runs N] [--only PART,...]
  How exactly vLinks impose their conditions, in one overlay host: medians of N (3) runs. Parts: rate (1 to 1000 Mbit/s, TCP and UDP),
  delay (0.5 to 200 ms at 10,000 packets a second), loss (also bursts), pipe (100 Mbit/s x 100 ms), many (1,000 links at once).
  Status 1 if a goal is missed.
  Examples: violin bench dataplane --quick --only direct,vxlan --settings whole,rtt
            violin bench dataplane -o json >result.json
EOF
}
# shellcheck disable=SC2016
help_completion() { say "violin completion bash: prints a completion script. Use: eval \"\$(violin completion bash)\""; }
help_help() { say 'violin help [VERB]'; }
help_version() { say "violin version"; }

# unknown_verb WORD: names the nearest by edit distance.
unknown_verb() {
    # shellcheck disable=SC2086,SC2016
    near=$(printf '%s\n' $ALL_VERBS | awk -v w="$1" '
        function min(a, b) { return a < b ? a : b }
        { for (i = 0; i <= length(w); i++) d[i, 0] = i
          for (j = 0; j <= length($0); j++) d[0, j] = j
          for (i = 1; i <= length(w); i++) for (j = 1; j <= length($0); j++)
            d[i, j] = min(min(d[i-1, j], d[i, j-1]) + 1, d[i-1, j-1] + (substr(w, i, 1) != substr($0, j, 1)))
          if (best == "" || d[length(w), length($0)] < least) { best = $0; least = d[length(w), length($0)] } }
        END { if (least <= 3) print best }')
    # shellcheck disable=SC2016
    usage "there is no verb '$1'${near:+; do you mean '$near'?} See: violin help"
}
