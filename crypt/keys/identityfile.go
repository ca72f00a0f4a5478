package keys

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// An identity file is what age reads with -i: one identity a line, and lines
// that begin with "#". Ours say what the key is in lines "# name: value", the
// first of which is "# stowage: KIND v1".

// Kinds of identity files, with their version.
const (
	kindAuthority = "authority v1"
	kindHolder    = "holder key v1"
	kindStick     = "stick identity v1"
)

const (
	maxLines = 64
	maxValue = 1000 // bytes
)

// field is one line "# name: value".
type field struct{ name, value string }

// identityFile is the parsed form of one of our identity files.
type identityFile struct {
	kind    string
	fields  []field
	secrets []*secret
}

// get returns the value of a field, or "".
func (f *identityFile) get(name string) string {
	for _, have := range f.fields {
		if have.name == name {
			return have.value
		}
	}
	return ""
}

// time returns a field that holds a time.
func (f *identityFile) time(name string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, f.get(name))
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: field %s is not a time", ErrDamagedKey, name)
	}
	return t.UTC(), nil
}

// wipe clears the secrets.
func (f *identityFile) wipe() {
	for _, s := range f.secrets {
		s.wipe()
	}
}

// CheckValue refuses what cannot be stored in a key file or note: control
// characters, which could forge further lines, invalid text, and more than
// 1000 bytes.
func CheckValue(value string) error {
	switch {
	case !utf8.ValidString(value):
		return fmt.Errorf("%w: it is not valid text", ErrValue)
	case len(value) > maxValue:
		return fmt.Errorf("%w: it has more than %d bytes", ErrValue, maxValue)
	case strings.TrimSpace(value) != value:
		return fmt.Errorf("%w: there is space around it", ErrValue)
	case strings.ContainsFunc(value, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }):
		return fmt.Errorf("%w: it holds control characters", ErrValue)
	}
	return nil
}

// marshal writes the file. The caller wipes what it returns.
func (f *identityFile) marshal() ([]byte, error) {
	size := 4096
	for _, s := range f.secrets {
		size += 2*len(s.text) + 2*len(s.recipient)
	}
	b := bytes.NewBuffer(make([]byte, 0, size+maxValue*len(f.fields))) // never grown, so no copy is left behind
	fmt.Fprintf(b, "# stowage: %s\n", f.kind)
	for _, have := range f.fields {
		if err := CheckValue(have.value); err != nil {
			return nil, fmt.Errorf("%s: %w", have.name, err)
		}
		fmt.Fprintf(b, "# %s: %s\n", have.name, have.value)
	}
	for _, s := range f.secrets {
		fmt.Fprintf(b, "# public key: %s\n", s.recipient)
		b.Write(s.text)
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}

// parseIdentityFile reads an identity file of the given kind. Fields that it
// does not know are kept; a field that stands twice is refused.
func parseIdentityFile(data []byte, kind string) (*identityFile, error) {
	if len(data) > maxFile || !utf8.Valid(data) {
		return nil, fmt.Errorf("%w: not a %s", ErrDamagedKey, kind)
	}
	f := &identityFile{}
	lines := bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
	if len(lines) > maxLines {
		return nil, fmt.Errorf("%w: it has %d lines", ErrDamagedKey, len(lines))
	}
	for i, line := range lines {
		line = bytes.TrimSuffix(line, []byte("\r"))
		if err := f.parseLine(line, i == 0); err != nil {
			f.wipe()
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	if f.kind != kind {
		f.wipe()
		return nil, fmt.Errorf("%w: it is %q, not a %s", ErrDamagedKey, f.kind, kind)
	}
	return f, nil
}

func (f *identityFile) parseLine(line []byte, first bool) error {
	comment, isComment := bytes.CutPrefix(line, []byte("#"))
	if !isComment {
		if len(bytes.TrimSpace(line)) == 0 {
			return nil
		}
		s, err := parseSecret(line)
		if err != nil {
			return err
		}
		f.secrets = append(f.secrets, s)
		return nil
	}
	name, value, ok := strings.Cut(strings.TrimPrefix(string(comment), " "), ": ")
	if !ok || name == "public key" {
		return nil
	}
	if err := CheckValue(value); err != nil {
		return fmt.Errorf("%w: %w", ErrDamagedKey, err)
	}
	if first && name == "stowage" {
		f.kind = value
		return nil
	}
	if name == "stowage" || f.get(name) != "" {
		return fmt.Errorf("%w: field %q stands twice", ErrDamagedKey, name)
	}
	f.fields = append(f.fields, field{name, value})
	return nil
}

// stamp is how times stand in files.
func stamp(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }
