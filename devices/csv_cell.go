package devices

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dustin/go-humanize"
)

// The columns of CSV, in the order of export. Their names are also the Field of
// errors about them.
const (
	colLabel      = "label"
	colSerial     = "serial"
	colKind       = "kind"
	colMake       = "make"
	colModel      = "model"
	colCapacity   = "capacity" // bytes; "64 GB" is taken too
	colSite       = "site"
	colNotes      = "notes"
	colState      = "state"
	colSince      = "since"
	colHolder     = "holder"
	colEmail      = "email"
	colIssued     = "issued"
	colDue        = "due"
	colEncrypted  = "encrypted" // yes or no, as found by the verification
	colEncryption = "encryption"
	colVerifiedBy = "verified by"
	colVerified   = "verified"
	colSeen       = "last seen"
	colPlace      = "place"
)

func csvColumns() []string {
	return []string{
		colLabel, colSerial, colKind, colMake, colModel, colCapacity, colSite, colNotes,
		colState, colSince, colHolder, colEmail, colIssued, colDue,
		colEncrypted, colEncryption, colVerifiedBy, colVerified, colSeen, colPlace,
	}
}

// risky are the characters with which a spreadsheet begins a formula, and the
// apostrophe that keeps it from doing so.
const risky = "=+-@\t\r'＝＋－＠"

// neutralise makes a cell that no spreadsheet takes for a formula.
func neutralise(text string) string {
	if first, _ := utf8.DecodeRuneInString(text); text != "" && strings.ContainsRune(risky, first) {
		return "'" + text
	}
	return text
}

// restoreCell undoes neutralise; a cell from elsewhere is left as it is.
func restoreCell(text string) string {
	rest, ok := strings.CutPrefix(text, "'")
	if first, _ := utf8.DecodeRuneInString(rest); ok && rest != "" && strings.ContainsRune(risky, first) {
		return rest
	}
	return text
}

func timeCell(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// parseTime reads a time as it is exported, or less exactly; without a zone it is
// UTC.
func parseTime(column, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, &InvalidError{Field: column, Value: shorten(text), Problem: "is not a date like 2026-09-30"}
}

func capacityCell(bytes int64) string {
	if bytes == 0 {
		return ""
	}
	return strconv.FormatInt(bytes, 10)
}

func parseCapacity(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	n, err := humanize.ParseBytes(text)
	if err != nil || n > 1<<60 {
		return 0, &InvalidError{Field: colCapacity, Value: shorten(text), Problem: "is not a size like 64000000000 or 64 GB"}
	}
	return int64(n), nil
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func parseYesNo(column, text string) (bool, error) {
	switch strings.ToLower(text) {
	case "yes", "true":
		return true, nil
	case "no", "false", "":
		return false, nil
	}
	return false, &InvalidError{Field: column, Value: shorten(text), Problem: fmt.Sprintf("is neither %q nor %q", "yes", "no")}
}
