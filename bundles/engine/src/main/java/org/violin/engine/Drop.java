// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.util.Locale;

/** Why a frame was not carried on; the word in counters is the name in lower case with hyphens, such as {@code no-link}. */
enum Drop {
    /** The vNIC or port has no vLink, or its link was just taken away. */
    NO_LINK,
    /** The vNIC at the far end has no device plugged in. */
    NO_DEVICE,
    /** The guest's queue is full. */
    GUEST_FULL,
    /** The guest's interface is gone. */
    DEVICE_CLOSED,
    /** The vSwitch of the port is not open. */
    NO_SWITCH,
    /** The vLink is down. */
    LINK_DOWN,
    /** The vLink is cut silently, as by an experiment. */
    LINK_CUT,
    /** The vLink has conditions, and no plugin that imposes them is there. */
    NO_STAGE,
    /** No plugin of the switch's kind is there, or it refused the attributes. */
    NO_PROVIDER,
    /** The tunnel is not open: its plugin or its cipher's is missing, or the address could not be bound. */
    NO_TUNNEL,
    /** The switch logic said so, or had nobody to send to. */
    BY_SWITCH,
    /** The port flooded more frames than it may. */
    FLOOD_LIMIT,
    /** The frame went through too many switches of this host: a loop. */
    HOP_LIMIT,
    /** One frame made too many copies: a mesh of loops. */
    COPY_LIMIT,
    /** The tunnel does not know the overlay host. */
    NO_PEER,
    /** The tunnel's queue to the overlay host is full. */
    TUNNEL_FULL,
    /** No room is left where frames wait for a plugin. */
    HOLD_FULL,
    /** The frame waited too long for a plugin. */
    HOLD_EXPIRED,
    /** The violin has no channel between overlay hosts. */
    NO_VIOLIN,
    /** A plugin threw or gave a meaningless answer. */
    PLUGIN_FAULT,
    /** The offload header contradicts the frame, and the device takes only finished frames. */
    BAD_OFFLOAD,
    /** Shorter or longer than a record can be. */
    BAD_LENGTH,
    /** A tunnel brought a VNI this host does not know. */
    UNKNOWN_VNI,
    /** A tunnel brought a known VNI from an overlay host that is not its other end. */
    WRONG_PEER;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    String word() {
        return word;
    }
}
