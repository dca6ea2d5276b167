// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

/**
 * The fingerprint of an item: two items of one key are the same when their prints are.
 *
 * @param rebuild digest of what cannot change in place
 * @param inPlace digest of what can
 */
record Print(String rebuild, String inPlace) {
    /** Of something that is there, but nobody knows how it was made. Differs from every other. */
    static final Print UNKNOWN = new Print("?", "?");

    /** Of a vNIC that is there, but whose device this container does not hold yet: plugged again in place. */
    static final Print REATTACH = new Print("", "?");

    /** Of something that cannot be computed now, because its plugin is not there or broke: what is there stays as it is. */
    static final Print KEEP = new Print("", "=");

    static Print of(Object rebuild, Object inPlace) {
        return new Print(digest(rebuild.toString()), digest(inPlace.toString()));
    }

    static Print parse(String text) {
        int slash = text.indexOf('/');
        return new Print(text.substring(0, slash), text.substring(slash + 1));
    }

    @Override
    public String toString() {
        return rebuild + "/" + inPlace;
    }

    /** FNV-1a, 64 bits: quick, and as good as any where nobody gains by a collision. */
    static String digest(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        return Long.toHexString(hash);
    }
}
