package stick

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"stowage/crypt/stick/internal/layer"
	"stowage/crypt/stick/internal/layout"
	"stowage/crypt/stick/internal/pair"
	"stowage/crypt/stick/internal/sticknote"
)

// TestFormatSaysTheLimits: FORMAT.md gives the limits and the names that the package has.
func TestFormatSaysTheLimits(t *testing.T) {
	b, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	_, limits, _ := strings.Cut(page, "\n## Limits\n")
	limits, _, _ = strings.Cut(limits, "\n## ")
	limits = strings.Join(strings.Fields(limits), " ")
	for _, limit := range []string{
		fmt.Sprintf("age header over %d KiB", layer.MaxAgeHeader>>10),
		fmt.Sprintf("together more than %d MiB by this table", layer.MaxSpent>>20),
		fmt.Sprintf("`stowage/contents` | %d bytes |", layer.CostFile),
		fmt.Sprintf("| a layer | %d, and 8 for", layer.CostLayer),
		fmt.Sprintf("header lists | %d |", layer.CostRef),
		fmt.Sprintf("| an entry of a layer | %d, and", layer.CostRecord),
		fmt.Sprintf("entries of a layer lie in | %d, and", layer.CostName),
		fmt.Sprintf("deleted later or not | %d |", layer.CostNode),
		fmt.Sprintf("of its own or not | %d |", layer.CostFolder),
		fmt.Sprintf("more than %s references", thousands(layer.MaxListed)),
		fmt.Sprintf("table over %d MiB", layer.MaxTable>>20),
		fmt.Sprintf("note or key file over %d MiB", sticknote.Limit>>20),
		fmt.Sprintf("sum or mark over %d KiB", pair.MaxSum>>10),
		fmt.Sprintf("checkpoint over %d KiB", maxCheckpoint>>10),
		fmt.Sprintf("directory over %d MiB", maxDirectory>>20),
		fmt.Sprintf("openings over %d KiB", maxOpenings>>10),
		fmt.Sprintf("holders of a stick after the first %d", maxHolders),
		fmt.Sprintf("backup of more than %s layers", thousands(maxBackupLayers)),
	} {
		if !strings.Contains(limits, limit) {
			t.Errorf("the page does not say: %s", limit)
		}
	}
	if sticknote.Limit != maxKeyFile {
		t.Error("notes and key files have other limits")
	}
	for _, name := range append(carriedNames(), layout.Found, layout.Lock, layout.Owner, layout.Reserve, layout.Note, layout.NoteB) {
		if !strings.Contains(page, "`"+name+"`") {
			t.Errorf("the page does not name %s", name)
		}
	}
}

// thousands writes a number below a milliard as the page does.
func thousands(n int) string {
	switch {
	case n >= 1_000_000:
		return fmt.Sprintf("%d,%03d,%03d", n/1_000_000, n/1000%1000, n%1000)
	case n >= 1000:
		return fmt.Sprintf("%d,%03d", n/1000, n%1000)
	}
	return fmt.Sprint(n)
}
