//go:build unix

package stick_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"stowage/crypt/keys"
	"stowage/crypt/longtest"
	"stowage/crypt/stick"
)

// TestExampleOfCommand goes on with, and tidies, a stick that stow put on, deleted from and tidied before tidied layers
// kept what they replaced, and has stock age and tar read the layer which then does.
func TestExampleOfCommand(t *testing.T) {
	longtest.SkipRaced(t)
	path := stockTools(t)
	dir := must(filepath.Abs("testdata/v1-command"))(t)
	phrase := []byte("correct horse battery staple seven")
	sealed := filepath.Join(dir, "authority.age")
	authority := must(keys.OpenAuthority(must(os.ReadFile(sealed))(t), phrase))(t)
	defer authority.Wipe()
	copied := t.TempDir()
	check(t, os.CopyFS(copied, os.DirFS(filepath.Join(dir, "drive"))))
	drive := must(stick.NewDirFS(copied))(t)
	defer drive.Close()
	how := stick.WithRecovery(authority.Identities(), authority.Verifier())
	want := map[string]string{"a": "three\n", "b": "keep\n"}
	useExample(t, drive, how, example{Files: want})

	st := must(stick.Open(t.Context(), drive, how, stick.OpenOptions{}))(t)
	before := st.Head()
	must(st.Tidy(t.Context(), stick.TidyOptions{All: true}))(t)
	check(t, st.Close())
	st = must(stick.Open(t.Context(), drive, how, stick.OpenOptions{}))(t)
	defer st.Close()
	same(t, st, want)
	if w := st.Recall(before); w != nil {
		t.Errorf("tidying looks like a fork: %v", w)
	}

	command := strings.Replace(commands(t, "sh")[0], "stowage/keys/holder-a.age", "'"+sealed+"'", 1)
	env, _ := identityFrom(t, path, copied, command, phrase)
	list := exec.Command("bash", "-c", `for l in stowage/layers/*.age; do age -d -i ~/stick.key "$l" | tar -tvf - >/dev/null && `+
		`age -d -i ~/stick.key "$l" | grep -a -o 'STOWAGE.replaced=[0-9]*:'; done`)
	list.Dir, list.Env = copied, env
	if out, _ := list.CombinedOutput(); !strings.Contains(string(out), "STOWAGE.replaced=") {
		t.Errorf("no layer that tar reads has the record: %s", out)
	}
}
