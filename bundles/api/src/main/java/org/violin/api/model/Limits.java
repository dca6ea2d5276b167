// SPDX-License-Identifier: Apache-2.0
package org.violin.api.model;

/**
 * What one guest may use; 0 means not limited.
 *
 * @param cpus CPU time as a number of cores, such as 0.5
 * @param memoryBytes resident memory and page cache of the guest's processes
 * @param processes processes and threads together
 */
public record Limits(double cpus, long memoryBytes, int processes) {
    public static final Limits NONE = new Limits(0, 0, 0);

    public Limits {
        if (!(cpus >= 0) || memoryBytes < 0 || processes < 0) throw new IllegalArgumentException("limits must not be negative");
    }
}
