// Package i18n holds everything the window says: one place for all text, in
// British English and, as the first second language, Welsh.
//
// Texts lie in text/GROUP.LANG.json (home.en.json, home.cy.json), one group a
// screen or part, as a flat object of keys and texts:
//
//	"home.title": "What would you like to do?",
//	"home.hello": "Good morning, {name}.",
//	"files.stored": {"one": "{n} file stored.", "other": "{n} files stored."}
//
// A plural has the CLDR forms its language
// needs ("other" always); {n} in it is the count, with separators.
//
// # Promised
//
// Every key used in the sources of gui exists in English and in Welsh, with the
// same placeholders: tests walk the sources and the files and fail otherwise.
// Words is immutable and safe for concurrent use.
//
// # Not promised
//
// A key that does not exist is shown as ⟦key⟧, so that it is seen; no error is
// returned for it.
package i18n

import (
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed text/*.json
var texts embed.FS

// Key names a text: "group.name".
type Key string

// English and Welsh are the languages there are, as New takes them.
const (
	English = "en"
	Welsh   = "cy"
)

// Words says things in one language.
type Words struct {
	lang   string
	layers []layer // the language's own, then English
	zone   *time.Location
	months [12]string
}

// layer is the texts of one language.
type layer struct {
	tag      language.Tag
	messages map[Key]message
}

// message is one text, by plural form; "other" is the only form of most.
type message map[string]string

// Language is one language the window can speak.
type Language struct {
	Code string // as New takes it
	Name string // in itself: "English", "Cymraeg"
}

// Languages lists the languages there are, English first.
func Languages() []Language {
	return []Language{{English, "English"}, {Welsh, "Cymraeg"}}
}

// New returns the words of a language (English or Welsh; anything else is
// English), with times told in zone, or in local time when zone is nil.
func New(lang string, zone *time.Location) *Words {
	w := &Words{lang: English, zone: cmp.Or(zone, time.Local)}
	if lang == Welsh {
		w.lang = Welsh
		w.layers = append(w.layers, load(Welsh))
	}
	w.layers = append(w.layers, load(English))
	for i := range w.months {
		w.months[i] = w.T(Key(fmt.Sprintf("date.month.%d", i+1)))
	}
	return w
}

// Lang is the language's code, as New takes it.
func (w *Words) Lang() string { return w.lang }

// T returns the text of a key. The pairs give the placeholders their values:
//
//	w.T("home.hello", "name", person)
//
// A value that is no string is printed as fmt does; use Number, Size, Date and
// their like for what people read.
func (w *Words) T(key Key, pairs ...any) string {
	for _, l := range w.layers {
		if m, ok := l.messages[key]; ok {
			return fill(m["other"], pairs)
		}
	}
	return missing(key)
}

// N returns the text of a key for a count: its plural form in this language,
// with {n} replaced by the count with separators.
func (w *Words) N(key Key, n int, pairs ...any) string {
	for _, l := range w.layers {
		if m, ok := l.messages[key]; ok {
			text := cmp.Or(m[pluralForm(l.tag, n)], m["other"])
			return fill(text, append([]any{"n", w.Number(int64(n))}, pairs...))
		}
	}
	return missing(key)
}

// Has reports whether there is a text for key, in this language or in English.
func (w *Words) Has(key Key) bool {
	for _, l := range w.layers {
		if _, ok := l.messages[key]; ok {
			return true
		}
	}
	return false
}

// pluralForm is the CLDR plural form of n in a language.
func pluralForm(tag language.Tag, n int) string {
	switch plural.Cardinal.MatchPlural(tag, max(n, -n), 0, 0, 0, 0) {
	case plural.Zero:
		return "zero"
	case plural.One:
		return "one"
	case plural.Two:
		return "two"
	case plural.Few:
		return "few"
	case plural.Many:
		return "many"
	}
	return "other"
}

// missing is shown for a key without text.
func missing(key Key) string { return "⟦" + string(key) + "⟧" }

// fill replaces placeholders by values.
func fill(text string, pairs []any) string {
	if len(pairs) == 0 || !strings.Contains(text, "{") {
		return text
	}
	old := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		old = append(old, "{"+fmt.Sprint(pairs[i])+"}", fmt.Sprint(pairs[i+1]))
	}
	return strings.NewReplacer(old...).Replace(text)
}

// load reads the texts of a language. The files are part of the program and
// read by the tests, so that one out of order is a programming error.
func load(lang string) layer {
	files, err := texts.ReadDir("text")
	if err != nil {
		panic(err)
	}
	all := make(map[Key]message, 512)
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), "."+lang+".json") {
			continue
		}
		data, err := texts.ReadFile(path.Join("text", f.Name()))
		if err != nil {
			panic(err)
		}
		if err := parse(data, all); err != nil {
			panic(fmt.Errorf("%s: %w", f.Name(), err))
		}
	}
	return layer{language.Make(lang), all}
}

// parse adds the texts of one file to all.
func parse(data []byte, all map[Key]message) error {
	var raw map[Key]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	for key, value := range raw {
		m := message{}
		var one string
		if json.Unmarshal(value, &one) == nil {
			m["other"] = one
		} else if err := json.Unmarshal(value, &m); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		for form := range m {
			if !slices.Contains([]string{"zero", "one", "two", "few", "many", "other"}, form) {
				return fmt.Errorf("%s: no plural form %q", key, form)
			}
		}
		all[key] = m
	}
	return nil
}
