package screens

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/ledongthuc/pdf"
)

// paperSays is all the text of a paper.
func paperSays(t *testing.T, path string) string {
	t.Helper()
	f, r, err := pdf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var text strings.Builder
	for n := range r.NumPage() {
		pdf.Interpret(r.Page(n+1).V.Key("Contents"), func(stack *pdf.Stack, op string) {
			for stack.Len() > 0 {
				raw := []byte(stack.Pop().RawString())
				if op != "Tj" {
					continue
				}
				units := make([]uint16, len(raw)/2)
				for i := range units {
					units[i] = binary.BigEndian.Uint16(raw[2*i:])
				}
				text.WriteString(string(utf16.Decode(units)) + " ")
			}
		})
	}
	return text.String()
}
