package remembered_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stowage/crypt/stick"
	"stowage/devices/school/remembered"
)

func FuzzHeads(f *testing.F) {
	const id = "4e5b1d0c-0000-4000-8000-000000000001"
	for _, seed := range []string{
		`{"seq":7,"digest":"` + strings.Repeat("0f", 32) + `"}`, `{"seq":0,"digest":""}`, `{"seq":-1,"digest":"00"}`,
		`{"seq":1,"digest":"` + strings.Repeat("zz", 32) + `"}`, `{}`, `null`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		h := remembered.Heads{Dir: t.TempDir()}
		if err := os.WriteFile(filepath.Join(h.Dir, id+".json"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		head := h.Load(id)
		if head != (stick.Head{}) && (head.Seq < 1 || len(head.Digest) != 64) {
			t.Fatalf("a stick was left as %+v", head)
		}
		if err := h.Save(id, head); err != nil {
			t.Fatal(err)
		}
		if again := h.Load(id); again != head {
			t.Fatalf("%+v became %+v", head, again)
		}
	})
}

func TestHeads(t *testing.T) {
	h := remembered.Heads{Dir: filepath.Join(t.TempDir(), "new", "heads")}
	const id = "3f2b8a52-6f1c-4b7e-9d59-0d3f0a1b2c3d"
	if got := h.Load(id); got != (stick.Head{}) {
		t.Errorf("before anything was saved: %v", got)
	}
	want := stick.Head{Seq: 7, Digest: strings.Repeat("0f", 32)}
	if err := h.Save(id, want); err != nil {
		t.Fatal(err)
	}
	if got := h.Load(id); got != want {
		t.Errorf("loaded %v, saved %v", got, want)
	}
	if err := os.WriteFile(filepath.Join(h.Dir, id+".json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := h.Load(id); got != (stick.Head{}) {
		t.Errorf("from a damaged file: %v", got)
	}
	for _, bad := range []string{"", "../../etc/passwd", "x"} {
		if err := h.Save(bad, want); err == nil {
			t.Errorf("saved under the id %q", bad)
		}
		if got := h.Load(bad); got != (stick.Head{}) {
			t.Errorf("loaded %v for the id %q", got, bad)
		}
	}
}
