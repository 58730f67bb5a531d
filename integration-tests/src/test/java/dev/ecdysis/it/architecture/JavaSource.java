package dev.ecdysis.it.architecture;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import javax.lang.model.element.Modifier;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// A Java file as the compiler's parser sees it.
///
/// @param types what it declares at the top
record JavaSource(Path path, List<Method> methods, List<Type> types) {
    record Method(String name, long lines) {
    }

    record Type(String name, boolean isPublic) {
    }

    static List<JavaSource> parse(SortedMap<Path, String> texts) throws IOException {
        List<JavaSource> sources = new ArrayList<>();
        List<Text> files = texts.entrySet().stream().map(file -> new Text(file.getKey(), file.getValue())).toList();
        // What it would complain of, it has complained of when the modules were built.
        JavacTask task = (JavacTask) ToolProvider.getSystemJavaCompiler().getTask(null, null,
                new DiagnosticCollector<>(), List.of("-proc:none"), null, files);
        SourcePositions positions = Trees.instance(task).getSourcePositions();
        for (CompilationUnitTree unit : task.parse()) {
            Path path = Path.of(unit.getSourceFile().toUri().getPath().substring(1));
            sources.add(of(unit, path, positions));
        }
        return sources;
    }

    private static JavaSource of(CompilationUnitTree unit, Path path, SourcePositions positions) {
        List<Method> methods = new ArrayList<>();
        new TreeScanner<Void, Void>() {
            @Override
            public Void visitMethod(MethodTree method, Void unused) {
                methods.add(new Method(method.getName().toString(), line(method, positions.getEndPosition(unit, method))
                        - line(method, positions.getStartPosition(unit, method)) + 1));
                return super.visitMethod(method, null);
            }

            private long line(Tree tree, long position) {
                if (position < 0) {
                    throw new IllegalStateException("no position: " + tree);
                }
                return unit.getLineMap().getLineNumber(position);
            }
        }.scan(unit, null);
        List<Type> types = unit.getTypeDecls().stream().filter(ClassTree.class::isInstance).map(ClassTree.class::cast)
                .map(type -> new Type(type.getSimpleName().toString(),
                        type.getModifiers().getFlags().contains(Modifier.PUBLIC)))
                .toList();
        return new JavaSource(path, methods, types);
    }

    private static final class Text extends SimpleJavaFileObject {
        private final String text;

        Text(Path path, String text) {
            super(URI.create("string:///" + path), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
