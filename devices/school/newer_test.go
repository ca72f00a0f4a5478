package school_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stowage/crypt/keys"
	"stowage/devices/school"
	"stowage/devices/school/schooltest"
)

// TestDirectoryOfLaterVersion is not replaced by a desk of this version, wherever it was published: what this version
// does not know of it would be lost.
func TestDirectoryOfLaterVersion(t *testing.T) {
	for name, change := range map[string][2]string{
		"version": {"directory v1", "directory v2"},
		"word":    {`"class": "hybrid"`, `"class": "triple"`},
		"field":   {`"policy": {`, `"policy": {"motto": "semper",`},
	} {
		for _, where := range []string{"the school's folder", "the shared folder"} {
			t.Run(name+" in "+where, func(t *testing.T) {
				s := schooltest.Ticking(t)
				schooltest.Person(t, s, "Alice Jones")
				path := filepath.Join(s.Dir(), school.DirectoryFile)
				if where == "the shared folder" {
					shared, err := s.Shared()
					if err != nil {
						t.Fatal(err)
					}
					path = shared.DirectoryPath()
				}
				newer := resign(t, s, path, change[0], change[1])
				for what, publish := range map[string]func(context.Context) (*keys.Directory, error){
					"publish": s.PublishDirectory,
					"policy":  func(ctx context.Context) (*keys.Directory, error) { return s.SetPolicy(ctx, schooltest.Quick()) },
				} {
					if _, err := publish(t.Context()); !errors.Is(err, keys.ErrNewer) {
						t.Errorf("%s: %v", what, err)
					}
				}
				if left, err := os.ReadFile(path); err != nil || !bytes.Equal(left, newer) {
					t.Errorf("the directory is now %.200s, %v", left, err)
				}
			})
		}
	}
}

// resign changes a note that the school signed, as a later version might have written it.
func resign(t *testing.T, s *school.School, path, old, replacement string) []byte {
	t.Helper()
	a, err := s.Authority()
	if err != nil {
		t.Fatal(err)
	}
	msg, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text, err := keys.OpenNote(msg, a.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	altered := strings.Replace(text, old, replacement, 1)
	if altered == text {
		t.Fatalf("there is no %q in %s", old, text)
	}
	if msg, err = a.Sign(altered); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, msg, 0o644); err != nil {
		t.Fatal(err)
	}
	return msg
}
