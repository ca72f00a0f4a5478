package stick_test

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// histories is how many random histories are tried.
var histories = flag.Int("histories", 30, "random histories of a stick to try; 500 make a long run")

// model is what a stick should hold: content by path, folders ending in a slash.
type model map[string]string

func (m model) remove(p string) {
	for q := range m {
		if q == p || q == p+"/" || strings.HasPrefix(q, p+"/") {
			delete(m, q)
		}
	}
}

// parents makes the folders above a path stand in the model for themselves,
// since they stay when the file goes.
func (m model) parents(p string) {
	for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
		m[dir+"/"] = ""
	}
}

func (m model) has(p string) bool {
	_, file := m[p]
	_, folder := m[p+"/"]
	return file || folder
}

// underFile reports whether a folder above the path is a file.
func (m model) underFile(p string) bool {
	for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
		if _, ok := m[dir]; ok {
			return true
		}
	}
	return false
}

func (m model) rename(from, to string) {
	for q, content := range maps.Clone(m) {
		if q == from || q == from+"/" || strings.HasPrefix(q, from+"/") {
			delete(m, q)
			m[to+strings.TrimPrefix(q, from)] = content
		}
	}
	m.parents(to)
}

// foldSoon folds as few as four layers.
var foldSoon = stick.OpenOptions{FoldLayers: 3}

// walker does random things to a stick and to its model.
type walker struct {
	*rand.Rand
	t     *testing.T
	sc    *school
	drive *sticktest.Mem
	st    *stick.Stick
	m     model
}

func (w *walker) path() string {
	parts := make([]string, 1+w.IntN(3))
	for i := range parts {
		parts[i] = string(rune('a' + w.IntN(4)))
	}
	return path.Join(parts...)
}

func (w *walker) existing() string {
	if len(w.m) == 0 {
		return "a"
	}
	all := slices.Sorted(maps.Keys(w.m))
	return strings.TrimSuffix(all[w.IntN(len(all))], "/")
}

func (w *walker) step() string {
	t, p := w.t, w.path()
	switch op := w.IntN(22); {
	case op < 7:
		content := text(w.IntN(1000), w.IntN(3000))
		r := must(w.st.PutItems(t.Context(), items(map[string]string{p: content}), stick.PutOptions{Clash: stick.Replace}))(t)
		_, isFolder := w.m[p+"/"]
		if fits := !isFolder && !w.m.underFile(p); fits != (len(r.Stored) > 0) {
			t.Fatalf("put %s: %+v", p, r)
		} else if fits {
			w.m[p] = content
			w.m.parents(p)
		}
		return "put " + p
	case op < 8:
		err := w.st.Mkdir(t.Context(), p)
		_, isFile := w.m[p]
		if fits := !isFile && !w.m.underFile(p); fits != (err == nil) {
			t.Fatalf("mkdir %s: %v", p, err)
		} else if fits {
			w.m[p+"/"] = ""
			w.m.parents(p)
		}
		return "mkdir " + p
	case op < 12:
		p = w.existing()
		err := w.st.Remove(t.Context(), p)
		if w.m.has(p) != (err == nil) {
			t.Fatalf("remove %s: %v", p, err)
		}
		w.m.remove(p)
		return "remove " + p
	case op < 16:
		from := w.existing()
		err := w.st.Rename(t.Context(), from, p)
		fits := w.m.has(from) && !w.m.has(p) && !w.m.underFile(p) && !strings.HasPrefix(p, from+"/") || from == p && w.m.has(p)
		if fits != (err == nil) {
			t.Fatalf("rename %s to %s: %v", from, p, err)
		} else if fits && from != p {
			w.m.rename(from, p)
		}
		return "rename " + from + " to " + p
	case op < 17:
		must(w.st.Tidy(t.Context(), stick.TidyOptions{All: w.IntN(2) == 0}))(t)
		return "tidy"
	case op < 18:
		p = w.existing()
		_, err := w.st.EraseForGood(t.Context(), []string{p}, nil)
		if err != nil && !errors.Is(err, stick.ErrNotFound) || err != nil && w.m.has(p) {
			t.Fatalf("erase %s: %v", p, err)
		}
		w.m.remove(p)
		return "erase " + p
	case op < 19:
		return w.fold()
	case op < 20:
		return w.putOnFull(p)
	}
	w.st = w.sc.reopenWith(t, w.st, w.drive, foldSoon)
	return "reopen"
}

// fold puts layers together, of which nothing that could be brought back is lost.
func (w *walker) fold() string {
	versions, deleted := w.past()
	must(w.st.Tidy(w.t.Context(), stick.TidyOptions{Fold: true}))(w.t)
	versionsAfter, deletedAfter := w.past()
	if fmt.Sprint(versions) != fmt.Sprint(versionsAfter) {
		w.t.Errorf("the versions were\n%q\nand are\n%q", versions, versionsAfter)
	}
	for p, content := range deleted { // what was stored under the name again has become its later version
		if deletedAfter[p] != content && !slices.Contains(versionsAfter[p], content) {
			w.t.Errorf("deleted was %s, %.30q", p, content)
		}
	}
	for p, content := range deletedAfter {
		if deleted[p] != content {
			w.t.Errorf("deleted is %s, %.30q", p, content)
		}
	}
	return "fold"
}

// past is what can be brought back: the versions of every name there may be, newest first, without those that hold
// nothing or the same as the one before, and the deleted files.
func (w *walker) past() (versions map[string][]string, deleted map[string]string) {
	versions, deleted = map[string][]string{}, map[string]string{}
	read := func(v stick.Version) string {
		r := must(w.st.OpenVersion(v))(w.t)
		defer r.Close()
		return string(must(io.ReadAll(r))(w.t))
	}
	for _, v := range must(w.st.Deleted("."))(w.t) {
		deleted[v.Path] = read(v)
	}
	names := slices.Collect(maps.Keys(deleted))
	for _, a := range "abcd" {
		for _, b := range "/abcd" {
			for _, c := range "/abcd" {
				names = append(names, strings.TrimRight(path.Join(string(a), string(b), string(c)), "/"))
			}
		}
	}
	for _, p := range names {
		found, err := w.st.Versions(p)
		if err != nil && !errors.Is(err, stick.ErrNotFound) {
			w.t.Fatal(err)
		}
		all := []string{w.m[p]}
		for _, v := range found {
			if content := read(v); content != "" && content != all[len(all)-1] {
				all = append(all, content)
			}
		}
		versions[p] = all
	}
	return versions, deleted
}

// putOnFull stores a file on a drive that has room for it only if past versions are given up.
func (w *walker) putOnFull(p string) string {
	w.drive.SetCapacity(usedOn(w.drive) + 400<<10)
	content := text(w.IntN(1000), 200_000)
	r, err := w.st.PutItems(w.t.Context(), items(map[string]string{p: content}), stick.PutOptions{Clash: stick.Replace})
	if err != nil && !errors.Is(err, stick.ErrFull) {
		w.t.Fatal(err)
	}
	if len(r.Stored) > 0 {
		w.m[p] = content
		w.m.parents(p)
	}
	w.drive.SetCapacity(1 << 50)
	return fmt.Sprintf("put %s on a full drive: %v", p, err)
}

func TestRandomHistory(t *testing.T) {
	sc := newSchool(t, "Example School")
	for seed := range uint64(*histories) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := &walker{Rand: rand.New(rand.NewPCG(seed, 7)), t: t, sc: sc, drive: sticktest.New(), m: model{}}
			sc.issue(t, w.drive)
			w.st = sc.openWith(t, w.drive, foldSoon)
			var history []string
			for range 60 {
				history = append(history, w.step())
				same(t, w.st, w.m)
				if t.Failed() {
					break
				}
			}
			if !t.Failed() {
				w.st = sc.reopen(t, w.st, w.drive)
				same(t, w.st, w.m)
			}
			if !t.Failed() { // the layers alone must say the same
				for _, name := range w.drive.Files() {
					if strings.HasPrefix(name, "stowage/contents/") {
						w.drive.WriteFile(name, nil)
					}
				}
				w.st = sc.reopen(t, w.st, w.drive)
				same(t, w.st, w.m)
			}
			if t.Failed() {
				t.Log(strings.Join(history, "\n"))
			}
		})
	}
}
