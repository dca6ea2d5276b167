// SPDX-License-Identifier: Apache-2.0
package org.violin.api.model;

import java.util.List;
import java.util.stream.Collectors;

/** Nothing was changed, because of these mistakes: all of them, not just the first. */
public class Refused extends Exception {
    private static final long serialVersionUID = 1;
    private final transient List<Mistake> mistakes;

    public Refused(List<Mistake> mistakes) {
        super(mistakes.stream().map(Mistake::toString).collect(Collectors.joining("\n")));
        this.mistakes = List.copyOf(mistakes);
    }

    /** One mistake that has no line. */
    public Refused(String where, String value, String rule) {
        this(List.of(new Mistake(where, 0, value, rule)));
    }

    public List<Mistake> mistakes() {
        return mistakes;
    }
}
