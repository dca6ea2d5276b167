// SPDX-License-Identifier: Apache-2.0
/** What ZooKeeper's client allows only from within its own package. */
package org.apache.zookeeper;
