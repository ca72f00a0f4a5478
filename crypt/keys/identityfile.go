package keys

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// An identity file is what age reads with -i: one identity a line, and comment
// lines that begin with "#". Ours say what the key is in comments of the form
// "# name: value", the first of which is "# stowage: KIND v1". Other comments
// are tolerated, but not kept when the file is written again.

// fileKind is a kind of identity file.
type fileKind string

const (
	kindAuthority fileKind = "authority"
	kindHolder    fileKind = "holder key"
	kindStick     fileKind = "stick identity"
)

// known reports whether this version has such a kind.
func (k fileKind) known() bool { return k == kindAuthority || k == kindHolder || k == kindStick }

// fileVersion is the version of every kind.
const fileVersion = 1

// Bounds on an identity file.
const (
	maxLines = 256
	maxLine  = 4096 // bytes; a hybrid recipient has about 2000
	maxValue = 1000 // bytes
)

// errWiped: a caller went on using a key after it was wiped.
var errWiped = errors.New("the key was wiped")

// field is one comment "# name: value".
type field struct{ name, value string }

// identityFile is an identity file in parts.
type identityFile struct {
	kind    fileKind
	fields  []field // as they stand: unknown ones too
	secrets []*secret
	err     error // the first thing wrong that get and time found
}

// get returns the value of a field, or "" when it is missing. One that stands
// twice, or is no value, is an error, which is kept in f.err.
func (f *identityFile) get(name string) string {
	value, found := "", false
	for _, have := range f.fields {
		if have.name != name {
			continue
		}
		if found {
			f.fail(fmt.Errorf("%w: %q stands twice", ErrDamagedKey, name))
		}
		if err := CheckValue(have.value); err != nil {
			f.fail(fmt.Errorf("%w: %q: %w", ErrDamagedKey, name, err))
		}
		value, found = have.value, true
	}
	return value
}

// time is get for a field that must hold a time.
func (f *identityFile) time(name string) time.Time {
	t, err := time.Parse(time.RFC3339, f.get(name))
	if err != nil {
		f.fail(fmt.Errorf("%w: %q is not a time", ErrDamagedKey, name))
	}
	return t.UTC()
}

// rest returns the fields of other names than these, which only a later version knows.
func (f *identityFile) rest(known ...string) []field {
	var rest []field
	for _, have := range f.fields {
		if have.name != "stowage" && have.name != "public key" && !slices.Contains(known, have.name) && CheckValue(have.value) == nil {
			rest = append(rest, have)
		}
	}
	return rest
}

func (f *identityFile) fail(err error) {
	if f.err == nil {
		f.err = err
	}
}

// wipe clears the secrets.
func (f *identityFile) wipe() {
	for _, s := range f.secrets {
		s.wipe()
	}
}

// CheckValue refuses what cannot be stored in a key file, note or directory:
// control characters and line separators, which could forge further lines;
// marks that turn the direction of text, which could make it look like another;
// invalid text; space around it; and more than 1000 bytes. It fails with
// [ErrValue].
func CheckValue(value string) error {
	switch {
	case !utf8.ValidString(value):
		return fmt.Errorf("%w: it is not valid text", ErrValue)
	case len(value) > maxValue:
		return fmt.Errorf("%w: it has more than %d bytes", ErrValue, maxValue)
	case strings.TrimSpace(value) != value:
		return fmt.Errorf("%w: there is space around it", ErrValue)
	case strings.ContainsFunc(value, forging):
		return fmt.Errorf("%w: it holds control characters", ErrValue)
	}
	return nil
}

// CheckLines is CheckValue for a text of a few lines, as an address has; it may be
// empty. It refuses more than 1000 bytes in all.
func CheckLines(text string) error {
	if len(text) > maxValue {
		return fmt.Errorf("%w: it has more than %d bytes", ErrValue, maxValue)
	}
	for line := range strings.SplitSeq(text, "\n") {
		if err := CheckValue(line); err != nil {
			return err
		}
	}
	return nil
}

func forging(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || // line and paragraph separators
		r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' // directional overrides and isolates
}

// marshal writes the file. The caller wipes what it returns.
func (f *identityFile) marshal() ([]byte, error) {
	size := 100
	for _, have := range f.fields {
		size += len(have.name) + len(have.value) + 10
	}
	for _, s := range f.secrets {
		size += len(s.text) + len(s.recipient) + 100
	}
	if len(f.secrets) == 0 {
		return nil, errWiped
	}
	b := bytes.NewBuffer(make([]byte, 0, size)) // never grown, so no copy is left behind
	fmt.Fprintf(b, "# stowage: %s v%d\n", f.kind, fileVersion)
	for _, have := range f.fields {
		if err := CheckValue(have.value); err != nil {
			return nil, fmt.Errorf("%s: %w", have.name, err)
		}
		fmt.Fprintf(b, "# %s: %s\n", have.name, have.value)
	}
	for _, s := range f.secrets {
		if len(s.text) == 0 {
			clear(b.Bytes())
			return nil, errWiped
		}
		fmt.Fprintf(b, "# public key: %s\n", s.recipient)
		b.Write(s.text)
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}

// parseIdentityFile reads an identity file of the given kind. It fails with
// [ErrDamagedKey], or with [ErrNewer] when its version is later than this one.
func parseIdentityFile(data []byte, kind fileKind) (*identityFile, error) {
	if len(data) > maxFile || !utf8.Valid(data) {
		return nil, fmt.Errorf("%w: it is not a text, or too long", ErrDamagedKey)
	}
	lines := bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
	if len(lines) > maxLines {
		return nil, fmt.Errorf("%w: it has %d lines", ErrDamagedKey, len(lines))
	}
	f := &identityFile{kind: kind}
	for i, line := range lines {
		if err := f.parseLine(bytes.TrimSuffix(line, []byte("\r"))); err != nil {
			f.wipe()
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		if i > 0 {
			continue
		}
		if err := f.checkKind(); err != nil {
			f.wipe()
			return nil, err
		}
	}
	if f.get("stowage"); f.err != nil { // a second one
		f.wipe()
		return nil, f.err
	}
	return f, nil
}

// checkKind looks at the first line, before anything else is read.
func (f *identityFile) checkKind() error {
	says := f.get("stowage")
	kind, digits, ok := strings.Cut(says, " v")
	version, err := strconv.Atoi(digits)
	switch {
	case ok && err == nil && version >= fileVersion && isLower(strings.ReplaceAll(kind, " ", "")) && !fileKind(kind).known():
		return fmt.Errorf("a file of kind %q: %w", kind, ErrNewer)
	case ok && err == nil && fileKind(kind) == f.kind && version > fileVersion:
		return fmt.Errorf("%s v%d: %w", f.kind, version, ErrNewer)
	case says != fmt.Sprintf("%s v%d", f.kind, fileVersion):
		return fmt.Errorf("%w: it is %q, not a %s", ErrDamagedKey, says, f.kind)
	}
	return nil
}

// parseLine reads one line. Errors never quote it, since it may be a secret.
func (f *identityFile) parseLine(line []byte) error {
	if len(line) > maxLine || bytes.ContainsFunc(line, unicode.IsControl) {
		return fmt.Errorf("%w: it is too long or holds control characters", ErrDamagedKey)
	}
	comment, isComment := bytes.CutPrefix(line, []byte("#"))
	switch {
	case len(line) == 0:
		return nil
	case !isComment:
		s, err := parseSecret(line)
		if err != nil {
			return err
		}
		f.secrets = append(f.secrets, s)
		return nil
	}
	if name, value, ok := strings.Cut(strings.TrimPrefix(string(comment), " "), ": "); ok {
		f.fields = append(f.fields, field{name, value})
	}
	return nil
}

// stamp is how times stand in files.
func stamp(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }
