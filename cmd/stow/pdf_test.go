package main

import (
	"encoding/binary"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/ledongthuc/pdf"
	"github.com/rogpeppe/go-internal/testscript"
)

// pdfSays checks that a paper has so many pages and says some words, or with !
// that it does not say any of them: pdf FILE PAGES TEXT…
func pdfSays(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: pdf FILE PAGES TEXT…")
	}
	f, r, err := pdf.Open(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	if got := strconv.Itoa(r.NumPage()); got != args[1] {
		ts.Fatalf("%s has %s pages, wanted %s", args[0], got, args[1])
	}
	var text strings.Builder
	for n := range r.NumPage() {
		pdf.Interpret(r.Page(n+1).V.Key("Contents"), func(stack *pdf.Stack, op string) {
			for stack.Len() > 0 {
				if v := stack.Pop(); op == "Tj" {
					text.WriteString(fromUTF16(v.RawString()) + " ")
				}
			}
		})
	}
	for _, want := range args[2:] {
		if strings.Contains(text.String(), want) == neg {
			ts.Fatalf("%s: %q, wanted %t, in: %s", args[0], want, !neg, text.String())
		}
	}
}

func fromUTF16(raw string) string {
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16([]byte(raw)[2*i:])
	}
	return string(utf16.Decode(units))
}
