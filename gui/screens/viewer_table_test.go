package screens

import (
	"strings"
	"testing"

	"stowage/gui/viewer/office"
)

// TestAttackTableOfManyLines lays out a table with one cell of very many lines beside wide columns: each line would be padded
// to the width of them all.
func TestAttackTableOfManyLines(t *testing.T) {
	wide, deep := make([]string, office.MostColumns), make([]string, office.MostColumns)
	for i := range wide {
		wide[i] = strings.Repeat("x", widestCell)
	}
	deep[len(deep)-1] = strings.Repeat("\n", 200_000) + "x"
	part := office.Part{Rows: []office.Row{{Table: true, Cells: wide}, {Table: true, Cells: deep}}}
	room := mostLaid
	bytes := 0
	for range 4 { // the parts of a document share their room
		for _, line := range linesOf(part, office.Slides, &room) {
			bytes += len(line)
		}
	}
	if bytes == 0 || bytes > mostLaid {
		t.Errorf("laid out in %d bytes", bytes)
	}
	if room >= 0 {
		t.Errorf("room for %d bytes is left", room)
	}
}
