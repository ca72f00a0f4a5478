package stick_test

import (
	"errors"
	"testing"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// TestAttackUsedCode: whoever overheard the recovery code, or finds the note it was written on, opens nothing with it
// once it was used, not even by searching the drive for what was removed.
func TestAttackUsedCode(t *testing.T) {
	sc, m := newBackedUp(t)
	check(t, must(stick.Open(t.Context(), m, stick.WithCode(sc.code), stick.OpenOptions{ReadOnly: true}))(t).Close())
	base := m.Clone()
	m.Record()
	st := must(stick.Open(t.Context(), m, stick.WithCode(sc.code), stick.OpenOptions{Clock: clock}))(t)
	same(t, st, backedUp)
	if _, err := st.PutItems(t.Context(), items(map[string]string{"new.txt": "new"}), stick.PutOptions{}); err != nil {
		t.Error(err)
	}
	check(t, st.Close())
	found := 0
	for _, content := range sticktest.Removed(base, m.Recorded()) {
		found += sticktest.Opens(content, sc.code)
	}
	for _, name := range m.Files() {
		found += sticktest.Opens(m.ReadFile(name), sc.code)
	}
	if found > 0 {
		t.Errorf("%d files still open with the code", found)
	}
	for _, readOnly := range []bool{true, false} {
		_, err := stick.Open(t.Context(), m, stick.WithCode(sc.code), stick.OpenOptions{ReadOnly: readOnly})
		if !errors.Is(err, stick.ErrNoCode) || !errors.Is(err, stick.ErrNoKey) {
			t.Errorf("the used code: %v, want ErrNoCode", err)
		}
	}
	if err := opens(t, m, stick.WithPassphrase(passphrase)); err != nil {
		t.Errorf("the holder's passphrase: %v", err)
	}
}

// TestUsedCodeFailsAnywhere has the drive fail at each operation while a stick is opened with the code: the same once more
// opens it, or it was used up, and then it is still the holder's and ICT's.
func TestUsedCodeFailsAnywhere(t *testing.T) {
	sc, base := newBackedUp(t)
	broken := errors.New("input/output error")
	for n := 0; ; n++ {
		m := base.Clone()
		m.FailAt(n, broken)
		st, err := stick.Open(t.Context(), m, stick.WithCode(sc.code), stick.OpenOptions{Clock: clock})
		m.SetHook(nil)
		if err == nil {
			check(t, st.Close())
			break
		}
		st, err = stick.Open(t.Context(), m, stick.WithCode(sc.code), stick.OpenOptions{Clock: clock})
		if err == nil {
			check(t, st.Close())
		} else if !errors.Is(err, stick.ErrNoKey) && sticktest.Opens(m.ReadFile("stowage/keys/code-a.age"), sc.code) > 0 {
			t.Fatalf("failure at operation %d: again: %v", n, err)
		}
		for _, with := range []stick.Unlock{stick.WithPassphrase(passphrase), sc.recovery()} {
			st := must(stick.Open(t.Context(), m, with, stick.OpenOptions{Clock: clock}))(t)
			same(t, st, backedUp)
			check(t, st.Close())
		}
	}
}
