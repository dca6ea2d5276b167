# SPDX-License-Identifier: Apache-2.0
# Medians of the raw lines of run.sh, as a table or JSON. Status 1 when a goal is missed.
function median(k,    i, j, x, n, l) {
    n = split(all[k], l, " ")
    for (i = 2; i <= n; i++) { x = l[i] + 0; for (j = i - 1; j >= 1 && l[j] + 0 > x; j--) l[j + 1] = l[j]; l[j + 1] = x }
    return n % 2 ? l[(n + 1) / 2] + 0 : (l[n / 2] + l[n / 2 + 1]) / 2
}
function put(k, v) { if (!(k in all)) keys[++count] = k; all[k] = all[k] " " v }
function abs(x) { return x < 0 ? -x : x }
function line(what, value, unit, good) {
    if (format == "json") printf "%s  {\"what\": \"%s\", \"value\": %s, \"unit\": \"%s\", \"goal\": %s}", rows++ ? ",\n" : "[\n", what, value, unit, good ? "true" : "false"
    else printf "%-58s %12s %-12s %s\n", what, value, unit, good ? "ok" : "MISSED"
    missed += !good
}
$1 == "rate" { put("rate " $2 " TCP", $3); put("rate " $2 " UDP", $4) }
$1 == "delay" { put("delay " $2 " mean", $3); put("delay " $2 " p99", $4); put("delay " $2 " lost", $6); put("delay " $2 " reordered", $7) }
$1 == "loss" || $1 == "ge" { put($1 " " $2 " lost", $3); put($1 " " $2 " burst", $3 / ($4 ? $4 : 1)); total[$1 " " $2] = $3 + $5 }
$1 == "pipe" { put("pipe mbit", $2); put("pipe bytes", $3) }
$1 == "many" { put("many share", $3); put("many late", $4); put("many lost", $5); total["many"] = $5 + $6 }
END {
    for (i = 1; i <= count; i++) {
        k = keys[i]; v = median(k); split(k, w, " ")
        if (w[1] == "rate") line("rate " w[2] " Mbit/s, " w[3] ": off by", sprintf("%.2f", v), "%", abs(v) <= 2)
        else if (w[1] == "delay" && w[3] == "mean") line("delay " w[2] " ms at 10,000/s: mean error", sprintf("%.1f", v), "us", abs(v) <= 50)
        else if (w[1] == "delay" && w[3] == "p99") line("delay " w[2] " ms: p99 above it, the path's own included", sprintf("%.1f", v), "us", v <= 500)
        else if (w[1] == "delay") line("delay " w[2] " ms: " w[3], v, "packets", v == 0)
        else if (w[1] == "loss" && w[3] == "lost") { p = w[2] / 100; n = total[w[1] " " w[2]]; line("loss " w[2] " %: lost of " n, v, "packets", abs(v - n * p) <= 4 * sqrt(n * p * (1 - p))) }
        else if (w[1] == "loss") line("loss " w[2] " %: mean burst", sprintf("%.3f", v), "packets", abs(v - 1 / (1 - w[2] / 100)) <= 0.1)
        else if (w[1] == "ge" && w[3] == "lost") { n = total[w[1] " " w[2]]; line("Gilbert-Elliott 1 % in, 10 % out: lost of " n, v, "packets", abs(v / n - 1 / 11) <= 0.015) }
        else if (w[1] == "ge") line("Gilbert-Elliott: mean burst (model: 10)", sprintf("%.2f", v), "packets", abs(v - 10) <= 1)
        else if (k == "pipe mbit") line("100 Mbit/s x 100 ms: TCP goodput", sprintf("%.1f", v), "Mbit/s", v >= 90 * 1448 / 1514)
        else if (k == "pipe bytes") line("  kept at most in one direction", v, "bytes", v <= 64 * 1048576)
        else if (k == "many share") line("1,000 links x 100 packets/s: processor share of the host", v, "%", 1)
        else if (k == "many late") line("  late at p99", v, "us", v <= 2000)
        else if (k == "many lost") { n = total["many"]; line("  lost of " n " (1 %)", v, "packets", abs(v - n / 100) <= 4 * sqrt(n / 100)) }
    }
    if (format == "json") print "\n]"
    exit missed > 0
}
