// SPDX-License-Identifier: Apache-2.0
package org.violin.itests.shape;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rules on classes, over what was compiled in bundles/. */
class ClassesIT {
    private static final Path ROOT = Path.of(System.getProperty("violin.root", "..")).toAbsolutePath().normalize();
    private static JavaClasses all;

    @BeforeAll
    static void read() throws Exception {
        try (Stream<Path> folders = Files.list(ROOT.resolve("bundles"))) {
            List<Path> compiled = folders.map(f -> f.resolve("target/classes/org/violin"))
                    .filter(Files::isDirectory)
                    .collect(Collectors.toList());
            all = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeJars()).importPaths(compiled);
        }
    }

    @Test
    void theApiKnowsNothingOfUs() {
        noClasses().that().resideInAPackage("org.violin.api..")
                .should().dependOnClassesThat(new InVioButNot("org.violin.api"))
                .check(all);
    }

    @Test
    void engineAndControlDoNotKnowEachOther() {
        noClasses().that().resideInAPackage("org.violin.engine..")
                .should().dependOnClassesThat().resideInAPackage("org.violin.control..").check(all);
        noClasses().that().resideInAPackage("org.violin.control..")
                .should().dependOnClassesThat().resideInAPackage("org.violin.engine..").check(all);
    }

    @Test
    void nativeCallsAreMadeInOnePlaceOnly() {
        noClasses().that().resideOutsideOfPackage("org.violin.linux..")
                .should().dependOnClassesThat().resideInAPackage("com.sun.jna..").check(all);
    }

    @Test
    void nettyStaysInTheTunnelAndMembers() {
        noClasses().that().resideOutsideOfPackages("org.violin.tunnel..", "org.violin.members..")
                .should().dependOnClassesThat().resideInAPackage("io.netty..").check(all);
    }

    @Test
    void thePlannerDoesNoInputOrOutput() {
        noClasses().that().haveSimpleName("Planner").or().haveSimpleName("Lowering")
                .should().dependOnClassesThat().resideInAnyPackage("java.io..", "java.nio..", "java.net..", "java.time..")
                .check(all);
    }

    @Test
    void componentsAreFinal() {
        classes().that().areAnnotatedWith("org.osgi.service.component.annotations.Component")
                .should().haveModifier(JavaModifier.FINAL).allowEmptyShould(true).check(all);
    }

    @Test
    void noStateIsStatic() {
        fields().that().areStatic().and().areDeclaredInClassesThat().resideOutsideOfPackage("org.violin.linux..")
                .should().beFinal().check(all);
    }

    /** Classes of VIOLIN outside one package. */
    private static final class InVioButNot extends com.tngtech.archunit.base.DescribedPredicate<com.tngtech.archunit.core.domain.JavaClass> {
        private final String inside;

        InVioButNot(String inside) {
            super("of VIOLIN outside " + inside);
            this.inside = inside;
        }

        @Override
        public boolean test(com.tngtech.archunit.core.domain.JavaClass type) {
            return type.getPackageName().startsWith("org.violin") && !type.getPackageName().startsWith(inside);
        }
    }
}
