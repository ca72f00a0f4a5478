package loss

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"filippo.io/age"

	"stowage/crypt"
	"stowage/crypt/keys"
	"stowage/crypt/stick"
	"stowage/devices"
)

// reportFile is the JSON inside a report's file.
type reportFile struct {
	Format string `json:"format"`
	LossReport
}

// Addressee is the ICT that a report is sealed for.
type Addressee struct {
	School   string
	Recovery []string   // recipients of the recovery key, one a class
	Class    keys.Class // the one that is used
	Contact  string     // how ICT is reached, lines; may be empty
}

// ICTOf is the ICT of the school whose directory it is.
func ICTOf(d *keys.Directory) Addressee {
	return Addressee{d.School, d.Recovery, d.Policy.Class, d.Contact}
}

// ICTOfStick is the ICT of the school that issued a stick, for where there is no
// directory. The note is to be one whose signature was checked.
func ICTOfStick(n stick.Note) Addressee {
	return Addressee{n.School, n.Recovery, n.Policy.Class, n.Contact}
}

// Seal encrypts a report to the school's recovery key, for ICT alone. How long
// the answers are hardly shows in its size. It fails with the errors of
// [LossReport.Check].
func (a Addressee) Seal(r LossReport) ([]byte, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	plain, err := json.Marshal(reportFile{reportFormat, r})
	if err != nil {
		return nil, fmt.Errorf("seal the loss report: %w", err)
	}
	if over := len(plain) % reportPadding; over != 0 {
		plain = append(plain, bytes.Repeat([]byte{' '}, reportPadding-over)...)
	}
	for _, recipient := range a.Recovery {
		if c, err := keys.ClassOf(recipient); err != nil || c != a.Class {
			continue
		}
		sealed, err := keys.WrapFor(plain, []string{recipient})
		if err != nil {
			return nil, fmt.Errorf("seal the loss report: %w", err)
		}
		return sealed[a.Class], nil
	}
	return nil, fmt.Errorf("seal the loss report: %w: no recovery key of class %s", keys.ErrValue, a.Class)
}

// OpenReport decrypts a report with the recovery key and checks it. It fails
// with crypt.ErrNotAge, crypt.ErrNoIdentity, crypt.ErrDamaged, keys.ErrNewer or
// ErrReport.
func OpenReport(ctx context.Context, sealed []byte, identities []age.Identity) (LossReport, error) {
	if len(sealed) > maxSealedReport {
		return LossReport{}, fmt.Errorf("open the loss report: %w: it is too large", ErrReport)
	}
	plain, err := crypt.AppendDecrypt(ctx, nil, sealed, nil, identities...)
	if err != nil {
		return LossReport{}, fmt.Errorf("open the loss report: %w", err)
	}
	return ParseReport(plain)
}

// ParseReport reads a report as it stands decrypted. It fails with
// keys.ErrNewer or ErrReport.
func ParseReport(plain []byte) (LossReport, error) {
	if len(plain) > maxReport {
		return LossReport{}, fmt.Errorf("%w: it is too large", ErrReport)
	}
	var format struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(plain, &format); err != nil {
		return LossReport{}, fmt.Errorf("%w: %w", ErrReport, err)
	}
	switch {
	case newerReport(format.Format):
		return LossReport{}, fmt.Errorf("loss report: %w", keys.ErrNewer)
	case format.Format != reportFormat:
		return LossReport{}, fmt.Errorf("%w: format %.40q", ErrReport, format.Format)
	}
	file, more, err := keys.ReadJSON(plain, reportFile{})
	switch {
	case errors.Is(err, keys.ErrNewer):
		return LossReport{}, fmt.Errorf("loss report: %w", err)
	case err != nil:
		return LossReport{}, fmt.Errorf("%w: %w", ErrReport, err)
	case more || file.unknownWord():
		return LossReport{}, fmt.Errorf("loss report: %w", keys.ErrNewer)
	}
	if err := file.Check(); err != nil {
		return LossReport{}, err
	}
	return file.LossReport, nil
}

// newerReport reports whether a format is a later version of this one.
func newerReport(format string) bool {
	version, ok := strings.CutPrefix(format, "stowage loss report v")
	return ok && version != "1" && version != "" && !strings.ContainsFunc(version, func(r rune) bool { return !unicode.IsDigit(r) })
}

// unknownWord reports whether an answer is a word that only a later version can have given.
func (r *LossReport) unknownWord() bool {
	return !r.Kind.known() && devices.IsWord(string(r.Kind)) ||
		!r.Reporter.Proof.known() && devices.IsWord(string(r.Reporter.Proof)) ||
		!r.Passphrase.valid() && devices.IsWord(string(r.Passphrase)) ||
		!r.OnlyCopy.valid() && devices.IsWord(string(r.OnlyCopy))
}
