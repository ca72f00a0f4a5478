package canarytest_test

import (
	"os"
	"path/filepath"
	"testing"

	"stowage/crypt/canarytest"
)

// A search that finds nothing anywhere would prove nothing.
func TestFinds(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"plain": "a canary b", "wide": "x\x00c\x00a\x00n\x00a\x00r\x00y\x00", "hex": "63616e617279", "a canary.txt": "", "other": "cana ry",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := canarytest.Below(t, dir, nil, "canary"); len(got) != 4 {
		t.Errorf("found %q", got)
	}
	if got := canarytest.Below(t, filepath.Dir(dir), []string{dir}, "canary"); len(got) != 0 {
		t.Errorf("found %q in what was left out", got)
	}
}
