package runnable_test

import (
	"os"
	"path/filepath"
	"testing"

	"stowage/crypt/runnable"
)

// marked is a folder with a file that was marked before it got its name, as everything that is taken
// out of a stick or an encrypted file is. streams says whether the drive has a place for the mark.
func marked(t *testing.T) (file string, streams bool) {
	t.Helper()
	folder, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	streams = hasStreams(t, folder)
	if err := folder.WriteFile("x.tmp", []byte("PK"), 0o600); err != nil {
		t.Fatal(err)
	}
	runnable.Mark(folder, "x.tmp")
	if err := folder.Rename("x.tmp", "marks.xlsm"); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(folder.Name(), "marks.xlsm"), streams
}

// hasStreams reports whether a colon in a name leads to a stream, and not to another file.
func hasStreams(t *testing.T, folder *os.Root) bool {
	t.Helper()
	name := filepath.Join(folder.Name(), "file:stream")
	err := os.WriteFile(name, nil, 0o600)
	if err != nil {
		return false
	}
	there := names(t, folder.Name())
	for _, name := range there {
		_ = os.Remove(filepath.Join(folder.Name(), name))
	}
	return len(there) == 1 && there[0] == "file"
}

func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestAttackUnmarkedFile(t *testing.T) {
	file, streams := marked(t)
	if !streams {
		t.Skip("this drive has no streams")
	}
	if got, err := os.ReadFile(file + ":Zone.Identifier"); err != nil || string(got) != "[ZoneTransfer]\r\nZoneId=3\r\n" {
		t.Errorf("the mark is %q, %v", got, err)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != "PK" {
		t.Errorf("the file is %q, %v", got, err)
	}
}

// TestMarkIsNoFile: nothing lies beside the file, whatever the drive makes of a colon.
func TestMarkIsNoFile(t *testing.T) {
	file, _ := marked(t)
	if there := names(t, filepath.Dir(file)); len(there) != 1 {
		t.Errorf("there are %q", there)
	}
}
