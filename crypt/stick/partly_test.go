package stick_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stowage/crypt/stick"
)

// TestOneBadOfMany: in whatever takes several things, a bad one keeps none of the others, and
// is named with its reason. An only one is the error, and nothing is changed.
func TestOneBadOfMany(t *testing.T) {
	before := map[string]string{"a": "1", "b": "2", "d/a": "3", "gone": "4", "lost/x": "5"}
	for name, c := range map[string]struct {
		do      func(*stick.Stick, ...string) error
		paths   []string
		skipped []string
		reason  error
		want    map[string]string
	}{
		"remove": {
			func(st *stick.Stick, p ...string) error { return st.Remove(t.Context(), p...) },
			[]string{"a", "nope", "../x", "d"},
			[]string{"nope", "../x"},
			stick.ErrNotFound,
			map[string]string{"b": "2"},
		},
		"move": {
			func(st *stick.Stick, p ...string) error { return st.Move(t.Context(), p, "d") },
			[]string{"a", "nope", "b", "b", "d"},
			[]string{"a", "nope", "d"},
			stick.ErrExists,
			map[string]string{"a": "1", "d/a": "3", "d/b": "2"},
		},
		"erase": {
			func(st *stick.Stick, p ...string) error {
				_, err := st.EraseForGood(t.Context(), p, nil)
				return err
			},
			[]string{"nope", "a", "gone"},
			[]string{"nope"},
			stick.ErrNotFound,
			map[string]string{"b": "2", "d/a": "3"},
		},
		"undelete": {
			func(st *stick.Stick, p ...string) error {
				r, err := st.Undelete(t.Context(), p, stick.PutOptions{})
				return firstOf(err, r.Skipped)
			},
			[]string{"gone", "nope", "lost"},
			[]string{"nope"},
			stick.ErrNotFound, before,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, st := newStick(t)
			put(t, st, before)
			check(t, st.Remove(t.Context(), "gone", "lost"))
			now := contents(t, st)
			if err := c.do(st, c.skipped[0]); !errors.Is(err, c.reason) {
				t.Errorf("alone: %v, want %v", err, c.reason)
			} else if _, ok := errors.AsType[*stick.PartlyError](err); ok {
				t.Errorf("alone: %v", err)
			}
			same(t, st, now)
			partly, ok := errors.AsType[*stick.PartlyError](c.do(st, c.paths...))
			if !ok || !errors.Is(partly, c.reason) {
				t.Fatalf("got %v", partly)
			}
			var named []string
			for _, s := range partly.Skipped {
				named = append(named, s.Path)
			}
			if !slices.Equal(named, c.skipped) || partly.Done != len(c.paths)-len(c.skipped) {
				t.Errorf("left out %v, %d done", partly.Skipped, partly.Done)
			}
			same(t, st, c.want)
		})
	}
}

// firstOf gives what was skipped the form of an error.
func firstOf(err error, skipped []stick.Skipped) error {
	if err == nil && len(skipped) > 0 {
		return &stick.PartlyError{Skipped: skipped, Done: 2}
	}
	return err
}

func TestGetOneBadOfMany(t *testing.T) {
	_, _, st := newStick(t)
	put(t, st, map[string]string{"a": "1", "b/c": "2"})
	dest := t.TempDir()
	r := must(st.Get(t.Context(), []string{"nope", "b", "a"}, dest, stick.GetOptions{}))(t)
	wantTree(t, readTree(t, dest), map[string]string{"a": "1", "b/": "", "b/c": "2"})
	if len(r.Skipped) != 1 || r.Skipped[0].Path != "nope" || !errors.Is(r.Skipped[0].Err, stick.ErrNotFound) {
		t.Errorf("skipped %v", r.Skipped)
	}
}

// TestDeepFileIsNamedOnce stores a file that is nested deeper than a stick holds, below
// seventy folders that are too deep as well.
func TestDeepFileIsNamedOnce(t *testing.T) {
	_, _, st := newStick(t)
	top := t.TempDir()
	deep := filepath.Join(top, "src", filepath.Join(strings.Split(strings.Repeat("d/", 198), "/")...))
	check(t, os.MkdirAll(filepath.Join(deep, "empty"), 0o700))
	check(t, os.WriteFile(filepath.Join(deep, "file"), []byte("x"), 0o600))
	check(t, os.WriteFile(filepath.Join(top, "src", "shallow"), []byte("y"), 0o600))
	r := must(st.Put(t.Context(), ".", []string{filepath.Join(top, "src")}, stick.PutOptions{}))(t)
	var named []string
	for _, s := range r.Skipped {
		if !errors.Is(s.Err, stick.ErrName) {
			t.Errorf("%v", s)
		}
		named = append(named, s.Path)
	}
	if want := []string{filepath.Join(deep, "empty"), filepath.Join(deep, "file")}; !slices.Equal(named, want) {
		t.Errorf("named %d, the first %q", len(named), named[0])
	}
	if got := contents(t, st)["src/shallow"]; got != "y" {
		t.Errorf("shallow is %q", got)
	}
}

// TestGetBelowWhatCannotBeMade: a folder that cannot be made is named with its reason, and
// each file in it with the same.
func TestGetBelowWhatCannotBeMade(t *testing.T) {
	_, _, st := newStick(t)
	put(t, st, map[string]string{"d/e/f/x": "1", "d/e/y": "2", "z": "3"})
	dest := tree(t, map[string]string{"d": "a file"})
	r := must(st.Get(t.Context(), nil, dest, stick.GetOptions{}))(t)
	var named []string
	for _, s := range r.Skipped {
		if !errors.Is(s.Err, stick.ErrKind) {
			t.Errorf("%v", s)
		}
		named = append(named, s.Path)
	}
	slices.Sort(named)
	if want := []string{"d", "d/e/f/x", "d/e/y"}; !slices.Equal(named, want) {
		t.Errorf("named %v, want %v", named, want)
	}
	wantTree(t, readTree(t, dest), map[string]string{"d": "a file", "z": "3"})
}
