package lists_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"stowage/devices/lists"
)

func read(t testing.TB, text string) *lists.Table {
	t.Helper()
	table, err := lists.Read(t.Context(), strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// rows returns the rows of a table by their lines, and what is wrong with it.
func rows(t testing.TB, table *lists.Table) (found map[int][]string, wrong []lists.Fault) {
	t.Helper()
	found = map[int][]string{}
	err := table.Rows(t.Context(), func(line int, cells []string) error {
		found[line] = slices.Clone(cells)
		return nil
	}, func(f lists.Fault) { wrong = append(wrong, f) })
	if err != nil {
		t.Fatal(err)
	}
	return found, wrong
}

// TestExamples reads exports of other systems as they come, and looks at what is proposed for them.
func TestExamples(t *testing.T) {
	for name, want := range map[string]struct {
		encoding, source, kind string
		comma                  rune
		rows                   int
		columns                map[string]lists.Column
	}{
		"intune.csv": {lists.UTF8, "Intune", "", ',', 4, map[string]lists.Column{
			"device name": lists.Label, "serial number": lists.Serial, "os": lists.Kind, "manufacturer": lists.Make, "model": lists.Model,
			"primary user display name": lists.Holder, "primary user email address": lists.Email, "encrypted": lists.Said, "last check in": lists.Seen,
		}},
		"snipe-it.csv": {lists.UTF8, "Snipe-IT", "", ',', 4, map[string]lists.Column{
			"asset tag": lists.Label, "serial": lists.Serial, "category": lists.Kind, "manufacturer": lists.Make, "model": lists.Model,
			"location": lists.Site, "status": lists.State, "checked out to": lists.Holder, "checkout date": lists.Issued,
			"expected checkin date": lists.Due, "last audit": lists.Seen, "notes": lists.Notes,
		}},
		"glpi.csv": {lists.UTF8, "GLPI", "", ';', 4, map[string]lists.Column{
			"inventory number": lists.Label, "serial number": lists.Serial, "type": lists.Kind, "manufacturer": lists.Make, "model": lists.Model,
			"location": lists.Site, "status": lists.State, "user": lists.Holder,
		}},
		"excel-uk.csv":      {lists.Windows1252, "", "", ';', 3, excelColumns()},
		"excel-unicode.txt": {lists.UTF16, "", "", '\t', 3, excelColumns()},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile("testdata/" + name)
			if err != nil {
				t.Fatal(err)
			}
			table := read(t, string(text))
			if table.Encoding != want.encoding || table.Comma != want.comma {
				t.Errorf("taken for %s with %q", table.Encoding, table.Comma)
			}
			m, err := table.Propose(t.Context())
			if err != nil || !maps.Equal(m.Columns, want.columns) || m.Source != want.source || m.Kind != want.kind || m.MonthFirst {
				t.Errorf("proposed %+v, %v", m, err)
			}
			found, wrong := rows(t, table)
			if len(found) != want.rows || len(wrong) > 0 {
				t.Errorf("%d rows, %v", len(found), wrong)
			}
		})
	}
}

func excelColumns() map[string]lists.Column {
	return map[string]lists.Column{
		"asset no": lists.Label, "serial no": lists.Serial, "device type": lists.Kind, "make": lists.Make, "model": lists.Model,
		"issued to": lists.Holder, "date issued": lists.Issued, "due back": lists.Due, "comments": lists.Notes,
	}
}

// TestProposeFewColumns is the header of Intune that has no names in it, only what people sign in with.
func TestProposeFewColumns(t *testing.T) {
	m, err := read(t, "Device name,Serial number,Encrypted,Primary user UPN,Last check-in\nL1,S1,Yes,ann@hill.example,9/23/2026 7:58:12 AM\n").Propose(t.Context())
	want := map[string]lists.Column{
		"device name": lists.Label, "serial number": lists.Serial, "encrypted": lists.Said, "primary user upn": lists.Email, "last check in": lists.Seen,
	}
	if err != nil || !maps.Equal(m.Columns, want) || m.Source != "Intune" || m.Kind != "laptop" || !m.MonthFirst {
		t.Errorf("%+v, %v", m, err)
	}
}

// TestProposeOwn leaves the register's own list as it is, and a column too many out.
func TestProposeOwn(t *testing.T) {
	own := "label,serial,encrypted,verified by,verified,encryption"
	if m, err := read(t, own+"\nA,B,yes,X,2026-09-01,LUKS\n").Propose(t.Context()); err != nil || m.Foreign() {
		t.Errorf("%+v, %v", m, err)
	}
	m, err := read(t, own+",colour\nA,B,yes,X,2026-09-01,LUKS,red\n").Propose(t.Context())
	if err != nil || m.Columns["encrypted"] != lists.Encrypted || m.Columns["verified by"] != lists.VerifiedBy || m.Columns["colour"] != "" {
		t.Errorf("%+v, %v", m, err)
	}
	// Without rows it goes by the names alone; a column that is empty is passed over for another.
	m, err = read(t, "Inventory number,Name,Serial number\n").Propose(t.Context())
	if err != nil || m.Columns["inventory number"] != lists.Label {
		t.Errorf("%+v, %v", m, err)
	}
	m, err = read(t, "Inventory number,Name,Serial number\n,PC1,S1\nN/A,PC2,S2\n").Propose(t.Context())
	if err != nil || m.Columns["name"] != lists.Label || m.Columns["inventory number"] != "" {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestResolve(t *testing.T) {
	for name, test := range map[string]struct {
		header []string
		m      lists.Mapping
		wrong  int
	}{
		"own":           {[]string{"Label", " last  seen"}, lists.Mapping{}, 0},
		"unknown":       {[]string{"label", "colour", "size"}, lists.Mapping{}, 2},
		"twice":         {[]string{"label", "Label"}, lists.Mapping{}, 1},
		"no identifier": {[]string{"make"}, lists.Mapping{}, 1},
		"left out":      {[]string{"Tag", "colour", "colour"}, lists.Mapping{Columns: map[string]lists.Column{"tag": lists.Label}}, 0},
		"same name":     {[]string{"Tag", "Tag"}, lists.Mapping{Columns: map[string]lists.Column{"tag": lists.Label}}, 0},
		"two for one":   {[]string{"Tag", "No"}, lists.Mapping{Columns: map[string]lists.Column{"tag": lists.Label, "no": lists.Label}}, 1},
		"no such":       {[]string{"Tag", "No"}, lists.Mapping{Columns: map[string]lists.Column{"tag": lists.Label, "no": "colour"}}, 1},
	} {
		at, wrong := test.m.Resolve(test.header)
		if len(wrong) != test.wrong || len(wrong) == 0 && at[lists.Label] != 0 {
			t.Errorf("%s: %v, %v", name, at, wrong)
		}
	}
}

// TestRows are the ways in which a list can be written.
func TestRows(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want map[int][]string
		bad  []lists.Fault
	}{
		"quotes":             {"a,b\n\"x,\"\"y\"\"\nz\",2\n3,4\n", map[int][]string{2: {"x,\"y\"\nz", "2"}, 4: {"3", "4"}}, nil},
		"a quote inside":     {"a,b\n5\" disk,2\n", map[int][]string{2: {"5\" disk", "2"}}, nil},
		"old Macintosh":      {"a,b\r1,2\r3,4", map[int][]string{2: {"1", "2"}, 3: {"3", "4"}}, nil},
		"short rows":         {"a,b,c\r\n1\r\n1,2\r\n", map[int][]string{2: {"1", "", ""}, 3: {"1", "2", ""}}, nil},
		"empty cells beyond": {"a,b\n1,2,,\n", map[int][]string{2: {"1", "2"}}, nil},
		"cells beyond":       {"a,b\n1,2,3\n4,5\n", map[int][]string{3: {"4", "5"}}, []lists.Fault{{2, -1, "has more cells than the header"}}},
		"torn":               {"a,b\n1,2\n3", map[int][]string{2: {"1", "2"}}, []lists.Fault{{3, -1, "has fewer cells than the header, and the file ends in it"}}},
		"after a quote":      {"a,b\n\"1\"x,2\n3,4\n", map[int][]string{3: {"3", "4"}}, []lists.Fault{{2, -1, "has text after the quote that ends it"}}},
		"an open quote": {
			"a,b\n1,2\n3,\"4\n5,6\n",
			map[int][]string{2: {"1", "2"}},
			[]lists.Fault{{3, -1, "has a quote in line 3 that is never closed, so what follows was not read"}},
		},
		"long cell":     {"a,b\n1," + strings.Repeat("x", lists.MaxCell+1) + "\n3,4\n", map[int][]string{3: {"3", "4"}}, []lists.Fault{{2, 1, "is too long"}}},
		"bad character": {"a,b\n\xff1,2\n", map[int][]string{2: {"ÿ1", "2"}}, nil},
		"blank lines":   {"\n\n a , b \n\n1,2\n,\n", map[int][]string{5: {"1", "2"}}, nil},
		"bars":          {"a|b\n1|2\n", map[int][]string{2: {"1", "2"}}, nil},
		"said late":     {"\n\nsep=;\na;b\n1;2\n", map[int][]string{5: {"1", "2"}}, nil},
		"said":          {"\"sep=|\"\r\na,x|b\r\n1|2\r\n", map[int][]string{3: {"1", "2"}}, nil},
	} {
		table := read(t, test.text)
		found, wrong := rows(t, table)
		if !maps.EqualFunc(found, test.want, slices.Equal) || !slices.Equal(wrong, test.bad) {
			t.Errorf("%s: %v, %+v", name, found, wrong)
		}
		if again, _ := rows(t, table); !maps.EqualFunc(found, again, slices.Equal) {
			t.Errorf("%s: then %v", name, again)
		}
	}
}

func TestEncodings(t *testing.T) {
	for name, test := range map[string]struct{ text, encoding, want string }{
		"plain":                {"a\nSiân\n", lists.UTF8, "Siân"},
		"marked":               {"\ufeffa\nSiân\n", lists.UTF8, "Siân"},
		"Windows":              {"a\nSi\xe2n \x96 \x80\n", lists.Windows1252, "Siân – €"},
		"UTF-16, no mark":      {"a\x00\n\x00S\x00i\x00\xe2\x00n\x00\n\x00", lists.UTF16, "Siân"},
		"UTF-16, big, no mark": {"\x00a\x00\n\x00S\x00i\x00\xe2\x00n\x00\n", lists.UTF16, "Siân"},
		"UTF-16, big":          {"\xfe\xff\x00a\x00\n\x00S\x00i\x00\xe2\x00n\x00\n", lists.UTF16, "Siân"},
	} {
		table := read(t, test.text)
		if found, wrong := rows(t, table); table.Encoding != test.encoding || len(wrong) > 0 || !slices.Equal(found[2], []string{test.want}) {
			t.Errorf("%s: %s, %v, %v", name, table.Encoding, found, wrong)
		}
	}
	table := read(t, "a,b\nx,\xd8\x00y\n3,4\n"[:5]+"\n3,4\n")
	if table.Encoding != lists.UTF8 {
		t.Error(table.Encoding)
	}
}

// TestAttackNoList refuses what is no list, and is soon done with what is too large.
func TestAttackNoList(t *testing.T) {
	for name, text := range map[string]string{
		"empty":            "",
		"only a mark":      "\ufeff",
		"blank":            "\n \n,,\n",
		"workbook":         "PK\x03\x04\x14\x00\x06\x00",
		"old workbook":     "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
		"PDF":              "%PDF-1.7\n",
		"program":          "MZ\x90\x00\x03\x00\x00\x00\x04",
		"UTF-8, but one":   "a,b\nSiân,Zoë\nx,\xe2\n",
		"too many columns": strings.Repeat("a,", lists.MaxColumns+1) + "\n",
		"endless header":   strings.Repeat("a,", 4_000_000),
		"endless cell":     "\"" + strings.Repeat("a", 4_000_000),
		"too large":        strings.Repeat("x", lists.MaxBytes+1),
	} {
		_, err := lists.Read(t.Context(), strings.NewReader(text))
		if _, ok := errors.AsType[*lists.FileError](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	// As many columns with as long names as there can be are looked at once each.
	wide := read(t, strings.Repeat(strings.Repeat("é ", 500)+",", lists.MaxColumns-1)+"label\n")
	if _, err := wide.Propose(t.Context()); err != nil {
		t.Error(err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := lists.Read(over, strings.NewReader("a")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestParseTime(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"2026-09-03T07:58:12Z":        "2026-09-03T07:58:12Z",
		"2026-09-03 07:58:12.0000000": "2026-09-03T06:58:12Z", // by the clocks of the place
		"2026-09-03 10:15":            "2026-09-03T09:15:00Z",
		"2026-09-03":                  "day 2026-09-03",
		"2026/09/03":                  "day 2026-09-03",
		"03/09/2026":                  "day 2026-09-03",
		"3/9/26":                      "day 2026-09-03",
		"03.09.2026":                  "day 2026-09-03",
		"03-09-2026":                  "day 2026-09-03",
		"3 Sep 2026":                  "day 2026-09-03",
		"03-Sep-26":                   "day 2026-09-03",
		"3 September 2026":            "day 2026-09-03",
		"September 3, 2026":           "day 2026-09-03",
		"03/09/2026 16:05":            "2026-09-03T15:05:00Z",
		"03/12/2026 4:05:06 pm":       "2026-12-03T16:05:06Z",
		"31/02/2026":                  "",
		"9/23/2026":                   "",
		"soon":                        "",
		"46268":                       "",
		"03/09/2026 noon":             "",
		"2026-09-":                    "",
	} {
		got, day, ok := lists.ParseTime(text, false, london)
		is := ""
		if ok {
			is = got.UTC().Format(time.RFC3339)
		}
		if day {
			is = got.Format("day 2006-01-02")
		}
		if is != want {
			t.Errorf("%q is %q", text, is)
		}
	}
	if got, _, ok := lists.ParseTime("9/23/2026 7:58:12 AM", true, time.UTC); !ok || got.Format(time.RFC3339) != "2026-09-23T07:58:12Z" {
		t.Error(got, ok)
	}
}

func FuzzRead(f *testing.F) {
	examples, err := os.ReadDir("testdata")
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range examples {
		if text, err := os.ReadFile("testdata/" + e.Name()); err == nil {
			f.Add(text)
		}
	}
	f.Add([]byte("a,b\n\"x\n"))
	f.Add([]byte("sep=;\na;b\n1\"\";2\r3"))
	f.Fuzz(func(t *testing.T, text []byte) {
		table, err := lists.Read(t.Context(), bytes.NewReader(text))
		if _, bad := errors.AsType[*lists.FileError](err); err != nil && !bad {
			t.Fatal(err)
		}
		if err != nil {
			return
		}
		m, err := table.Propose(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if at, wrong := m.Resolve(table.Header); !m.Foreign() && len(wrong) > 0 {
			t.Errorf("the register's own, but %v, %v", at, wrong)
		}
		last := table.Line
		err = table.Rows(t.Context(), func(line int, cells []string) error {
			if line <= last || len(cells) != len(table.Header) {
				t.Errorf("line %d after %d: %q", line, last, cells)
			}
			last = line
			for _, cell := range cells {
				lists.KindOf(cell)
				lists.StateOf(cell)
				lists.ParseTime(cell, false, time.UTC)
			}
			return nil
		}, func(lists.Fault) {})
		if _, bad := errors.AsType[*lists.FileError](err); err != nil && !bad {
			t.Fatal(err)
		}
	})
}
