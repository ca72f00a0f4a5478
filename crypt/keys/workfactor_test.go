package keys_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"stowage/crypt/keys"
)

func TestWorkFactors(t *testing.T) {
	a := authority(t)
	k := holderKey(t, a, keys.X25519)
	for _, w := range []keys.WorkFactor{-1, 0, 1, 3, 10, 17, 23, 30, 64} {
		_, err := a.Seal([]byte("correct horse"), w)
		wantIs(t, fmt.Sprint("authority at ", w), err, keys.ErrWorkFactor)
		_, err = k.Seal([]byte("correct horse"), w)
		wantIs(t, fmt.Sprint("holder at ", w), err, keys.ErrWorkFactor)
		_, err = keys.SealWithCode([]byte("x"), must(keys.GenerateCode())(t), w)
		wantIs(t, fmt.Sprint("code at ", w), err, keys.ErrWorkFactor)
	}
	if testing.Short() {
		t.Skip("the default work factor takes a second")
	}
	sealed := must(k.Seal([]byte("correct horse"), keys.DefaultWorkFactor))(t)
	header, _, _ := strings.Cut(string(sealed), "\n---")
	if stanza := strings.Fields(header); len(stanza) != 6 || stanza[2] != "scrypt" || stanza[4] != "18" {
		t.Errorf("header %q", header)
	}
	if _, err := keys.OpenHolderKey(sealed, []byte("correct horse")); err != nil {
		t.Error(err)
	}
}

// TestHostileWorkFactor: a file cannot make a computer work for hours.
func TestHostileWorkFactor(t *testing.T) {
	sealed := must(authority(t).Seal([]byte("correct horse"), testWork))(t)
	for _, factor := range []string{"23", "30", "99"} {
		hostile := bytes.Replace(sealed, fmt.Appendf(nil, " %d\n", testWork), []byte(" "+factor+"\n"), 1)
		_, err := keys.OpenAuthority(hostile, []byte("correct horse"))
		wantIs(t, factor, err, keys.ErrDamagedKey)
	}
}

// TestProductsRefuseTheTestFactor runs a program that was not built by go test.
func TestProductsRefuseTheTestFactor(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	program := filepath.Join(t.TempDir(), "main.go")
	source := `package main

import (
	"errors"
	"fmt"

	"stowage/crypt/keys"
)

func main() {
	p := keys.DefaultPolicy()
	p.WorkFactor = 2 // that of tests
	_, err := keys.SealWithCode(nil, []byte("00000-00000-00000-00000-00000-00000"), p.WorkFactor)
	fmt.Print(errors.Is(p.Check(), keys.ErrWorkFactor), err != nil)
}
`
	if err := os.WriteFile(program, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "run", program).CombinedOutput()
	if err != nil || string(out) != "true true" {
		t.Errorf("printed %q, %v", out, err)
	}
}
