package keys_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"stowage/crypt/keys"
)

// stockAge builds the age program, and its plugin that takes a passphrase
// without a terminal, from the module that Stowage is built with. It returns a
// function that runs age in a folder of its own.
func stockAge(t *testing.T) (dir string, run func(passphrase string, args ...string) (string, error)) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the age program")
	}
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", bin+string(filepath.Separator), "filippo.io/age/cmd/age", "filippo.io/age/cmd/age-plugin-batchpass")
	if out, err := build.CombinedOutput(); err != nil {
		t.Skipf("NOT TESTED against stock age, which could not be built: %v\n%s", err, out)
	}
	program := filepath.Join(bin, "age")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	dir = t.TempDir()
	return dir, func(passphrase string, args ...string) (string, error) {
		cmd := exec.Command(program, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "AGE_PASSPHRASE="+passphrase)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
}

// TestStockAge opens everything with the age program alone: a protected key
// file gives an identity file, and that opens what was wrapped for the key.
func TestStockAge(t *testing.T) {
	dir, run := stockAge(t)
	a := authority(t)
	for _, class := range keys.Classes() {
		k, s := holderKey(t, a, class), stickIdentity(t, a, class)
		code := must(keys.GenerateCode())(t)
		plainStick := must(s.Marshal())(t)
		files := map[string]struct {
			sealed     []byte
			passphrase string
			recipient  string
		}{
			"authority.age": {must(a.Seal([]byte("correct horse"), testWork))(t), "correct horse", a.RecoveryRecipients()[slices.Index(keys.Classes(), class)]},
			"holder.age":    {must(k.Seal([]byte("ffrindiau’r ysgol"), testWork))(t), "ffrindiau’r ysgol", k.Recipient()},
			"code.age":      {must(keys.SealWithCode(plainStick, code, testWork))(t), string(code), s.Recipient()},
		}
		for name, f := range files {
			wrapped := must(keys.WrapFor([]byte("hello"), []string{f.recipient}))(t)[class]
			save := func(name string, data []byte) {
				if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			save(name, f.sealed)
			save("wrapped.age", wrapped)
			if out, err := run(f.passphrase, "-d", "-j", "batchpass", "-o", "identity.txt", name); err != nil {
				t.Errorf("%s: %s of %s: %v", class, name, out, err)
				continue
			}
			if out, err := run("", "-d", "-i", "identity.txt", "wrapped.age"); err != nil || out != "hello" {
				t.Errorf("%s: %s: age printed %q, %v", class, name, out, err)
			}
			if out, err := run("wrong", "-d", "-j", "batchpass", "-o", "no.txt", name); err == nil {
				t.Errorf("%s: %s: a wrong passphrase opened it: %s", class, name, out)
			}
		}
	}
}

// TestAgeLibrary reads what a passphrase protects as "age -d -i FILE" does,
// which asks for it on a terminal.
func TestAgeLibrary(t *testing.T) {
	a := authority(t)
	k := holderKey(t, a, keys.Hybrid)
	for name, c := range map[string]struct {
		sealed     []byte
		recipients []string
	}{
		"authority": {must(a.Seal([]byte("correct horse"), testWork))(t), a.RecoveryRecipients()},
		"holder":    {must(k.Seal([]byte("correct horse"), testWork))(t), []string{k.Recipient()}},
	} {
		ids, err := age.ParseIdentities(strings.NewReader(openAs(t, c.sealed, "correct horse")))
		if err != nil || len(ids) != len(c.recipients) {
			t.Errorf("%s: %d identities, %v", name, len(ids), err)
		}
		for class, file := range must(keys.WrapFor([]byte("x"), c.recipients))(t) {
			if r, err := age.Decrypt(bytes.NewReader(file), ids...); err != nil {
				t.Errorf("%s: %s: %v", name, class, err)
			} else if got, err := io.ReadAll(r); err != nil || string(got) != "x" {
				t.Errorf("%s: %s: %q, %v", name, class, got, err)
			}
		}
	}
}
