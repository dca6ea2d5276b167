// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

/** What one group record of an IGMPv3 or MLDv2 report says; both use the same numbers (RFC 3376 4.2.12, RFC 3810 5.2.12). */
public final class GroupRecord {
    public static final int IS_INCLUDE = 1;
    public static final int IS_EXCLUDE = 2;
    public static final int TO_INCLUDE = 3;
    public static final int TO_EXCLUDE = 4;
    public static final int ALLOW_NEW = 5;
    public static final int BLOCK_OLD = 6;

    private GroupRecord() {}

    /** The sender wants the group, from some sources at least. */
    public static boolean isJoin(int type, int sources) {
        return switch (type) {
            case IS_EXCLUDE, TO_EXCLUDE, ALLOW_NEW -> true;
            case IS_INCLUDE, TO_INCLUDE -> sources > 0;
            default -> false;
        };
    }

    /** The sender wants nothing of the group any more. */
    public static boolean isLeave(int type, int sources) {
        return type == TO_INCLUDE && sources == 0;
    }
}
