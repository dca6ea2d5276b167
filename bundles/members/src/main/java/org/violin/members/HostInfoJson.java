// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.violin.api.cluster.HostInfo;

/** Lists of HostInfo as JSON. Unknown fields are skipped, so that hosts of different versions understand each other. */
final class HostInfoJson {
    private static final JsonFactory JSON = new JsonFactory();

    private HostInfoJson() {}

    static byte[] write(List<HostInfo> hosts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartArray();
            for (HostInfo host : hosts) write(json, host);
            json.writeEndArray();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    /** Throws IOException when it is no such array. */
    static List<HostInfo> read(byte[] data) throws IOException {
        List<HostInfo> hosts = new ArrayList<>();
        try (JsonParser json = JSON.createParser(data)) {
            if (json.nextToken() != JsonToken.START_ARRAY) throw new IOException("not a list of hosts");
            while (json.nextToken() == JsonToken.START_OBJECT) hosts.add(readOne(json));
        }
        return hosts;
    }

    private static void write(JsonGenerator json, HostInfo host) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", host.name());
        json.writeStringField("address", host.address());
        json.writeNumberField("tunnelPort", host.tunnelPort());
        json.writeNumberField("controlPort", host.controlPort());
        json.writeNumberField("jmxPort", host.jmxPort());
        json.writeNumberField("cpus", host.cpus());
        json.writeNumberField("memoryBytes", host.memoryBytes());
        json.writeArrayFieldStart("runtimes");
        for (String runtime : host.runtimes()) json.writeString(runtime);
        json.writeEndArray();
        json.writeStringField("version", host.version());
        json.writeNumberField("incarnation", host.incarnation());
        json.writeNumberField("startedMillis", host.startedMillis());
        json.writeStringField("certificate", host.certificate());
        json.writeObjectFieldStart("labels");
        for (Map.Entry<String, String> label : host.labels().entrySet()) json.writeStringField(label.getKey(), label.getValue());
        json.writeEndObject();
        json.writeEndObject();
    }

    private static HostInfo readOne(JsonParser json) throws IOException {
        String name = "";
        String address = "";
        String version = "";
        String certificate = "";
        int tunnelPort = 0;
        int controlPort = 0;
        int jmxPort = 0;
        double cpus = 0;
        long memoryBytes = 0;
        long incarnation = 0;
        long startedMillis = 0;
        List<String> runtimes = new ArrayList<>();
        Map<String, String> labels = new TreeMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "name" -> name = json.getText();
                case "address" -> address = json.getText();
                case "version" -> version = json.getText();
                case "certificate" -> certificate = json.getText();
                case "tunnelPort" -> tunnelPort = json.getIntValue();
                case "controlPort" -> controlPort = json.getIntValue();
                case "jmxPort" -> jmxPort = json.getIntValue();
                case "cpus" -> cpus = json.getDoubleValue();
                case "memoryBytes" -> memoryBytes = json.getLongValue();
                case "incarnation" -> incarnation = json.getLongValue();
                case "startedMillis" -> startedMillis = json.getLongValue();
                case "runtimes" -> {
                    while (json.nextToken() == JsonToken.VALUE_STRING) runtimes.add(json.getText());
                }
                case "labels" -> {
                    while (json.nextToken() == JsonToken.FIELD_NAME) {
                        String label = json.currentName();
                        if (json.nextToken() == JsonToken.VALUE_STRING) labels.put(label, json.getText());
                        else json.skipChildren();
                    }
                }
                default -> json.skipChildren();
            }
        }
        if (name.isEmpty() || address.isEmpty()) throw new IOException("a host without a name or address");
        return new HostInfo(name, address, tunnelPort, controlPort, jmxPort, cpus, memoryBytes, runtimes, version, incarnation,
                startedMillis, certificate, labels);
    }
}
