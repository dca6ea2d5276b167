# SPDX-License-Identifier: Apache-2.0
# Reads about, peers, goals, not-run and raw (see run.sh), in this order; writes the table or JSON (variable "format").
function file() { n = split(FILENAME, part, "/"); return part[n] }
function median(list, count,    i, j, x) {
    for (i = 2; i <= count; i++) {
        x = list[i]
        for (j = i - 1; j >= 1 && list[j] > x; j--) list[j + 1] = list[j]
        list[j + 1] = x
    }
    return count % 2 ? list[(count + 1) / 2] : (list[count / 2] + list[count / 2 + 1]) / 2
}
function short(x) { return x >= 1000 ? sprintf("%.0f", x) : x >= 100 ? sprintf("%.1f", x) : sprintf("%.3g", x + 0) }
function quoted(s) { gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); gsub(/[\001-\037]/, " ", s); return "\"" s "\"" }
function unit(m) {
    return m ~ /^tcp/ ? "Mbit/s" : m ~ /^cpu/ ? "s/GB" : m ~ /loss$/ ? "%" : m ~ /^udp/ ? "kpps" : m == "df-ping" ? "passes" : m ~ /^(jain|least-share)/ ? "of 1" : m ~ /^total/ ? "Mbit/s" : m ~ /^direct-share/ ? "of bound" : m ~ /^(direct|resident)/ ? "MiB" : "us"
}
# words after the first COUNT
function rest(count,    s) { s = $0; while (count-- > 0) sub(/^[^ ]* */, "", s); return s }
file() == "about" { about[++abouts] = $1; told[$1] = rest(1); next }
file() == "peers" { peer[++peers] = $1; offload[$1] = $2; version[$1] = rest(2); next }
file() == "goals" { if ($1 !~ /^#/) { goal[++goals] = $0 } next }
file() == "not-run" { missing[++missings] = $1; by[missings] = $2; why[missings] = rest(2); next }
{
    group = $1 SUBSEP $2
    if (!(group in known)) { known[group] = 1; groups++; setting_of[groups] = $1; measure_of[groups] = $2 }
    key = group SUBSEP $3
    if (!(key in count)) { member[group, ++members[group]] = $3 }
    value[key, ++count[key]] = $5
    at_run[key, $4] = $5
    if ($4 > last_run) last_run = $4
}
# compare(group, own, peer): medians of ratio and difference over the runs that both have; sets ratio, added, pairs, ratios.
function compare(group, own, p,    r, v, w, list, diffs) {
    pairs = 0; ratios = ""
    for (r = 1; r <= last_run; r++) {
        if (!((group, own, r) in at_run) || !((group, p, r) in at_run)) continue
        v = at_run[group, own, r]; w = at_run[group, p, r]
        if (w == 0) continue
        list[++pairs] = v / w
        diffs[pairs] = v - w
        ratios = ratios (ratios == "" ? "" : ",") sprintf("%.5g", v / w)
    }
    if (pairs) { ratio = median(list, pairs); added = median(diffs, pairs) }
}
# judge(setting, measure, peer, own): sets aim and verdict.
function judge(s, m, p, own,    i, g, x, far) {
    aim = ""; verdict = ""
    for (i = 1; i <= goals; i++) {
        split(goal[i], g, " ")
        if (g[1] != s || g[2] != m || g[4] ~ /^sealed/ || !(g[3] == p || g[3] == "user-space" && offload[p] == "no")) continue
        x = g[4] ~ /^ratio/ ? ratio : g[4] ~ /^added/ ? added : own
        aim = (g[4] ~ /^ratio/ ? "ratio " : g[4] ~ /^added/ ? "added " : "") (g[4] ~ />/ ? ">= " : "<= ") g[5]
        if (g[4] !~ /^value/ && !pairs) { verdict = "not measured"; return }
        if (g[4] ~ />/ ? x >= g[5] : x <= g[5]) { verdict = "met" } else {
            far = 100 * (x - g[5]) / g[5]
            if (far < 0) far = -far
            verdict = sprintf(far < 10 ? "MISSED by %.1f %%" : "MISSED by %.0f %%", far)
        }
        return
    }
}
function row(group, s, m, p,    i, k, list, lo, hi, mid, all, cell) {
    k = group SUBSEP p; all = ""
    for (i = 1; i <= count[k]; i++) {
        list[i] = value[k, i] + 0
        if (i == 1 || list[i] < lo) lo = list[i]
        if (i == 1 || list[i] > hi) hi = list[i]
        all = all (i > 1 ? "," : "") value[k, i]
    }
    mid = median(list, count[k])
    pairs = 0
    if (p != "violin") compare(group, "violin", p)
    judge(s, m, p, mid)
    if (format == "json") {
        printf "%s\n  {\"setting\":%s,\"measure\":%s,\"unit\":%s,\"peer\":%s,\"values\":[%s],\"median\":%s,\"min\":%s,\"max\":%s", (rows++ ? "," : ""),
            quoted(s), quoted(m), quoted(unit(m)), quoted(p), all, mid, lo, hi
        if (pairs) printf ",\"violinOverPeer\":%.5g,\"violinLessPeer\":%.5g,\"ratios\":[%s]", ratio, added, ratios
        if (aim != "") printf ",\"goal\":%s,\"verdict\":%s", quoted(aim), quoted(verdict)
        printf "}"
        return
    }
    # Enough for a screen; programs get all.
    if (m ~ /-loss$/ || m == "df-ping" && p != "violin") return
    cell = !pairs ? "-" : aim ~ /^added/ ? sprintf("%+.3g", added) : sprintf("%.3g", ratio)
    if (pairs && aim ~ /0\.99/) cell = sprintf("%.4f", ratio)
    if (verdict == "met") met++
    if (verdict ~ /^MISSED/) missed++
    printf "%-10s %-9s %-7s %s%-13s%s %9s %19s %3d %12s  %-14s %s\n", rows++ && s == shown ? "" : s, m == shown_measure && s == shown ? "" : m,
        m == shown_measure && s == shown ? "" : unit(m), p == "violin" ? bold : "", p, p == "violin" ? plain : "", short(mid),
        short(lo) " .. " short(hi), count[k], cell, aim, verdict == "" ? "" : (verdict == "met" ? green : red) verdict plain
    shown = s; shown_measure = m
}
# sealed_rows(group, setting, measure): what is asked of VIOLIN sealed, one row for each such goal.
function sealed_rows(group, s, m,    i, g, far) {
    for (i = 1; i <= goals; i++) {
        split(goal[i], g, " ")
        if (g[1] != s || g[2] != m || g[4] !~ /^sealed/) continue
        compare(group, "sealed", g[3])
        if (!pairs) continue
        far = 100 * (g[5] - ratio) / g[5]
        verdict = ratio >= g[5] ? "met" : sprintf(far < 10 ? "MISSED by %.1f %%" : "MISSED by %.0f %%", far)
        if (format == "json") {
            printf "%s\n  {\"setting\":%s,\"measure\":%s,\"unit\":\"ratio\",\"peer\":%s,\"sealedOverPeer\":%.5g,\"ratios\":[%s],\"goal\":%s,\"verdict\":%s}",
                (rows++ ? "," : ""), quoted(s), quoted(m), quoted(g[3]), ratio, ratios, quoted("sealed >= " g[5]), quoted(verdict)
            continue
        }
        if (verdict == "met") met++; else missed++
        printf "%-10s %-9s %-7s %-33s %9s %3d %12s  %-14s %s\n", "", "", "", "sealed over " (g[3] == "violin" ? "clear" : g[3]), "", pairs,
            sprintf(g[5] ~ /0\.99/ ? "%.4f" : "%.3g", ratio), "ratio >= " g[5], (verdict == "met" ? green : red) verdict plain
    }
}
END {
    if (format == "json") {
        printf "{\"about\":{"
        for (i = 1; i <= abouts; i++) printf "%s%s:%s", (i > 1 ? "," : ""), quoted(about[i]), quoted(told[about[i]])
        printf "},\n\"peers\":["
        for (i = 1; i <= peers; i++) printf "%s{\"name\":%s,\"version\":%s,\"segmentationOffload\":%s}", (i > 1 ? "," : ""), quoted(peer[i]), quoted(version[peer[i]]), quoted(offload[peer[i]])
        printf "],\n\"notRun\":["
        for (i = 1; i <= missings; i++) printf "%s{\"setting\":%s,\"peer\":%s,\"reason\":%s}", (i > 1 ? "," : ""), quoted(missing[i]), quoted(by[i]), quoted(why[i])
        printf "],\n\"results\":["
    } else {
        print bold "VIOLIN data plane, " told["date"] ", commit " told["commit"] plain
        print told["cores"] " cores, " told["cpu"] ", " told["memoryGiB"] " GiB, Linux " told["kernel"] "; " told["jdk"] "; JVM options: " told["jvmOptions"]
        print told["iperf3"] ", cubic, " told["tcpSeconds"] " s; load " told["loadBefore"] " before, " told["loadAfter"] " after; idle JVMs: " told["jvmIdle"]
        print "busy before the runs (idle JVMs and others): " told["busyBeforeRuns"] "; runs: " told["runs"] ", alternating"
        if (told["busyBeforeRuns"] + 0 >= 10) print red "The machine was not idle: do not quote these figures." plain
        line = "versions:"
        for (i = 1; i <= peers; i++) if (version[peer[i]] != "-") line = line (i > 1 ? "; " : " ") peer[i] " " version[peer[i]]
        print line
        print ""
        printf "%s%-10s %-9s %-7s %-13s %9s %19s %3s %12s  %-14s %s%s\n", bold, "SETTING", "MEASURE", "UNIT", "PEER", "MEDIAN", "MIN .. MAX", "N", "VIOLIN/PEER", "GOAL", "VERDICT", plain
    }
    for (i = 1; i <= groups; i++) {
        group = setting_of[i] SUBSEP measure_of[i]
        if (((group, "violin") in count)) row(group, setting_of[i], measure_of[i], "violin")
        for (j = 1; j <= members[group]; j++) if (member[group, j] != "violin") row(group, setting_of[i], measure_of[i], member[group, j])
        sealed_rows(group, setting_of[i], measure_of[i])
    }
    if (format == "json") { print "\n]}"; exit }
    print ""
    for (i = 1; i <= missings; i++) print by[i] (missing[i] == "all" ? "" : ", " missing[i]) ": not run: " why[i]
    print met + 0 " goals met, " missed + 0 " missed"
}
