package cmd_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestJourneys follows the three journeys of ARCHITECTURE.md: each function is in one of the files beside it.
func TestJourneys(t *testing.T) {
	_, journeys, ok := strings.Cut(read(t, "../.github/ARCHITECTURE.md"), "\n## Three journeys\n")
	journeys, _, _ = strings.Cut(journeys, "\n## ")
	if !ok {
		t.Fatal("ARCHITECTURE.md has no journeys")
	}
	name, link := regexp.MustCompile("`([A-Za-z.]+)`"), regexp.MustCompile(`\]\(([^)]+)\)`)
	found := 0
	for line := range strings.Lines(journeys) {
		cells := strings.Split(line, " | ")
		if len(cells) != 3 || !strings.Contains(cells[2], "](") {
			continue
		}
		var source strings.Builder
		for _, to := range link.FindAllStringSubmatch(cells[2], -1) {
			source.WriteString(read(t, filepath.Join("../.github", to[1])))
		}
		for _, function := range name.FindAllStringSubmatch(cells[1], -1) {
			found++
			if !declares(source.String(), function[1]) {
				t.Errorf("%s is not in %s", function[1], cells[2])
			}
		}
	}
	if found < 30 {
		t.Errorf("only %d functions were found", found)
	}
}

// declares reports whether a source has the function, method or type.
func declares(source, name string) bool {
	pattern := `(?m)^(?:func|type) ` + name + `\b`
	if on, method, is := strings.Cut(name, "."); is {
		pattern = `(?m)^func \([a-z]+ \*?` + on + `(?:\[[A-Z]\])?\) ` + method + `\b`
	}
	return regexp.MustCompile(pattern).MatchString(source)
}
