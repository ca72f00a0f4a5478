// Package canarytest searches files and outputs for canaries: text that a test gave
// the program, and that nobody may find where it does not belong. It is for tests
// only.
package canarytest

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// spellings are the bytes in which a canary may lie somewhere.
func spellings(canary string) [][]byte {
	var wide []byte // as Windows and some databases keep text
	for _, u := range utf16.Encode([]rune(canary)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	return [][]byte{[]byte(canary), wide, fmt.Appendf(nil, "%x", canary)}
}

// In says which canaries data holds.
func In(data []byte, canaries ...string) (all []string) {
	for _, c := range canaries {
		if slices.ContainsFunc(spellings(c), func(s []byte) bool { return bytes.Contains(data, s) }) {
			all = append(all, c)
		}
	}
	return all
}

// Below searches the names and contents of all files below a folder, and says of each
// canary where it is. Folders whose path is in except are left out.
func Below(t testing.TB, folder string, except []string, canaries ...string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains(except, path) {
			return filepath.SkipDir
		}
		for _, c := range In([]byte(strings.TrimPrefix(path, folder)), canaries...) {
			all = append(all, path+" is named "+c)
		}
		if !d.Type().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(path)
		for _, c := range In(data, canaries...) {
			all = append(all, path+" holds "+c)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
