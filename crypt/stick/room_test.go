package stick_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// smallStick is an open stick on a drive of some size, and the time there, which a test may change.
func smallStick(t *testing.T, size int64) (sc *school, m *sticktest.Mem, st *stick.Stick, now *time.Time) {
	t.Helper()
	sc, m, now = newSchool(t, "Example School"), sticktest.New(), new(time.Time)
	*now = start
	m.SetCapacity(size)
	sc.issue(t, m)
	return sc, m, sc.openWith(t, m, stick.OpenOptions{Clock: func() time.Time { return *now }}), now
}

// fill takes up all the room of a drive but some with a file of somebody's.
func fill(t *testing.T, m *sticktest.Mem, but int) {
	t.Helper()
	free, _, err := m.Free()
	check(t, err)
	m.WriteFile("film.mov", append(m.ReadFile("film.mov"), make([]byte, int(free)-but)...))
}

// storeAgain stores a file in place of itself.
func storeAgain(st *stick.Stick, t *testing.T, name, content string) error {
	t.Helper()
	_, err := st.PutItems(t.Context(), items(map[string]string{name: content}), stick.PutOptions{Clash: stick.Replace})
	return err
}

// TestSaveAfterSave saves a file of 3 MB again and again on a stick of 12 MB: no save is refused, the oldest
// versions go first, and no more of them than must.
func TestSaveAfterSave(t *testing.T) {
	sc, m, st, _ := smallStick(t, 12e6)
	for i := range 20 {
		if err := storeAgain(st, t, "report.odt", text(i, 3e6)); err != nil {
			t.Fatalf("save %d: %v", i+1, err)
		}
		same(t, st, map[string]string{"report.odt": text(i, 3e6)})
		versions := must(st.Versions("report.odt"))(t)
		if i >= 3 && len(versions) < 2 || len(versions)+st.GivenUp() != i+1 {
			t.Errorf("save %d: %d versions, %d given up", i+1, len(versions), st.GivenUp())
		}
	}
	if layers := layerFiles(m); len(layers) > 4 {
		t.Errorf("%d layers are left", len(layers))
	}
	if r := must(st.Check(t.Context(), nil))(t); !r.Healthy() {
		t.Errorf("%v", r.Problems)
	}
	same(t, sc.reopen(t, withoutTablesOf(t, st, m), m), map[string]string{"report.odt": text(19, 3e6)})
}

// TestSavesThatDeleteAndRename saves as programs do that rename the old file out of the way and delete it then.
func TestSavesThatDeleteAndRename(t *testing.T) {
	_, _, st, _ := smallStick(t, 12e6)
	ctx := t.Context()
	put(t, st, map[string]string{"report.docx": text(0, 3e6)})
	for i := range 10 {
		put(t, st, map[string]string{"~new.tmp": text(i+1, 3e6)})
		check(t, st.Rename(ctx, "report.docx", "~old.tmp"))
		check(t, st.Rename(ctx, "~new.tmp", "report.docx"))
		check(t, st.Remove(ctx, "~old.tmp"))
		same(t, st, map[string]string{"report.docx": text(i+1, 3e6)})
	}
}

// TestDeletedIsKeptForADay: what was deleted lately is not given up for another file, and the error says how much it is.
func TestDeletedIsKeptForADay(t *testing.T) {
	_, _, st, now := smallStick(t, 12e6)
	put(t, st, map[string]string{"thesis.odt": text(1, 5e6)})
	*now = now.AddDate(1, 0, 0)
	check(t, st.Remove(t.Context(), "thesis.odt"))
	*now = now.Add(23 * time.Hour)
	err := storeAgain(st, t, "film", text(2, 6e6))
	short, full := errors.AsType[*stick.NoSpaceError](err)
	if !full || short.Kept < 5e6 || short.Kept > 52e5 || st.GivenUp() != 0 {
		t.Fatalf("got %v, %+v, and %d given up", err, short, st.GivenUp())
	}
	if gone := must(st.Deleted("."))(t); len(gone) != 1 {
		t.Errorf("deleted is %v", gone)
	}
	*now = now.Add(2 * time.Hour)
	put(t, st, map[string]string{"film": text(2, 6e6)})
	if gone := must(st.Deleted("."))(t); len(gone) != 0 || st.GivenUp() != 1 {
		t.Errorf("deleted is %v, %d given up", gone, st.GivenUp())
	}
}

// TestNothingIsGivenUpInVain: where it would not do, nothing is given up, and today's files never are.
func TestNothingIsGivenUpInVain(t *testing.T) {
	_, m, st, now := smallStick(t, 12e6)
	put(t, st, map[string]string{"a": text(1, 2e6)})
	put(t, st, map[string]string{"a": text(2, 2e6), "b": text(3, 1e6)})
	*now = now.AddDate(0, 1, 0)
	before := layerFiles(m)
	if err := storeAgain(st, t, "film", text(4, 9e6)); !errors.Is(err, stick.ErrFull) {
		t.Fatal(err)
	}
	if fmt.Sprint(layerFiles(m)) != fmt.Sprint(before) || len(must(st.Versions("a"))(t)) != 2 || st.GivenUp() != 0 {
		t.Error("a version was given up")
	}
	same(t, st, map[string]string{"a": text(2, 2e6), "b": text(3, 1e6)})
}

// TestWhatCannotBeWrittenAgain: a version that shares its layer with more than there is room to write again makes no room,
// and nothing else is given up as if it did.
func TestWhatCannotBeWrittenAgain(t *testing.T) {
	_, m, st, now := smallStick(t, 20e6)
	put(t, st, map[string]string{"album": text(1, 9e6), "old": text(2, 4e6)})
	put(t, st, map[string]string{"old": "new", "report": text(3, 1e6)})
	put(t, st, map[string]string{"report": text(4, 1e6)})
	*now = now.AddDate(0, 0, 3)
	before := layerFiles(m)
	if err := storeAgain(st, t, "film", text(5, 7e6)); !errors.Is(err, stick.ErrFull) || st.GivenUp() != 0 {
		t.Errorf("got %v, %d given up", err, st.GivenUp())
	}
	if fmt.Sprint(layerFiles(m)) != fmt.Sprint(before) {
		t.Error("layers were rewritten")
	}
	put(t, st, map[string]string{"film": text(5, 35e5)})
	if st.GivenUp() != 1 || len(must(st.Versions("old"))(t)) != 2 {
		t.Errorf("%d given up", st.GivenUp())
	}
}

// TestGivingUpSparesWhatIsKept gives up an old version that shares a layer with a file deleted today and one that is
// there.
func TestGivingUpSparesWhatIsKept(t *testing.T) {
	sc, m, st, now := smallStick(t, 12e6)
	put(t, st, map[string]string{"big": text(1, 4e6), "letter": "dear", "here": text(2, 5e5)})
	put(t, st, map[string]string{"big": text(3, 4e6)})
	*now = now.AddDate(0, 0, 3)
	check(t, st.Remove(t.Context(), "letter"))
	put(t, st, map[string]string{"film": text(4, 3e6)})
	want := map[string]string{"big": text(3, 4e6), "here": text(2, 5e5), "film": text(4, 3e6)}
	for range 2 {
		same(t, st, want)
		gone := must(st.Deleted("."))(t)
		if len(gone) != 1 || gone[0].Path != "letter" || len(must(st.Versions("big"))(t)) != 1 {
			t.Fatalf("deleted is %v", gone)
		}
		check(t, st.Close())
		st = sc.openWith(t, m, stick.OpenOptions{Clock: func() time.Time { return *now }})
	}
	must(st.Undelete(t.Context(), []string{"letter"}, stick.PutOptions{}))(t)
	want["letter"] = "dear"
	same(t, sc.reopen(t, st, m), want)
}

// TestPolicyKeepsVersions: a school may have versions kept that a stick without room would give up.
func TestPolicyKeepsVersions(t *testing.T) {
	sc := newSchool(t, "Example School")
	o := sc.options()
	o.Policy.KeepVersions, o.Policy.KeepDays = 2, 7
	m := sticktest.New()
	must(stick.Issue(t.Context(), m, o))(t)
	used, _, _ := m.Free()
	m.SetCapacity(1<<50 - used + 12e6)
	now := start
	st := sc.openWith(t, m, stick.OpenOptions{Clock: func() time.Time { return now }})
	for i := range 3 {
		put(t, st, map[string]string{"report": text(i, 3e6)})
		now = now.AddDate(0, 0, 1)
	}
	if err := storeAgain(st, t, "report", text(3, 3e6)); !errors.Is(err, stick.ErrFull) || st.GivenUp() != 0 {
		t.Fatalf("the fourth: %v, %d given up", err, st.GivenUp())
	}
	now = now.AddDate(0, 0, 7)
	put(t, st, map[string]string{"report": text(3, 3e6)})
	if st.GivenUp() != 1 || len(must(st.Versions("report"))(t)) != 3 {
		t.Errorf("%d given up", st.GivenUp())
	}
}

// TestPolicyKeepsRoom: a school may have room kept free by giving up what is old before something does not fit.
func TestPolicyKeepsRoom(t *testing.T) {
	sc := newSchool(t, "Example School")
	o := sc.options()
	o.Policy.KeepFreeMB = 10
	m := sticktest.New()
	m.SetCapacity(20e6)
	must(stick.Issue(t.Context(), m, o))(t)
	now := start
	st := sc.openWith(t, m, stick.OpenOptions{Clock: func() time.Time { return now }})
	for i := range 4 {
		put(t, st, map[string]string{"report": text(i, 3e6)})
	}
	if st.GivenUp() != 0 { // they are not old, and there is room
		t.Errorf("%d given up at once", st.GivenUp())
	}
	now = now.AddDate(0, 0, 2)
	put(t, st, map[string]string{"x": "x"})
	if free, _, _ := m.Free(); st.GivenUp() == 0 || free < 10e6 {
		t.Errorf("%d given up, %d bytes are free", st.GivenUp(), free)
	}
	same(t, st, map[string]string{"report": text(3, 3e6), "x": "x"})
}

// TestRestoringIsNotGivenUp restores the oldest version on a drive without room: it is not what is given up for it.
func TestRestoringIsNotGivenUp(t *testing.T) {
	_, _, st, now := smallStick(t, 12e6)
	for i := range 3 {
		put(t, st, map[string]string{"report": text(i, 3e6)})
	}
	*now = now.AddDate(0, 0, 3)
	versions := must(st.Versions("report"))(t)
	must(st.Restore(t.Context(), versions[2], "report", stick.PutOptions{Clash: stick.Replace}))(t)
	same(t, st, map[string]string{"report": text(0, 3e6)})
}

// TestNoByteFree: other files on the drive fill it to the last byte; files can be removed, erased and tidied all the
// same, also many times, and the room for that is kept again afterwards.
func TestNoByteFree(t *testing.T) {
	for _, step := range []string{"remove", "erase", "tidy", "many"} {
		t.Run(step, func(t *testing.T) {
			sc, m, st, _ := smallStick(t, 12e6)
			ctx := t.Context()
			put(t, st, map[string]string{"report": text(1, 2e6)})
			put(t, st, map[string]string{"report": text(2, 2e6), "letter": "dear"})
			put(t, st, map[string]string{"short": text(3, 200_000), "note": "n"})
			want := map[string]string{"report": text(2, 2e6), "letter": "dear", "short": text(3, 200_000), "note": "n"}
			fill(t, m, 0)
			if err := storeAgain(st, t, "x", "x"); !errors.Is(err, stick.ErrFull) && err != nil {
				t.Fatal(err)
			} else if err == nil {
				t.Log("an old version was given up for it")
				want["x"] = "x"
				fill(t, m, 0)
			}
			st = sc.reopen(t, st, m)
			switch step {
			case "remove":
				check(t, st.Remove(ctx, "letter"))
				delete(want, "letter")
			case "erase":
				must(st.EraseForGood(ctx, []string{"short"}, nil))(t)
				delete(want, "short")
			case "tidy":
				must(st.Tidy(ctx, stick.TidyOptions{All: true}))(t)
			case "many":
				for name := range strings.SplitSeq("letter short note report", " ") {
					check(t, st.Remove(ctx, name))
					delete(want, name)
					fill(t, m, 0)
				}
				if r := must(st.Tidy(ctx, stick.TidyOptions{All: true}))(t); r.Freed < 2e6 {
					t.Errorf("tidied: %+v", r)
				}
			}
			same(t, st, want)
			same(t, sc.reopen(t, st, m), want)
			if len(m.ReadFile("stowage/reserve.note")) < 64<<10 {
				t.Error("no room is kept any more")
			}
			if step != "remove" && len(m.ReadFile("stowage/reserve.note")) != 1<<20 {
				t.Errorf("too little is kept: %d bytes", len(m.ReadFile("stowage/reserve.note")))
			}
		})
	}
}

// TestReserveOfOlderSticks: a stick without a reserve, as the first were, gets one when something is stored; what
// somebody put there is not touched.
func TestReserveOfOlderSticks(t *testing.T) {
	sc, m, st, _ := smallStick(t, 12e6)
	check(t, st.Close())
	m.WriteFile("stowage/reserve.note", nil)
	st = sc.open(t, m)
	put(t, st, map[string]string{"a": "1"})
	reserve := m.ReadFile("stowage/reserve.note")
	if len(reserve) != 1<<20 || !strings.HasPrefix(string(reserve), "stowage reserve v1\n") {
		t.Errorf("the reserve has %d bytes", len(reserve))
	}
	if r := must(st.Check(t.Context(), nil))(t); !r.Healthy() {
		t.Errorf("%v", r.Problems)
	}
	check(t, st.Close())
	m.WriteFile("stowage/reserve.note", []byte("buy milk"))
	st = sc.open(t, m)
	put(t, st, map[string]string{"b": "1"})
	fill(t, m, 0)
	_ = st.Remove(t.Context(), "b")
	if string(m.ReadFile("stowage/reserve.note")) != "buy milk" {
		t.Error("somebody's note is gone")
	}
}

// TestReserveIsTheSticks: neither a scan nor a conversion takes it for somebody's file, and withdrawing removes it.
func TestReserveIsTheSticks(t *testing.T) {
	d := newPlainDrive(t, map[string]string{"letter.txt": "dear"})
	if d.ReadFile("stowage/reserve.note") == nil {
		t.Fatal("there is none")
	}
	found := must(stick.Scan(t.Context(), d, nil))(t)
	if slices.ContainsFunc(slices.Concat(found.Plain, found.Encrypted), func(f stick.Found) bool { return strings.Contains(f.Path, "reserve") }) {
		t.Errorf("found %v", found)
	}
	s := d.open(t)
	must(s.Convert(t.Context(), stick.ConvertOptions{}))(t)
	same(t, s, map[string]string{"letter.txt": "dear"})
	check(t, s.Close())
	check(t, stick.Unmake(d, s.Note().ID))
	if left := d.Files(); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
