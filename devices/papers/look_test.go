package papers_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"stowage/devices/papers"
)

// paper makes one of the papers.
type paper struct {
	name string
	make func(io.Writer) error
}

func all(t testing.TB) []paper {
	return []paper{
		{"evidence", func(w io.Writer) error { return papers.Evidence(w, head(), evidence()) }},
		{"slip", func(w io.Writer) error { return papers.Slip(w, head(), slip(t)) }},
		{"labels", func(w io.Writer) error { return papers.Labels(w, head(), labels("L7160", 25)) }},
		{"scripts", func(w io.Writer) error { return papers.Audit(w, head(), inScripts()) }},
		{"audit", func(w io.Writer) error { return papers.Audit(w, head(), audit()) }},
		{"receipt", func(w io.Writer) error { return papers.Receipt(w, head(), receipt(t)) }},
		{"destruction", func(w io.Writer) error { return papers.Destruction(w, head(), destruction()) }},
	}
}

// TestPapers makes every paper twice and finds the same bytes. With
// STOWAGE_PICTURES set to a folder, the papers are kept there to be looked at.
func TestPapers(t *testing.T) {
	for _, p := range all(t) {
		t.Run(p.name, func(t *testing.T) {
			var first, second bytes.Buffer
			if err := p.make(&first); err != nil {
				t.Fatal(err)
			}
			if err := p.make(&second); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(first.Bytes(), second.Bytes()) {
				t.Error("the same facts gave another paper")
			}
			if dir := os.Getenv("STOWAGE_PICTURES"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, p.name+".pdf"), first.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
