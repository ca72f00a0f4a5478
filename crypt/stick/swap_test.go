package stick_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"stowage/crypt/stick"
)

// swapper does something once so many bytes went by.
type swapper struct {
	after int64
	swap  func()
}

func (s *swapper) Expect(int64) {}

func (s *swapper) Done(n int64) {
	if s.after -= n; s.after <= 0 && s.swap != nil {
		s.swap()
		s.swap = nil
	}
}

// TestFolderSwappedWhileGetting exchanges the chosen folder, or one in it, for a link
// to a folder outside while files are written: none of them goes there.
func TestFolderSwappedWhileGetting(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("making links needs a privilege, and open folders cannot be renamed")
	}
	_, _, st := newStick(t)
	files := map[string]string{}
	for i := range 8 {
		files[fmt.Sprintf("sub/%d", i)] = text(i, 600_000)
	}
	put(t, st, files)
	for _, inner := range []string{"", "sub"} {
		for _, replace := range []bool{false, true} {
			parent, outside := t.TempDir(), t.TempDir()
			check(t, os.MkdirAll(filepath.Join(outside, "sub"), 0o700))
			check(t, os.WriteFile(filepath.Join(outside, "7"), []byte("safe"), 0o600))
			dest := filepath.Join(parent, "dest")
			check(t, os.Mkdir(dest, 0o700))
			swapped := false
			o := stick.GetOptions{Replace: replace, Progress: &swapper{1_500_000, func() {
				p := filepath.Join(dest, inner)
				swapped = os.Rename(p, p+"-moved") == nil && os.Symlink(outside, p) == nil
			}}}
			r, err := st.Get(t.Context(), nil, dest, o)
			if !swapped || err != nil {
				t.Fatalf("%q: swapped %v, %v", inner, swapped, err)
			}
			wantTree(t, readTree(t, outside), map[string]string{"7": "safe", "sub/": ""})
			// The open folder is the one that was chosen, whatever its name is now; one in
			// it that became a link is refused.
			if inner == "" && len(r.Skipped) > 0 || inner != "" && len(r.Skipped) == 0 {
				t.Errorf("%q: skipped %v", inner, r.Skipped)
			}
		}
	}
}
