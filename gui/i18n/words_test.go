package i18n_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"stowage/gui/i18n"
)

// read returns the texts of a language: every form of every key.
func read(t *testing.T, lang string) map[string]map[string]string {
	t.Helper()
	files, err := filepath.Glob("text/*." + lang + ".json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no texts of %s: %v", lang, err)
	}
	all := map[string]map[string]string{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var raw map[string]json.RawMessage
		if err := json.Unmarshal(data, &raw); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		for key, value := range raw {
			if all[key] != nil {
				t.Errorf("%s: %s is there twice", f, key)
			}
			var one string
			forms := map[string]string{}
			if json.Unmarshal(value, &one) == nil {
				forms["other"] = one
			} else if err := json.Unmarshal(value, &forms); err != nil {
				t.Errorf("%s: %s: %v", f, key, err)
			}
			all[key] = forms
		}
	}
	return all
}

var placeholder = regexp.MustCompile(`\{[a-z]\w*\}`)

// placeholders are those of all forms of a text, without {n}, which a form for one may
// leave out.
func placeholders(forms map[string]string) []string {
	var all []string
	for _, text := range forms {
		for _, p := range placeholder.FindAllString(text, -1) {
			if p != "{n}" && !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	slices.Sort(all)
	return all
}

func TestWelshFitsTheEnglish(t *testing.T) {
	english := read(t, "en")
	for key, forms := range read(t, "cy") {
		en, ok := english[key]
		if !ok {
			t.Errorf("%s is in Welsh alone", key)
			continue
		}
		if got, want := placeholders(forms), placeholders(en); !slices.Equal(got, want) {
			t.Errorf("%s: the Welsh has %v, the English %v", key, got, want)
		}
		if len(forms) > 1 && len(en) == 1 {
			t.Errorf("%s counts in Welsh alone", key)
		}
	}
}

// TestEverythingIsInWelsh names what nobody has put into Welsh yet: it is to be
// nothing, so that a Welsh window never speaks half English.
func TestEverythingIsInWelsh(t *testing.T) {
	welsh := read(t, "cy")
	var missing []string
	for key := range read(t, "en") {
		if welsh[key] == nil {
			missing = append(missing, key)
		}
	}
	slices.Sort(missing)
	if len(missing) > 0 {
		t.Errorf("%d texts are not in Welsh:\n%s", len(missing), strings.Join(missing, "\n"))
	}
}

func TestTextsAreInOrder(t *testing.T) {
	for _, lang := range []string{"en", "cy"} {
		for key, forms := range read(t, lang) {
			if forms["other"] == "" {
				t.Errorf("%s %s: no text", lang, key)
			}
			for form, text := range forms {
				if text != strings.TrimSpace(text) || strings.Contains(text, "  ") || strings.Contains(text, "...") {
					t.Errorf("%s %s %s: stray spaces or dots: %q", lang, key, form, text)
				}
			}
		}
	}
}

// TestKeysOfTheSourcesExist reads the sources of gui for whatever is written like a
// key of a group that there is.
func TestKeysOfTheSourcesExist(t *testing.T) {
	english := read(t, "en")
	used := regexp.MustCompile(`\b(?:T|N)\("([a-z]+(?:\.[a-z0-9]+)+)"[,)]|\b(?:Name|Hint): +"([a-z]+(?:\.[a-z0-9]+)+)"`)
	found := 0
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || filepath.Base(path) == "doc.go" {
			return err
		}
		source, err := os.ReadFile(path)
		for line := range strings.Lines(string(source)) {
			if strings.HasPrefix(strings.TrimSpace(line), "//") {
				continue
			}
			for _, m := range used.FindAllStringSubmatch(line, -1) {
				found++
				if key := m[1] + m[2]; english[key] == nil {
					t.Errorf("%s: no text for %s", path, key)
				}
			}
		}
		return err
	})
	if err != nil || found < 50 {
		t.Errorf("%d keys were found, %v", found, err)
	}
}

func TestMissingKeysAreSeen(t *testing.T) {
	w := i18n.New(i18n.English, time.UTC)
	if got := w.T("no.such"); got != "⟦no.such⟧" || w.Has("no.such") {
		t.Errorf("got %q", got)
	}
}

func TestPlurals(t *testing.T) {
	en, cy := i18n.New(i18n.English, time.UTC), i18n.New(i18n.Welsh, time.UTC)
	for n, want := range map[int]string{0: "0 bytes", 1: "1 byte", 2: "2 bytes", 999: "999 bytes"} {
		if got := en.Size(int64(n)); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if en.Lang() != "en" || cy.Lang() != "cy" || i18n.New("fr", nil).Lang() != "en" {
		t.Error("the languages are mixed up")
	}
}

func TestFormats(t *testing.T) {
	w := i18n.New(i18n.English, time.UTC)
	now := time.Date(2026, 9, 3, 8, 30, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{w.Number(1234567), "1,234,567"},
		{w.Number(-1000), "−1,000"},
		{w.Number(-9223372036854775808), "−9,223,372,036,854,775,808"},
		{w.Size(1_250_000), "1.25\u00a0MB"},
		{w.Size(64_000_000_000), "64\u00a0GB"},
		{w.Size(999_999), "1\u00a0MB"},
		{w.Speed(12_340_000), "12.3\u00a0MB/s"},
		{w.Percent(0.001), "1%"},
		{w.Percent(0.999), "99%"},
		{w.Percent(1), "100%"},
		{w.Duration(65 * time.Second), "1 minute 5 seconds"},
		{w.Duration(76 * time.Hour), "3 days 4 hours"},
		{w.Left(3 * time.Second), "a few seconds left"},
		{w.Left(18 * time.Second), "about 20 seconds left"},
		{w.Date(now), "3\u00a0September 2026"},
		{w.ShortDateTime(now), "03/09/2026 08:30"},
		{w.When(now.Add(-24*time.Hour), now), "yesterday, 08:30"},
		{w.When(now.Add(16*time.Hour), now), "tomorrow, 00:30"},
		{w.When(now.Add(-72*time.Hour), now), "31\u00a0August 2026, 08:30"},
		{w.List([]string{"a", "b", "c"}), "a, b and c"},
		{w.List(nil), ""},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

// TestKeysAreThereOnce: of a key that is there twice, JSON takes the last without a word.
func TestKeysAreThereOnce(t *testing.T) {
	for _, lang := range []string{i18n.English, i18n.Welsh} {
		files, err := filepath.Glob("text/*." + lang + ".json")
		if err != nil || len(files) == 0 {
			t.Fatalf("no texts of %s: %v", lang, err)
		}
		at := map[string]string{}
		for _, name := range files {
			for _, key := range keysOf(t, name) {
				if first, twice := at[key]; twice {
					t.Errorf("%s is in %s and %s", key, first, name)
				}
				at[key] = name
			}
		}
	}
}

// keysOf are the outer keys of a file, as often as they are there.
func keysOf(t *testing.T, name string) []string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := json.NewDecoder(f)
	if _, err := in.Token(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var keys []string
	for in.More() {
		key, err := in.Token()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var value json.RawMessage
		if err := in.Decode(&value); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		keys = append(keys, key.(string))
	}
	return keys
}
