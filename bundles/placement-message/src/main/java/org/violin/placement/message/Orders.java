// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.message;

import java.util.Arrays;

/** Orders for message passing in which long chains of the core run one way. */
final class Orders {
    private Orders() {}

    /** Breadth first from an end of each piece of the core. */
    static int[] breadth(Field f) {
        int[] order = new int[f.nodes];
        int n = 0;
        boolean[] seen = new boolean[f.nodes];
        int[] queue = new int[f.nodes];
        for (int i = 0; i < f.nodes; i++) {
            if (!f.core[i] || seen[i]) continue;
            int start = i;
            for (int round = 0; round < 2; round++) start = last(f, start, queue, new boolean[f.nodes]);
            n = walk(f, start, order, n, seen);
        }
        return Arrays.copyOf(order, n);
    }

    private static int last(Field f, int start, int[] queue, boolean[] seen) {
        int n = walk(f, start, queue, 0, seen);
        return queue[n - 1];
    }

    private static int walk(Field f, int start, int[] queue, int n, boolean[] seen) {
        int head = n;
        queue[n++] = start;
        seen[start] = true;
        while (head < n) {
            int i = queue[head++];
            for (int e : f.at[i]) {
                int j = f.edges[e].other(i);
                if (!f.core[j] || seen[j]) continue;
                seen[j] = true;
                queue[n++] = j;
            }
        }
        return n;
    }

    /** Depth first, the core's chains one after the other. */
    static int[] depth(Field f) {
        int[] order = new int[f.nodes];
        int n = 0;
        boolean[] seen = new boolean[f.nodes];
        int[] stack = new int[2 * f.edges.length + f.nodes + 1];
        int[] scratch = new int[f.nodes];
        for (int i = 0; i < f.nodes; i++) {
            if (!f.core[i] || seen[i]) continue;
            int top = 0;
            stack[top++] = last(f, i, scratch, new boolean[f.nodes]);
            while (top > 0) {
                int s = stack[--top];
                if (seen[s]) continue;
                seen[s] = true;
                order[n++] = s;
                for (int e : f.at[s]) {
                    int j = f.edges[e].other(s);
                    if (f.core[j] && !seen[j]) stack[top++] = j;
                }
            }
        }
        return Arrays.copyOf(order, n);
    }
}
