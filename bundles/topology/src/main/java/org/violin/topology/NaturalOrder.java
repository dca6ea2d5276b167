// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.util.Comparator;

/** Orders interface names as people do: eth2 before eth10. */
enum NaturalOrder implements Comparator<String> {
    INSTANCE;

    @Override
    public int compare(String a, String b) {
        String wordA = word(a);
        int byWord = wordA.compareTo(word(b));
        if (byWord != 0) return byWord;
        String numberA = a.substring(wordA.length());
        String numberB = b.substring(wordA.length());
        int byLength = numberA.length() - numberB.length();
        return byLength != 0 ? byLength : numberA.compareTo(numberB);
    }

    private static String word(String name) {
        int end = name.length();
        while (end > 0 && name.charAt(end - 1) >= '0' && name.charAt(end - 1) <= '9') end--;
        return name.substring(0, end);
    }
}
