package leaktest

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A file that is open is found, and not when it was closed.
func TestOpenFiles(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux lists them")
	}
	name := filepath.Join(t.TempDir(), "left open")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	found := func() bool {
		for open := range openFiles() {
			if strings.HasSuffix(open, " "+name) {
				return true
			}
		}
		return false
	}
	if !found() {
		t.Error("an open file is not found")
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if found() {
		t.Error("a closed file is still found")
	}
}
