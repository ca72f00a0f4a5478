package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// readmeTable is the table of exit codes as it stands in the README.
func readmeTable() string {
	var b strings.Builder
	b.WriteString("| code | name | meaning |\n| --- | --- | --- |\n")
	for _, e := range exits {
		fmt.Fprintf(&b, "| %d | `%s` | %s |\n", e.code, e.name, e.what)
	}
	return b.String()
}

func TestReadmeListsTheExitCodes(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := readmeTable(); !strings.Contains(string(readme), want) {
		t.Errorf("the README's table of exit codes should be:\n%s", want)
	}
}
