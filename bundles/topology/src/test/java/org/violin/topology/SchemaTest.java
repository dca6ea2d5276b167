// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The JSON schema and the reader are of one mind. */
class SchemaTest {
    private static final Path SCHEMA = Path.of("src/main/resources/violin.schema.json");

    private static JsonSchema schema() {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(Reading.text(SCHEMA));
    }

    @Test
    void theSchemaHasTheKeysThatTheReaderKnows() throws IOException {
        JsonNode definitions = new ObjectMapper().readTree(SCHEMA.toFile()).get("$defs");
        Keys.ALL.forEach((scope, keys) -> {
            Set<String> known = new TreeSet<>();
            definitions.get(scope).get("properties").fieldNames().forEachRemaining(known::add);
            assertEquals(new TreeSet<>(keys), known, scope);
            assertFalse(definitions.get(scope).get("additionalProperties").asBoolean(), scope);
        });
    }

    static List<String> good() throws IOException {
        List<String> texts = new ArrayList<>();
        try (Stream<Path> examples = Files.list(Reading.ROOT.resolve("examples"))) {
            examples.filter(p -> p.toString().endsWith(".yaml")).sorted().forEach(p -> texts.add(Reading.text(p)));
        }
        Matcher blocks = Pattern.compile("```yaml\n(name: .*?)```",
                Pattern.DOTALL).matcher(Reading.text(Reading.ROOT.resolve("docs/violin-file.md")));
        while (blocks.find()) texts.add(blocks.group(1));
        assertTrue(texts.size() > 5, "examples and the manual's files");
        return texts;
    }

    @ParameterizedTest
    @MethodSource("good")
    void whatTheExamplesAndTheManualShowIsReadAndValid(String text) {
        assertEquals("[]", Reading.of("x.yaml", text).mistakes().toString());
        assertEquals("[]", schema().validate(text, InputFormat.YAML).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"keys.yaml", "links.yaml", "routing.yaml", "placement.yaml", "conditions.yaml", "timeline.yaml", "nothing.yaml", "no-topology.yaml", "name.yaml", "list.yaml", "mixed.yaml"})
    void whatTheReaderRefusesForItsFormTheSchemaRefuses(String name) {
        String text = Reading.text(Path.of("src/test/resources/mistakes").resolve(name));
        assertFalse(schema().validate(text, InputFormat.YAML).isEmpty());
    }

    @Test
    void theManualsCopyOfTheSchemaIsTheSame() {
        assertEquals(Reading.text(SCHEMA), Reading.text(Reading.ROOT.resolve("docs/violin.schema.json")));
    }
}
