package dev.ecdysis.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows whose columns line up.
final class Table {
    private static final String GAP = "  ";

    private final List<String[]> rows = new ArrayList<>();
    private final int[] widths;

    Table(String... headings) {
        widths = new int[headings.length];
        add(headings);
    }

    /// @throws IllegalArgumentException when the row has not as many cells as there are headings
    void add(String... cells) {
        if (cells.length != widths.length) {
            throw new IllegalArgumentException(widths.length + " columns, but " + Arrays.toString(cells));
        }
        rows.add(cells);
        for (int column = 0; column < cells.length; column++) {
            widths[column] = Math.max(widths[column], cells[column].length());
        }
    }

    List<String> lines() {
        return rows.stream().map(this::line).toList();
    }

    private String line(String[] cells) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < cells.length; column++) {
            line.append(cells[column]).append(" ".repeat(widths[column] - cells[column].length()))
                    .append(GAP);
        }
        return line.toString().stripTrailing();
    }
}
