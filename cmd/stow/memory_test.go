//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stowage/crypt/longtest"
	"stowage/gui/explain"
)

var honestFiles = longtest.Int("honest", 20_000, 300_000, "files on the honest stick whose cost in memory is measured")

// TestMemoryOfManyFiles puts many small files on a stick and looks from outside at what everything that is done to them
// takes: of 300,000 files, 200 MB are enough.
func TestMemoryOfManyFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("many files")
	}
	dir := week(t)
	tree := filepath.Join(dir, "tree")
	content := []byte(strings.Repeat("a report ", 30))
	for i := range *honestFiles {
		folder := filepath.Join(tree, fmt.Sprintf("year %02d", i/30_000), fmt.Sprintf("class %04d", i/100))
		if i%100 == 0 {
			if err := os.MkdirAll(folder, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("pupil %06d report.txt", i)), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	most := 60_000_000 + 460*int64(*honestFiles)
	for _, args := range [][]string{
		{"put", "stick", "tree"},
		{"ls", "stick", "--all"},
		{"ls", "stick", "--all", "--json"},
		{"check", "stick"},
		{"get", "stick", "tree/year 00", "--to", "."},
		{"rm", "stick", "tree/year 00/class 0001"},
		{"tidy", "stick", "--all"},
		{"get", "stick", "--to", "."},
	} {
		if args[0] == "get" {
			if err := os.RemoveAll(tree); err != nil {
				t.Fatal(err)
			}
		}
		got := runMeasured(t, dir, append(append([]string{"stick"}, args...), "--passphrase-file", "alice.txt")...)
		most := most
		if args[0] == "get" { // which keeps the paths of all that it fetches, to say what is complete
			most += 100 * int64(*honestFiles)
		}
		if got.exit != explain.OK || got.memory > most {
			t.Errorf("%q takes %d MB, at most %d: %v", args, got.memory/1_000_000, most/1_000_000, got)
		}
		t.Logf("%q: %d MB", args, got.memory/1_000_000)
	}
}
