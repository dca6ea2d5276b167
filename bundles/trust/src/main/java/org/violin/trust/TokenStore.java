// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.model.Names;

/**
 * The authority's tokens not used yet, a file each, so that a launcher can make them, too. Which of two takes a token is decided by the
 * removal of its file. Any thread.
 */
final class TokenStore {
    static final int MAX = 1_000;
    static final Duration LONGEST = Duration.ofDays(7);
    private static final Logger LOG = LoggerFactory.getLogger(TokenStore.class);
    private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");
    private static final Pattern TEXT =
            Pattern.compile("secret ([0-9a-f]{64})\\nexpires ([0-9]{1,12})\\n(?:host ([^\\n]{1,63})\\n)?");
    private static final int ID_BYTES = 8;
    private static final String CURE = "remove it and make another token";

    private final Path folder;
    private final Clock clock;

    TokenStore(KeyFolder keys, Clock clock) throws KeyFileException {
        this.folder = keys.subfolder("tokens");
        this.clock = clock;
    }

    /**
     * Makes one.
     *
     * @param host the only name it is good for; empty: any
     * @param where HOST:PORT for its text
     * @throws KeyFileException when there are too many, or it cannot be kept
     */
    synchronized JoinToken make(String host, Duration validFor, String where) throws KeyFileException {
        if (validFor.compareTo(LONGEST) > 0 || validFor.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("a token is valid for 1 second to " + LONGEST.toDays() + " days, not " + validFor);
        }
        if (!host.isEmpty() && Names.nodeMistake(host).isPresent()) throw new IllegalArgumentException("name '" + host + "': " + Names.NODE_RULE);
        if (list().size() >= MAX) throw new KeyFileException(folder + ": " + MAX + " tokens wait to be used; remove some of these files");
        byte[] id = new byte[ID_BYTES];
        Crypto.RANDOM.nextBytes(id);
        JoinToken token = new JoinToken(HexFormat.of().formatHex(id), Crypto.random(), now() + validFor.toSeconds(), where);
        KeyFolder.writeSecret(folder.resolve(token.id()), "secret " + Crypto.hex(token.secret()) + "\nexpires " + token.expires() + "\n"
                + (host.isEmpty() ? "" : "host " + host + "\n"));
        return token;
    }

    /** Those that may still be used, by expiry; the expired ones are removed. What is no token is passed over, with a warning. */
    List<Kept> list() throws KeyFileException {
        List<Kept> kept = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, f -> ID.matcher(f.getFileName().toString()).matches())) {
            for (Path file : files) {
                if (kept.size() >= MAX) break;
                try {
                    find(file.getFileName().toString()).ifPresent(kept::add);
                } catch (KeyFileException e) {
                    LOG.warn("{}", e.getMessage());
                }
            }
        } catch (IOException e) {
            throw new KeyFileException(folder + ": cannot be read (" + e + "); let this user own it, with mode 700");
        }
        kept.sort(Comparator.comparingLong(Kept::expires).thenComparing(Kept::id));
        return kept;
    }

    /** The token of that id, unless there is none (any more). Throws when its file is open to others or no token. */
    Optional<Kept> find(String id) throws KeyFileException {
        if (!ID.matcher(id).matches()) return Optional.empty();
        Path file = folder.resolve(id);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) return Optional.empty();
        Matcher matcher = TEXT.matcher(KeyFolder.readSecret(file, CURE));
        if (!matcher.matches()) throw new KeyFileException(file + ": is no token; " + CURE);
        long expires = Long.parseLong(matcher.group(2));
        if (expires <= now()) {
            KeyFolder.remove(file);
            return Optional.empty();
        }
        return Optional.of(new Kept(id, Crypto.unhex(matcher.group(1)), expires, matcher.group(3) == null ? "" : matcher.group(3)));
    }

    /** Uses a token up: true for exactly one caller. */
    boolean redeem(Kept token) throws KeyFileException {
        return token.expires > now() && KeyFolder.remove(folder.resolve(token.id));
    }

    private long now() {
        return clock.millis() / 1000;
    }

    /**
     * A token as it is kept.
     *
     * @param secret 32 bytes
     * @param expires seconds since the epoch
     * @param host the only name it is good for; empty: any
     */
    record Kept(String id, byte[] secret, long expires, String host) {
        @Override
        public String toString() {
            return "token " + id;
        }
    }
}
