package devices

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dustin/go-humanize"

	"stowage/devices/lists"
)

// The columns of CSV. Their names are also the Field of errors about them.
const (
	colLabel      = string(lists.Label)
	colSerial     = string(lists.Serial)
	colKind       = string(lists.Kind)
	colMake       = string(lists.Make)
	colModel      = string(lists.Model)
	colCapacity   = string(lists.Capacity) // bytes; "64 GB" is taken too
	colSite       = string(lists.Site)
	colNotes      = string(lists.Notes)
	colState      = string(lists.State)
	colSince      = string(lists.Since)
	colHolder     = string(lists.Holder)
	colEmail      = string(lists.Email)
	colIssued     = string(lists.Issued)
	colDue        = string(lists.Due)
	colEncrypted  = string(lists.Encrypted) // yes or no, as found by the verification
	colEncryption = string(lists.Encryption)
	colVerifiedBy = string(lists.VerifiedBy)
	colVerified   = string(lists.Verified)
	colSeen       = string(lists.Seen)
	colPlace      = string(lists.Place)
	colSaid       = string(lists.Said)
)

// csvColumns are the columns of export, in their order.
func csvColumns() []string {
	var names []string
	for _, column := range lists.Own() {
		names = append(names, string(column))
	}
	return names
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
	if text == "" {
		return false, nil
	}
	yes, ok := lists.YesNo(text)
	if !ok {
		return false, &InvalidError{Field: column, Value: shorten(text), Problem: fmt.Sprintf("is neither %q nor %q", "yes", "no")}
	}
	return yes, nil
}
