# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Labels of overlay hosts, for placement: NAME=VALUE,NAME=VALUE. For the hosts of a lab: parts between ";", each for the hosts before
# its ":", or for all: 'owner=me;host1,host2:site=a;host3:site=b,up=100M'.

LABEL_WORD='[A-Za-z0-9][A-Za-z0-9_.:/+@-]{0,62}'

# labels_check WHERE LABELS: ends with the rule if they are not good; the overlay host checks the same when it starts.
labels_check() {
    [ -n "$2" ] || return 0
    case $2 in
        *[!A-Za-z0-9_.:/+@=,-]* | *,,* | ,* | *,) usage "$1 '$2': labels are NAME=VALUE,NAME=VALUE of letters, digits, '_', '-', '.', ':', '/', '+' and '@'" ;;
    esac
    for word in $(echo "$2" | tr ',' ' '); do
        echo "$word" | grep -Eq "^$LABEL_WORD=$LABEL_WORD\$" ||
            usage "$1 '$word': a label is NAME=VALUE, each a letter or digit, then at most 62 letters, digits, '_', '-', '.', ':', '/', '+' or '@'"
        case $word in
            host=*) usage "$1 '$word': no label is named host" ;;
            up=* | down=*) echo "$word" | grep -Eiq '^[a-z]+=[0-9]*[1-9][0-9]*(\.[0-9]{1,9})?[kmgt]?(bit|bps)?$|^[a-z]+=0*\.[0-9]*[1-9][0-9]*[kmgt]?(bit|bps)?$' ||
                usage "$1 '$word': a rate above 0 in bits per second, such as 100M or 1G" ;;
            slots=*) is_number "${word#slots=}" 0 1000000 || usage "$1 '$word': a number of nodes from 0 to 1000000" ;;
        esac
    done
    twice=$(echo "$2" | tr ',' '\n' | sed 's/=.*//' | sort | uniq -d | head -n 1)
    [ -z "$twice" ] || usage "$1: '$twice' is given twice"
}

# labels_of PARTS HOST: the labels of that host of a lab.
labels_of() {
    echo "$1" | tr ';' '\n' | awk -v h="$2" '
        { c = index($0, ":"); e = index($0, "=")
          mine = !(c && c < e); words = mine ? $0 : substr($0, c + 1)
          if (!mine) { n = split(substr($0, 1, c - 1), names, ","); for (i = 1; i <= n; i++) if (names[i] == h) mine = 1 }
          if (mine && words != "") all = all (all == "" ? "" : ",") words }
        END { print all }'
}

# labels_check_lab COUNT PARTS: the same for the hosts host1 to hostCOUNT.
labels_check_lab() {
    [ -n "$2" ] || return 0
    case $2 in *[!A-Za-z0-9_.:/+@=,\;-]*) labels_check 'lab up --labels' "$2" ;; esac
    for part in $(echo "$2" | tr ';' ' '); do
        names=${part%%=*}
        case $names in *:*) names=${names%%:*} ;; *) continue ;; esac
        for name in $(echo "$names" | tr ',' ' '); do
            case $name in host[1-9]*) if is_number "${name#host}" 1 "$1"; then continue; fi ;; esac
            usage "lab up --labels '$part': there is no '$name' in a lab of $1; a part is LABELS, or HOST,HOST:LABELS, parts between ';'"
        done
    done
    i=1
    while [ "$i" -le "$1" ]; do
        labels_check "lab up --labels (host$i)" "$(labels_of "$2" "host$i")"
        i=$((i + 1))
    done
}
