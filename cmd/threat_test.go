package cmd_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestThreatModel reads the threat model in SECURITY.md: every claim of what is protected
// names tests, and every test that is named is there. A claim of what is not
// protected names a test or says that none can hold it.
func TestThreatModel(t *testing.T) {
	_, model, ok := strings.Cut(read(t, "../.github/SECURITY.md"), "\n## Threat model\n")
	model, _, _ = strings.Cut(model, "\n## ")
	protected, not, both := strings.Cut(model, "\n### What is not\n")
	if !ok || !both {
		t.Fatal("SECURITY.md has no threat model of two parts")
	}
	for part, text := range map[string]string{"protected": protected, "not protected": not} {
		claims := 0
		for _, row := range rows(text) {
			claims++
			tests := testsIn(row[2])
			if len(tests) == 0 && (part == "protected" || row[2] != "none can") || len(tests) != strings.Count(row[2], "`")/2 {
				t.Errorf("%s, %s: which test holds it? %q", part, row[0], row[2])
			}
			for _, test := range tests {
				if !hasTest(t, test[1], test[2]) {
					t.Errorf("%s, %s: there is no %s in %s", part, row[0], test[2], test[1])
				}
			}
		}
		if claims < 5 {
			t.Errorf("%s: only %d claims", part, claims)
		}
	}
}

// TestReports reads the table of other programs' faults that were replayed here: each names tests that are there.
func TestReports(t *testing.T) {
	replayed := 0
	for _, row := range rows(read(t, "../.github/REPORTS.md")) {
		replayed++
		tests := testsIn(row[2])
		if len(tests) == 0 || len(tests) != strings.Count(row[2], "`")/2 {
			t.Errorf("%s: which test replays it? %q", row[0], row[2])
		}
		for _, test := range tests {
			if !hasTest(t, test[1], test[2]) {
				t.Errorf("%s: there is no %s in %s", row[0], test[2], test[1])
			}
		}
	}
	if replayed < 5 {
		t.Errorf("only %d reports", replayed)
	}
}

// testsIn are the tests that a cell names, each with its folder and its name.
func testsIn(cell string) [][]string {
	return regexp.MustCompile("`([a-z/]+)\\.((?:Test|Fuzz)[A-Za-z0-9]+)`").FindAllStringSubmatch(cell, -1)
}

// rows are the cells of the rows of a text's tables, without their heads.
func rows(text string) (all [][]string) {
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if len(cells) != 3 || strings.HasPrefix(line, "| ---") || strings.HasPrefix(line, "| against") || strings.HasPrefix(line, "| report |") {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		all = append(all, cells)
	}
	return all
}

// hasTest reports whether a folder's tests declare the function.
func hasTest(t *testing.T, folder, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(folder), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	declared := regexp.MustCompile(fmt.Sprintf(`(?m)^func %s\([a-z]+ \*testing\.[TF]\) \{`, name))
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if declared.Match(source) {
			return true
		}
	}
	return false
}
