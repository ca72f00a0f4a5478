package runnable_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stowage/crypt/runnable"
)

func TestAttackUnmarkedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "marks.xlsm")
	if err := os.WriteFile(path, []byte("PK"), 0o600); err != nil {
		t.Fatal(err)
	}
	runnable.Mark(path)
	if got, err := os.ReadFile(path + ":Zone.Identifier"); err != nil || !strings.Contains(string(got), "ZoneId=3") {
		t.Errorf("the mark is %q, %v", got, err)
	}
}
