# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# violin completion bash: a script for bash. Names of violins, nodes and hosts come from the running overlay host.

use help

completion() {
    [ "${1:-}" = bash ] || usage "completion ${1:-}: only bash is known. Use: eval \"\$(violin completion bash)\""
    verbs=$(echo "$ALL_VERBS" | tr '\n' ' ')
    cat <<EOF
_violin() {
    local cur=\${COMP_WORDS[COMP_CWORD]} verb=\${COMP_WORDS[1]} me=\${COMP_WORDS[0]} words=
    COMPREPLY=()
    if [ "\$COMP_CWORD" -eq 1 ]; then
        words="$verbs"
    else
        case \$verb:\$COMP_CWORD in
            lab:2) words="up down status exec kill start delays" ;;
            lab:*) case \${COMP_WORDS[2]} in
                delays) COMPREPLY=(\$(compgen -f -W "off hosts=" -- "\$cur")); return ;;
                up) words="-n --underlay mbit= delay= delays= --labels" ;;
                *) words=\$("\$me" lab status 2>/dev/null | awk '/^host[0-9]/ {print \$1}') ;;
            esac ;;
            host:2) words="start stop status token remove" ;;
            host:*) words="--name --address --token-file --state --ssh-port --ssh-address --jmx-port --jmx-address --tunnel-port --enrolment-port --control-port --zookeeper-port --cpus --memory-megabytes --labels --wipe" ;;
            demo:*) words="--keep --zoo -n" ;;
            bench:2) words="dataplane swap flood routing placement links" ;;
            bench:*) words="-o --runs --only --settings --quick --swaps --roles --rate --proof" ;;
            completion:2) words=bash ;;
            help:2) words="$verbs" ;;
            apply:*) COMPREPLY=(\$(compgen -f -W "--dry-run --pin --part --routing --emulate -o" -- "\$cur")); return ;;
            plan:*) COMPREPLY=(\$(compgen -f -W "--pin --part --routing --emulate -o" -- "\$cur")); return ;;
            drain:2) words=\$("\$me" hosts 2>/dev/null | awk 'NR > 1 {print \$1}') ;;
            drain:*) words="--dry-run --undo -o" ;;
            place:3) words="--optimize --moves --strategy --pin -o" ;;
            place:2 | show:2 | link:2 | destroy:2 | exec:2 | connect:2 | ping-all:2 | ports:2 | routers:2 | routes:2 | click:2 | run:2 | verify:2) words=\$("\$me" list 2>/dev/null | awk 'NR > 1 {print \$1}') ;;
            link:3 | link:4) words=\$("\$me" show "\${COMP_WORDS[2]}" 2>/dev/null | awk '\$2 == "vhost" || \$2 == "vrouter" || \$2 == "vswitch" {print \$1}') ;;
            link:5) words="show set down up cut reset" ;;
            link:*) words="delay= jitter= loss= corrupt= duplicate= reorder= rate= queue= --from -o" ;;
            run:*) COMPREPLY=(\$(compgen -d -W "--seed --to --data --no-settle --stop -o" -- "\$cur")); return ;;
            swap:2) words="tunnel switching cipher routing placement runtime" ;;
            swap:4) words=\$("\$me" list 2>/dev/null | awk 'NR > 1 {print \$1}') ;;
            swap:5) words=\$("\$me" show "\${COMP_WORDS[4]}" 2>/dev/null | awk '\$2 == "vrouter" {print \$1}') ;;
            exec:3 | connect:3) words=\$("\$me" show "\${COMP_WORDS[2]}" 2>/dev/null | awk '\$2 == "vhost" || \$2 == "vrouter" {print \$1}') ;;
        esac
    fi
    COMPREPLY=(\$(compgen -W "\$words" -- "\$cur"))
}
complete -F _violin violin ./violin
EOF
}
