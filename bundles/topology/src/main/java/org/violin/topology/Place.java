// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;


/** A place on the Earth in degrees. */
record Place(double latitude, double longitude) {
    private static final double EARTH_RADIUS_KM = 6371.0088;
    /** Light in fibre, about two thirds of c: 200 000 km/s. */
    private static final double MILLIS_PER_KM = 0.005;

    /** One-way delay of a fibre along the great circle (haversine formula), in steps of a microsecond. */
    double delayMillis(Place other) {
        double dLat = Math.toRadians(other.latitude - latitude);
        double dLon = Math.toRadians(other.longitude - longitude);
        double h = Math.pow(Math.sin(dLat / 2), 2)
                + Math.cos(Math.toRadians(latitude)) * Math.cos(Math.toRadians(other.latitude)) * Math.pow(Math.sin(dLon / 2), 2);
        double km = 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
        return Math.round(km * MILLIS_PER_KM * 1000) / 1000.0;
    }
}
