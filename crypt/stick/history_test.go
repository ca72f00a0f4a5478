package stick_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// ticking is a clock that goes on by a minute whenever it is asked.
func ticking() func() time.Time {
	t := start
	return func() time.Time {
		t = t.Add(time.Minute)
		return t
	}
}

// read returns a version's content.
func read(t testing.TB, st *stick.Stick, v stick.Version) string {
	t.Helper()
	r := must(st.OpenVersion(v))(t)
	defer r.Close()
	return string(must(io.ReadAll(r))(t))
}

func TestVersions(t *testing.T) {
	sc, m := newSchool(t, "Example School"), sticktest.New()
	sc.issue(t, m)
	st := sc.openWith(t, m, stick.OpenOptions{Clock: ticking()})
	ctx := t.Context()
	put(t, st, map[string]string{"dir/a": "one", "other": "x"})
	put(t, st, map[string]string{"dir/a": "two"})
	check(t, st.Rename(ctx, "dir", "moved"))
	put(t, st, map[string]string{"moved/a": "three"})
	check(t, st.Rename(ctx, "moved/a", "b"))
	check(t, st.Remove(ctx, "b"))
	put(t, st, map[string]string{"b": "four"})
	check(t, st.Close())
	st = sc.openWith(t, m, stick.OpenOptions{Clock: ticking()})

	versions := must(st.Versions("b"))(t)
	var got []string
	for i, v := range versions {
		got = append(got, fmt.Sprintf("%s %s %v", v.Path, read(t, st, v), v.Current))
		if i > 0 && !v.Stored.Before(versions[i-1].Stored) {
			t.Errorf("%v is not older than %v", v, versions[i-1])
		}
		if deleted := !v.Deleted.IsZero(); deleted != (i == 1) {
			t.Errorf("version %d deleted: %v", i, v.Deleted)
		}
	}
	if want := "[b four true moved/a three false dir/a two false dir/a one false]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if _, err := st.Versions("never"); !errors.Is(err, stick.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	must(st.Restore(ctx, versions[3], "b", stick.PutOptions{Clash: stick.Replace}))(t)
	must(st.Restore(ctx, versions[2], "again/two", stick.PutOptions{}))(t)
	same(t, st, map[string]string{"b": "one", "again/two": "two", "other": "x", "moved/": ""})
	if n := len(must(st.Versions("b"))(t)); n != 5 {
		t.Errorf("%d versions, want 5", n)
	}
	sc.reopen(t, st, m)
}

// TestVersionsOfSavesByRenaming has programs save as they do: by renaming a new file over
// the old one, with the old one moved aside before (Word) or not (vim, rsync, git).
func TestVersionsOfSavesByRenaming(t *testing.T) {
	sc, m := newSchool(t, "Example School"), sticktest.New()
	sc.issue(t, m)
	st := sc.openWith(t, m, stick.OpenOptions{Clock: ticking()})
	ctx := t.Context()
	put(t, st, map[string]string{"letter": "first", "other": "somebody else's", "word.docx": "draft"})
	for _, text := range []string{"second", "third"} {
		put(t, st, map[string]string{"save.tmp": text})
		check(t, st.RenameOver(ctx, "save.tmp", "letter"))
	}
	put(t, st, map[string]string{"save.tmp": "other's second"})
	check(t, st.RenameOver(ctx, "save.tmp", "other"))
	put(t, st, map[string]string{"save.tmp": "fourth"})
	check(t, st.RenameOver(ctx, "save.tmp", "letter"))

	put(t, st, map[string]string{"~WRD1.tmp": "final"})
	check(t, st.Rename(ctx, "word.docx", "~WRL2.tmp"))
	check(t, st.Rename(ctx, "~WRD1.tmp", "word.docx"))
	check(t, st.Remove(ctx, "~WRL2.tmp"))
	check(t, st.Rename(ctx, "word.docx", "report.docx"))

	if err := st.RenameOver(ctx, "letter", "."); err == nil {
		t.Error("the top was renamed over")
	}
	check(t, st.Close())
	st = sc.openWith(t, m, stick.OpenOptions{Clock: ticking()})
	for name, want := range map[string]string{
		"letter": "[fourth third second first]", "other": "[other's second somebody else's]",
		"report.docx": "[final draft]", "word.docx": "[final draft]",
	} {
		var got []string
		for _, v := range must(st.Versions(name))(t) {
			got = append(got, read(t, st, v))
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%s: versions %v, want %s", name, got, want)
		}
	}
	same(t, st, map[string]string{"letter": "fourth", "other": "other's second", "report.docx": "final"})
	if result := must(st.Check(ctx, nil))(t); !result.Healthy() {
		t.Errorf("%+v", result)
	}
	sc.reopen(t, st, m)
}

func TestUndelete(t *testing.T) {
	sc, m := newSchool(t, "Example School"), sticktest.New()
	sc.issue(t, m)
	st := sc.openWith(t, m, stick.OpenOptions{Clock: ticking()})
	ctx := t.Context()
	put(t, st, map[string]string{"d/a": "old", "d/b": "b", "d/e/c": "c", "x": "x", "y": "y"})
	put(t, st, map[string]string{"d/a": "new"})
	check(t, st.Remove(ctx, "d/b"))
	check(t, st.Remove(ctx, "d"))
	check(t, st.Remove(ctx, "x"))
	check(t, st.Rename(ctx, "y", "z")) // is not deleted
	check(t, st.Close())
	st = sc.open(t, m)
	var names []string
	for _, v := range must(st.Deleted("."))(t) {
		names = append(names, v.Path+"="+read(t, st, v))
		if v.Deleted.IsZero() || v.Current {
			t.Errorf("%+v", v)
		}
	}
	if got := fmt.Sprint(names); got != "[d/a=new d/b=b d/e/c=c x=x]" {
		t.Errorf("deleted: %v", got)
	}
	if got := must(st.Deleted("d/e"))(t); len(got) != 1 {
		t.Errorf("deleted below d/e: %v", got)
	}
	must(st.Undelete(ctx, []string{"d"}, stick.PutOptions{}))(t)
	same(t, st, map[string]string{"d/a": "new", "d/b": "b", "d/e/c": "c", "z": "y"})
	if _, err := st.Undelete(ctx, []string{"z"}, stick.PutOptions{}); !errors.Is(err, stick.ErrNotFound) {
		t.Errorf("undelete what is there: %v", err)
	}
	st = sc.reopen(t, st, m)
	same(t, st, map[string]string{"d/a": "new", "d/b": "b", "d/e/c": "c", "z": "y"})
	must(st.Tidy(ctx, stick.TidyOptions{All: true}))(t)
	if got := must(st.Deleted("."))(t); len(got) != 0 {
		t.Errorf("deleted after tidying: %v", got)
	}
	same(t, st, map[string]string{"d/a": "new", "d/b": "b", "d/e/c": "c", "z": "y"})
}

// decrypted returns everything on a stick as its key shows it, layers and
// tables of contents, whatever counts or not.
func decrypted(t testing.TB, sc *school, m *sticktest.Mem) string {
	t.Helper()
	plain := must(keys.Unwrap(m.ReadFile("stowage/keys/stick-hybrid-a.age"), sc.holder.Identity()))(t)
	ids := must(age.ParseIdentities(bytes.NewReader(plain)))(t)
	var all strings.Builder
	for _, name := range m.Files() {
		if !strings.HasPrefix(name, "stowage/layers/") && !strings.HasPrefix(name, "stowage/contents/") {
			continue
		}
		r := must(age.Decrypt(bytes.NewReader(m.ReadFile(name)), ids...))(t)
		must(io.Copy(&all, r))(t)
	}
	return all.String()
}

func TestEraseForGood(t *testing.T) {
	sc, m, st := newStick(t)
	ctx := t.Context()
	const canary = "CANARY-CONTENT"
	put(t, st, map[string]string{"keep": "keep this", "canary-first": canary + " one"})
	check(t, st.Rename(ctx, "canary-first", "canary-second"))
	put(t, st, map[string]string{"canary-second": canary + " two", "beside": "also kept"})
	put(t, st, map[string]string{"keep": "newer", "canary-dir/file": canary})
	check(t, st.Remove(ctx, "canary-dir"))
	st = sc.reopen(t, st, m) // tables of contents are merged
	if !strings.Contains(decrypted(t, sc, m), canary) {
		t.Fatal("the canary is not even there")
	}
	r := must(st.EraseForGood(ctx, []string{"canary-second", "canary-dir"}, nil))(t)
	if r.Removed == 0 {
		t.Errorf("%+v", r)
	}
	if left := strings.ToLower(decrypted(t, sc, m)); strings.Contains(left, "canary") {
		t.Errorf("the canary is still there, at %.60q", left[strings.Index(left, "canary"):])
	}
	want := map[string]string{"keep": "newer", "beside": "also kept"}
	same(t, st, want)
	st = sc.reopen(t, st, m)
	same(t, st, want)
	if _, err := st.EraseForGood(ctx, []string{"canary-second"}, nil); !errors.Is(err, stick.ErrNotFound) {
		t.Errorf("erasing again: %v", err)
	}
}

func TestTidyGivesSpaceBack(t *testing.T) {
	sc, m, st := newStick(t)
	ctx := t.Context()
	want := map[string]string{"big": text(1, 5<<20)}
	put(t, st, want)
	for i := range 20 {
		put(t, st, map[string]string{"note.txt": fmt.Sprint(i)})
	}
	put(t, st, map[string]string{"gone": text(2, 5<<20)})
	check(t, st.Remove(ctx, "gone"))
	want["note.txt"] = "19"
	before := must(st.Usage())(t)
	big := layerFiles(m)[0]
	r := must(st.Tidy(ctx, stick.TidyOptions{}))(t)
	after := must(st.Usage())(t)
	if r.Freed < 5<<20 || after.Dead >= before.Dead || after.Layers > 3 || after.Files != 2 {
		t.Errorf("%+v: before %+v, after %+v", r, before, after)
	}
	if m.ReadFile(big) == nil {
		t.Error("a layer that is all alive was rewritten")
	}
	same(t, sc.reopen(t, st, m), want)
}

// TestTidyInSteps tidies a stick with little room.
func TestTidyInSteps(t *testing.T) {
	sc, m, st := newStick(t)
	want := map[string]string{}
	for i := range 8 {
		kept, dead := fmt.Sprintf("kept %d", i), fmt.Sprintf("dead %d", i)
		put(t, st, map[string]string{kept: text(i, 900_000), dead: text(i, 1_000_000)})
		check(t, st.Remove(t.Context(), dead))
		want[kept] = text(i, 900_000)
	}
	used := int64(0)
	for _, name := range m.Files() {
		used += int64(len(m.ReadFile(name)))
	}
	m.SetCapacity(used + 2<<20)
	r := must(st.Tidy(t.Context(), stick.TidyOptions{}))(t)
	if r.Freed < 6<<20 {
		t.Errorf("%+v", r)
	}
	same(t, sc.reopen(t, st, m), want)
}

// TestReadingWhileTidied keeps a file open that is rewritten meanwhile.
func TestReadingWhileTidied(t *testing.T) {
	drives(t, func(t *testing.T, fsys stick.FS) {
		sc := newSchool(t, "Example School")
		sc.issue(t, fsys)
		st := sc.open(t, fsys)
		content := text(1, 1<<20)
		put(t, st, map[string]string{"a": content, "b": content})
		check(t, st.Remove(t.Context(), "b"))
		r := must(st.OpenFile("a"))(t)
		must(st.Tidy(t.Context(), stick.TidyOptions{All: true}))(t)
		check(t, st.Remove(t.Context(), "a"))
		if got := string(must(io.ReadAll(r))(t)); got != content {
			t.Error("the open file changed")
		}
		check(t, r.Close())
		left := must(fsys.ReadDir("stowage/layers"))(t)
		if len(left) != 2 {
			t.Errorf("%d files of layers, want 2", len(left))
		}
	})
}

func TestMoveAndRenameRefusals(t *testing.T) {
	_, _, st := newStick(t)
	ctx := t.Context()
	put(t, st, map[string]string{"a": "1", "d/a": "2", "d/e/f": "3"})
	for name, c := range map[string]struct {
		err, want error
	}{
		"onto a file":       {st.Rename(ctx, "a", "d/a"), stick.ErrExists},
		"onto a folder":     {st.Rename(ctx, "a", "d"), stick.ErrExists},
		"into itself":       {st.Rename(ctx, "d", "d/x"), stick.ErrKind},
		"below a file":      {st.Rename(ctx, "d", "a/x"), stick.ErrKind},
		"nothing":           {st.Rename(ctx, "b", "c"), stick.ErrNotFound},
		"the top":           {st.Rename(ctx, ".", "c"), stick.ErrName},
		"to a bad name":     {st.Rename(ctx, "a", "../x"), stick.ErrName},
		"into what exists":  {st.Move(ctx, []string{"a"}, "d"), stick.ErrExists},
		"remove nothing":    {st.Remove(ctx, "nope"), stick.ErrNotFound},
		"remove the top":    {st.Remove(ctx, "."), stick.ErrName},
		"folder for a file": {st.Mkdir(ctx, "a"), stick.ErrKind},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", name, c.err, c.want)
		}
	}
	same(t, st, map[string]string{"a": "1", "d/a": "2", "d/e/f": "3"})
	if n := st.Head().Seq; n != 1 {
		t.Errorf("%d layers were written", n)
	}
	check(t, st.Rename(ctx, "a", "A")) // in case alone
	check(t, st.Rename(ctx, "A", "A"))
	same(t, st, map[string]string{"A": "1", "d/a": "2", "d/e/f": "3"})
}

func TestSearch(t *testing.T) {
	_, _, st := newStick(t)
	put(t, st, map[string]string{"Year 7/Réport Zoë.docx": "", "Year 7/marks.xlsx": "", "Year 8/report.docx": "", "STRASSE/Straße": ""})
	for words, want := range map[string]int{"report": 2, "REPORT year": 2, "zoe": 1, "zoë 7": 1, "strasse": 2, "nothing": 0, "": 0, "year": 5} {
		if got := must(st.Search(t.Context(), words, 0))(t); len(got) != want {
			t.Errorf("%q found %v, want %d", words, got, want)
		}
	}
	if got := must(st.Search(t.Context(), "year", 2))(t); len(got) != 2 {
		t.Errorf("limit 2 found %d", len(got))
	}
}
