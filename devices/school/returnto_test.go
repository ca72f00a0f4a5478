package school_test

import (
	"errors"
	"strings"
	"testing"

	"stowage/crypt/keys"
	"stowage/devices/school/schooltest"
)

func TestReturnAddress(t *testing.T) {
	s := schooltest.Ticking(t)
	says := func(want string) {
		t.Helper()
		if got, err := s.ReturnAddress(); err != nil || got != want {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
	says("Hill Road Primary")
	if err := s.SetReturnAddress("  Hill Road Primary \n\nHill Road, Swansea\n"); err != nil {
		t.Fatal(err)
	}
	says("Hill Road Primary\nHill Road, Swansea")
	for _, bad := range []string{strings.Repeat("x", 501), "a\x00b", "a\x1b[2Jb", "\xff"} {
		if err := s.SetReturnAddress(bad); !errors.Is(err, keys.ErrValue) {
			t.Errorf("%.10q: %v", bad, err)
		}
	}
	says("Hill Road Primary\nHill Road, Swansea")
	if err := s.SetReturnAddress(" "); err != nil {
		t.Fatal(err)
	}
	says("Hill Road Primary")
}
