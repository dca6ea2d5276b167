// SPDX-License-Identifier: Apache-2.0
/** The overlay hosts and the state they share, over Apache ZooKeeper. */
package org.violin.members;
