// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.bench.placement;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

/**
 * Virtual network embedding as the Virne benchmark has it: a substrate and requests that come and go.
 *
 * @param cpu of each substrate node
 * @param links u, v and bandwidth
 */
record Requests(String name, double[] cpu, List<double[]> links, List<Request> requests) {
    /** One virtual network; it comes at {@code arrival}, and stays for {@code lifetime}. */
    record Request(double arrival, double lifetime, double[] cpu, List<double[]> links) {}

    /** The JSON form: {@code n, cpu[], links[[u,v,bw]], vn[{arr, life, cpu[], links[[a,b,bw]]}]}. */
    static Requests json(String name, String text) throws IOException {
        JsonNode root = new ObjectMapper().readTree(text);
        List<Request> all = new ArrayList<>();
        for (JsonNode vn : root.path("vn")) all.add(new Request(vn.path("arr").asDouble(), vn.path("life").asDouble(), row(vn.path("cpu")), rows(vn.path("links"))));
        return checked(new Requests(name, row(root.path("cpu")), rows(root.path("links")), all), root.path("n").asInt(-1), all.size());
    }

    /** The text form: counts, node CPU, links; then for each request a line of arrival, lifetime and counts, its CPU, its links. */
    static Requests text(String name, String text) throws IOException {
        StringTokenizer words = new StringTokenizer(text);
        try {
            int n = (int) next(words);
            int m = (int) next(words);
            int count = (int) next(words);
            double[] cpu = row(words, n);
            List<double[]> links = rows(words, m);
            List<Request> all = new ArrayList<>();
            for (int k = 0; k < count; k++) {
                double arrival = next(words);
                double lifetime = next(words);
                int nodes = (int) next(words);
                int edges = (int) next(words);
                all.add(new Request(arrival, lifetime, row(words, nodes), rows(words, edges)));
            }
            return checked(new Requests(name, cpu, links, all), n, count);
        } catch (java.util.NoSuchElementException | NumberFormatException e) {
            throw new IOException(name + " ends too early or has a word that is no number", e);
        }
    }

    private static Requests checked(Requests r, int n, int count) throws IOException {
        if (r.cpu.length != n || r.requests.size() != count || n < 1) throw new IOException(r.name + ": counts do not agree");
        for (double[] l : r.links) if (l[0] < 0 || l[0] >= n || l[1] < 0 || l[1] >= n) throw new IOException(r.name + ": a link to a node that is not there");
        for (Request q : r.requests) {
            for (double[] l : q.links) if (l[0] >= q.cpu.length || l[1] >= q.cpu.length) throw new IOException(r.name + ": a request's link to a node that is not there");
        }
        return r;
    }

    private static double[] row(JsonNode node) {
        double[] row = new double[node.size()];
        for (int i = 0; i < row.length; i++) row[i] = node.get(i).asDouble();
        return row;
    }

    private static List<double[]> rows(JsonNode node) {
        List<double[]> rows = new ArrayList<>();
        for (JsonNode one : node) rows.add(row(one));
        return rows;
    }

    private static double next(StringTokenizer words) {
        return Double.parseDouble(words.nextToken());
    }

    private static double[] row(StringTokenizer words, int n) {
        double[] row = new double[n];
        for (int i = 0; i < n; i++) row[i] = next(words);
        return row;
    }

    private static List<double[]> rows(StringTokenizer words, int n) {
        List<double[]> rows = new ArrayList<>();
        for (int i = 0; i < n; i++) rows.add(row(words, 3));
        return rows;
    }
}
