package stick_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"filippo.io/age"

	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/crypt/stick/sticktest"
)

// kinds are the kinds of warning an opening gave.
func kinds(st *stick.Stick) map[stick.WarningKind]int {
	n := map[stick.WarningKind]int{}
	for _, w := range st.Warnings() {
		n[w.Kind]++
	}
	return n
}

// layered is a stick with layers 1 to 4: a, b, c and d, one file each, and a's second version in d.
func layered(t testing.TB, sc *school) (*sticktest.Mem, []string) {
	t.Helper()
	m := sticktest.New()
	sc.issue(t, m)
	st := sc.open(t, m)
	for _, name := range []string{"a", "b", "c"} {
		put(t, st, map[string]string{name: "content of " + name})
	}
	put(t, st, map[string]string{"d": "content of d", "a": "second a"})
	check(t, st.Close())
	return m, layerFiles(m)
}

// withoutTables removes the cache, so that everything is read from the layers.
func withoutTables(m *sticktest.Mem) *sticktest.Mem {
	for _, name := range m.Files() {
		if strings.HasPrefix(name, "stowage/contents/") {
			m.WriteFile(name, nil)
		}
	}
	return m
}

func TestTornLayer(t *testing.T) {
	sc := newSchool(t, "Example School")
	m := sticktest.New()
	sc.issue(t, m)
	st := sc.openWith(t, m, stick.OpenOptions{PartSize: 1 << 20})
	put(t, st, map[string]string{"kept": "safe"})
	put(t, st, map[string]string{"big": text(1, 2_500_000)})
	check(t, st.Close())
	names := layerFiles(m)
	if len(names) != 4 {
		t.Fatalf("layers: %v", names)
	}
	for part := 1; part < 4; part++ {
		full := m.ReadFile(names[part])
		for _, cut := range []int{0, 1, 100, 1700, 1800, 65_536, 70_000, len(full) / 2, len(full) - 1} {
			c := withoutTables(m.Clone())
			for later := part + 1; later < 4; later++ {
				c.WriteFile(names[later], nil)
			}
			c.WriteFile(names[part], full[:cut:cut])
			ro := sc.openWith(t, c, stick.OpenOptions{ReadOnly: true})
			if k := kinds(ro); k[stick.WarnTorn] != 1 || len(k) != 1 {
				t.Fatalf("part %d cut to %d: %v", part, cut, ro.Warnings())
			}
			same(t, ro, map[string]string{"kept": "safe"})
			check(t, ro.Close())
			st := sc.open(t, c)
			put(t, st, map[string]string{"next": "1"})
			st = sc.reopenLax(t, st, c)
			same(t, st, map[string]string{"kept": "safe", "next": "1"})
			check(t, st.Close())
		}
	}
}

// reopenLax is reopen for a stick that has warnings.
func (s *school) reopenLax(t testing.TB, st *stick.Stick, fsys stick.FS) *stick.Stick {
	t.Helper()
	check(t, st.Close())
	return s.open(t, fsys)
}

// TestTamperedLayers does to the layers what somebody with the stick in hand,
// but without its key, can do.
func TestTamperedLayers(t *testing.T) {
	sc := newSchool(t, "Example School")
	m, names := layered(t, sc)
	elsewhere, otherNames := layered(t, sc) // another stick of the same holder
	all := map[string]string{"a": "second a", "b": "content of b", "c": "content of c", "d": "content of d"}
	without := func(names ...string) map[string]string {
		left := map[string]string{}
		for p, c := range all {
			left[p] = c
		}
		for _, n := range names {
			delete(left, n)
		}
		return left
	}
	for _, c := range []struct {
		name   string
		change func(m *sticktest.Mem)
		kinds  map[stick.WarningKind]int
		want   map[string]string
	}{
		{"untouched", func(m *sticktest.Mem) {}, map[stick.WarningKind]int{}, all},
		{
			"missing in the middle", func(m *sticktest.Mem) { m.WriteFile(names[1], nil) },
			map[stick.WarningKind]int{stick.WarnMissing: 1},
			without("b"),
		},
		{
			"first missing", func(m *sticktest.Mem) { m.WriteFile(names[0], nil) },
			map[stick.WarningKind]int{stick.WarnMissing: 1},
			all, // a's second version is in d
		},
		{
			"damaged in the middle", func(m *sticktest.Mem) { m.WriteFile(names[1], m.ReadFile(names[1])[:20_000]) },
			map[stick.WarningKind]int{stick.WarnDamaged: 1},
			without("b"),
		},
		{
			"a layer of another stick in addition", func(m *sticktest.Mem) {
				m.WriteFile("stowage/layers/00000009-0123abcd.age", elsewhere.ReadFile(otherNames[1]))
			},
			map[stick.WarningKind]int{stick.WarnDamaged: 1}, // as one whose age header decayed
			all,
		},
		{
			"a layer of another stick in the place of one", func(m *sticktest.Mem) { m.WriteFile(names[1], elsewhere.ReadFile(otherNames[1])) },
			map[stick.WarningKind]int{stick.WarnDamaged: 1},
			without("b"),
		},
		{
			"two layers exchanged", func(m *sticktest.Mem) {
				one, two := m.ReadFile(names[0]), m.ReadFile(names[1])
				m.WriteFile(names[0], two)
				m.WriteFile(names[1], one)
			},
			map[stick.WarningKind]int{stick.WarnMisplaced: 2, stick.WarnMissing: 1},
			without("b"),
		},
		{
			"an old layer again on top", func(m *sticktest.Mem) {
				m.WriteFile("stowage/layers/00000007-0123abcd.age", m.ReadFile(names[0]))
			},
			map[stick.WarningKind]int{stick.WarnMisplaced: 1},
			all,
		},
		{
			"files that do not belong", func(m *sticktest.Mem) {
				m.WriteFile("stowage/layers/virus.exe", []byte("x"))
				m.WriteFile("stowage/layers/._00000001", []byte("x")) // macOS
			},
			map[stick.WarningKind]int{stick.WarnForeign: 1},
			all,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := withoutTables(m.Clone())
			c.change(m)
			st := sc.openWith(t, m, stick.OpenOptions{ReadOnly: true})
			if got := kinds(st); fmt.Sprint(got) != fmt.Sprint(c.kinds) {
				t.Errorf("warnings %v, want %v", st.Warnings(), c.kinds)
			}
			same(t, st, c.want)
			check(t, st.Close())
			// Writing and opening again changes nothing about it.
			st = sc.open(t, m)
			put(t, st, map[string]string{"e": "e"})
			st = sc.reopenLax(t, st, m)
			c.want["e"] = "e"
			same(t, st, c.want)
			delete(c.want, "e")
		})
	}
}

// TestSwappedUnderTheTable exchanges a layer for one of the same size, which
// the table of contents cannot notice: reading must.
func TestSwappedUnderTheTable(t *testing.T) {
	sc := newSchool(t, "Example School")
	m, names := layered(t, sc)
	elsewhere, otherNames := layered(t, sc)
	if len(m.ReadFile(names[1])) != len(elsewhere.ReadFile(otherNames[1])) {
		t.Fatal("the layers differ in size")
	}
	m.WriteFile(names[1], elsewhere.ReadFile(otherNames[1]))
	st := sc.open(t, m)
	if _, err := st.OpenFile("b"); !errors.Is(err, stick.ErrDamaged) {
		t.Errorf("got %v", err)
	}
	r := must(st.Get(t.Context(), nil, t.TempDir(), stick.GetOptions{}))(t)
	if len(r.Fetched) != 3 || len(r.Skipped) != 1 || !errors.Is(r.Skipped[0].Err, stick.ErrDamaged) {
		t.Errorf("got %+v", r)
	}
}

// TestRolledBack puts an earlier state of the whole stick back.
func TestRolledBack(t *testing.T) {
	sc := newSchool(t, "Example School")
	m := sticktest.New()
	sc.issue(t, m)
	st := sc.open(t, m)
	put(t, st, map[string]string{"a": "1"})
	check(t, st.Close())
	earlier := m.Clone()
	st = sc.open(t, m)
	put(t, st, map[string]string{"a": "2"})
	seen := st.Head()
	check(t, st.Close())
	for name, c := range map[string]struct {
		m    *sticktest.Mem
		want int
	}{"as it was": {m, 0}, "rolled back": {earlier, 1}} {
		st := sc.openWith(t, c.m, stick.OpenOptions{LastSeen: seen})
		if got := kinds(st)[stick.WarnRolledBack]; got != c.want {
			t.Errorf("%s: %v", name, st.Warnings())
		}
		check(t, st.Close())
	}
	st = sc.open(t, earlier) // written to after it was put back
	put(t, st, map[string]string{"a": "another 2"})
	check(t, st.Close())
	st = sc.openWith(t, earlier, stick.OpenOptions{LastSeen: seen})
	if kinds(st)[stick.WarnForked] != 1 {
		t.Errorf("a fork: %v", st.Warnings())
	}
}

// forge encrypts a tar to a stick's recipient, as anyone can who knows it.
func forge(t testing.TB, to age.Recipient, write func(*tar.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	w := must(age.Encrypt(&b, to))(t)
	tw := tar.NewWriter(w)
	write(tw)
	check(t, tw.Close())
	check(t, w.Close())
	return b.Bytes()
}

// recipientOf is the recipient of a stick, for a forger who learned it.
func recipientOf(t testing.TB, sc *school, m *sticktest.Mem) age.Recipient {
	t.Helper()
	plain := must(keys.Unwrap(m.ReadFile("stowage/keys/stick-hybrid-a.age"), sc.holder.Identity()))(t)
	id := must(keys.ParseStickIdentity(plain))(t)
	return must(keys.ParseRecipient(id.Recipient()))(t)
}

func TestForgedLayer(t *testing.T) {
	sc := newSchool(t, "Example School")
	m, _ := layered(t, sc)
	to := recipientOf(t, sc, m)
	note := must(stick.Inspect(m, ""))(t).Note
	evil := func(tw *tar.Writer) {
		check(t, tw.WriteHeader(&tar.Header{Name: "a", Typeflag: tar.TypeReg, Size: 4, Mode: 0o644}))
		must(io.WriteString(tw, "evil"))(t)
	}
	headers := map[string]map[string]string{
		"no header": nil,
		"no hmac": {
			"STOWAGE.format": "1", "STOWAGE.layer": "00000009-00000000", "STOWAGE.prev": "-",
			"STOWAGE.stick": note.ID, "STOWAGE.time": "2026-03-02T08:30:00Z",
		},
		"a wrong hmac": {
			"STOWAGE.format": "1", "STOWAGE.layer": "00000009-00000000", "STOWAGE.prev": "-",
			"STOWAGE.stick": note.ID, "STOWAGE.time": "2026-03-02T08:30:00Z", "STOWAGE.hmac": strings.Repeat("00", 32),
		},
	}
	for name, records := range headers {
		t.Run(name, func(t *testing.T) {
			m := m.Clone()
			m.WriteFile("stowage/layers/00000009-00000000.age", forge(t, to, func(tw *tar.Writer) {
				if records != nil {
					check(t, tw.WriteHeader(&tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: records}))
				}
				evil(tw)
			}))
			st := sc.open(t, m)
			if k := kinds(st); k[stick.WarnForged] != 1 || len(k) != 1 {
				t.Errorf("warnings: %v", st.Warnings())
			}
			if got := contents(t, st)["a"]; got != "second a" {
				t.Errorf("a holds %q", got)
			}
		})
	}
}

// TestForgedTable puts a table of contents of the forger's own in place.
func TestForgedTable(t *testing.T) {
	sc := newSchool(t, "Example School")
	m, _ := layered(t, sc)
	to := recipientOf(t, sc, m)
	for _, name := range m.Files() {
		if !strings.HasPrefix(name, "stowage/contents/") {
			continue
		}
		var b bytes.Buffer
		w := must(age.Encrypt(&b, to))(t)
		must(io.WriteString(w, "stowage contents v1\t"+must(stick.Inspect(m, ""))(t).Note.ID+"\nhmac\t"+strings.Repeat("00", 32)+"\n"))(t)
		check(t, w.Close())
		m.WriteFile(name, b.Bytes())
	}
	st := sc.open(t, m)
	if len(st.Warnings()) > 0 {
		t.Errorf("warnings: %v", st.Warnings())
	}
	same(t, st, map[string]string{"a": "second a", "b": "content of b", "c": "content of c", "d": "content of d"})
	sc.reopen(t, st, m)
}

func TestNewerFormat(t *testing.T) {
	sc := newSchool(t, "Example School")
	m, _ := layered(t, sc)
	m.WriteFile("stowage/stick.note", must(sc.authority.Sign("stowage stick v2\nwhatever\n"))(t))
	if err := opens(t, m, stick.WithHolderKey(sc.holder)); !errors.Is(err, stick.ErrFormat) {
		t.Errorf("got %v", err)
	}
}
