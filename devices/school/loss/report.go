package loss

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"stowage/crypt/keys"
)

// Bounds of a loss report, in bytes. Sealed, it is a little larger.
const (
	// MaxReportLine is the most that an answer of one line may have.
	MaxReportLine = 300
	// MaxReportText is the most that an answer in free words may have.
	MaxReportText = 4000

	maxReport       = 256 << 10
	maxSealedReport = maxReport + 16<<10
	reportPadding   = 4 << 10
	reportFormat    = "stowage loss report v1"
)

// ErrReport: this is no loss report, or one that no honest program makes.
var ErrReport = errors.New("not a loss report")

// Answer is what somebody says to a question that they may not be able to answer.
type Answer string

// The answers. The zero value is that the question was not answered.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	NotSure Answer = "not sure"
)

// LossKind is how a device went.
type LossKind string

// The kinds of loss.
const (
	LossLost   LossKind = "lost"
	LossStolen LossKind = "stolen"
	LossUnsure LossKind = "not sure"
)

// LossReport is what a person says about a lost device. Everything in it is
// what somebody typed: it is to be believed as far as the person is, and no
// further, whatever [Reporter.Proof] says. Times are UTC; a zero time is not
// known.
type LossReport struct {
	ID       string    `json:"id"` // UUID, made with the report
	Made     time.Time `json:"made"`
	Reporter Reporter  `json:"reporter"`
	Device   LostThing `json:"device"`
	Kind     LossKind  `json:"kind"`

	HappenedFrom time.Time `json:"happened_from,omitzero"` // the span in which it happened
	HappenedTo   time.Time `json:"happened_to,omitzero"`
	Noticed      time.Time `json:"noticed,omitzero"`

	Place         string `json:"place,omitempty"`         // where it was last seen
	Circumstances string `json:"circumstances,omitempty"` // how it happened
	Police        string `json:"police,omitempty"`        // police reference
	Told          string `json:"told,omitempty"`          // who was told already

	Passphrase Answer `json:"passphrase,omitempty"` // could the passphrase be with it
	OnlyCopy   Answer `json:"only_copy,omitempty"`  // was it the only copy

	Contents string `json:"contents,omitempty"` // what was on it
	Whose    string `json:"whose,omitempty"`    // whose data
	HowMany  string `json:"how_many,omitempty"` // roughly how many people
	Help     string `json:"help,omitempty"`     // further help that is wanted
}

// Reporter is who reports.
type Reporter struct {
	Name    string `json:"name"`
	Contact string `json:"contact,omitempty"` // how to reach them now
	Holder  string `json:"holder,omitempty"`  // id of the holder, if a key or stick tells
	Proof   Proof  `json:"proof,omitempty"`
}

// Proof is what stands behind the name in a report.
type Proof string

// The proofs. None of them is a signature, since age keys cannot sign: both
// say what the reporting program claims, and whoever has the directory can
// write such a claim. Ring the person back at the number in the register.
const (
	ProofTyped Proof = ""         // the name was typed
	ProofKey   Proof = "unlocked" // the name is that of a key that was unlocked for the report
)

// LostThing is the device as the reporter knows it.
type LostThing struct {
	Label       string `json:"label,omitempty"`       // asset label
	Stick       string `json:"stick,omitempty"`       // id of the stick, if the computer remembers it
	Description string `json:"description,omitempty"` // what it looks like
}

// NewLossReport begins a report: it has an id, its time and tidied answers, as
// far as r says them.
func NewLossReport(r LossReport, now time.Time) LossReport {
	r.ID, r.Made = uuid.NewString(), now
	for _, t := range []*time.Time{&r.Made, &r.HappenedFrom, &r.HappenedTo, &r.Noticed} {
		*t = t.UTC().Truncate(time.Second)
	}
	for _, f := range r.texts() {
		*f.text = tidyText(*f.text, f.lines)
	}
	return r
}

// reportText is one of the report's answers in words.
type reportText struct {
	name  string
	text  *string
	lines bool // may have several lines
}

func (r *LossReport) texts() []reportText {
	return []reportText{
		{"name", &r.Reporter.Name, false},
		{"contact", &r.Reporter.Contact, false},
		{"holder", &r.Reporter.Holder, false},
		{"label", &r.Device.Label, false},
		{"stick", &r.Device.Stick, false},
		{"description", &r.Device.Description, true},
		{"place", &r.Place, true},
		{"circumstances", &r.Circumstances, true},
		{"police", &r.Police, false},
		{"told", &r.Told, true},
		{"contents", &r.Contents, true},
		{"whose", &r.Whose, true},
		{"how many", &r.HowMany, false},
		{"help", &r.Help, true},
	}
}

// tidyText brings what somebody typed or pasted into the form that a report
// holds: NFC, no space around it, no control characters.
func tidyText(text string, lines bool) string {
	text = norm.NFC.String(strings.ToValidUTF8(text, "\ufffd"))
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(text)
	if !lines {
		text = strings.Join(strings.Fields(text), " ")
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case keys.CheckValue("a"+string(r)+"a") != nil: // what forges lines or turns the direction of text
			return -1
		}
		return r
	}, text))
}

// A ReportError says which answer of a report cannot be sent, and is an
// [ErrReport]. Field is the name in English and lower case, such as "name".
type ReportError struct {
	Field string
	Long  bool // it is too long; otherwise it is missing or makes no sense
}

func (e *ReportError) Error() string {
	if e.Long {
		return fmt.Sprintf("loss report: %s is too long", e.Field)
	}
	return fmt.Sprintf("loss report: %s is missing or not in order", e.Field)
}

// Is makes a ReportError an ErrReport.
func (e *ReportError) Is(target error) bool { return target == ErrReport }

// Check refuses with a [*ReportError] a report without a name, without anything
// that tells which device it was, or with answers beyond the bounds.
func (r *LossReport) Check() error {
	if id, err := uuid.Parse(r.ID); err != nil || id.String() != r.ID {
		return &ReportError{Field: "id"}
	}
	for _, f := range r.texts() {
		if err := f.check(); err != nil {
			return err
		}
	}
	switch {
	case r.Reporter.Name == "":
		return &ReportError{Field: "name"}
	case r.Device == LostThing{}:
		return &ReportError{Field: "device"}
	case !r.Reporter.Proof.known(), r.Reporter.Proof == ProofKey && r.Reporter.Holder == "":
		return &ReportError{Field: "proof"}
	case !r.Kind.known():
		return &ReportError{Field: "kind"}
	case !r.Passphrase.valid():
		return &ReportError{Field: "passphrase"}
	case !r.OnlyCopy.valid():
		return &ReportError{Field: "only copy"}
	}
	return r.checkTimes()
}

func (f reportText) check() error {
	longest := MaxReportLine
	if f.lines {
		longest = MaxReportText
	}
	text := *f.text
	switch {
	case len(text) > longest:
		return &ReportError{Field: f.name, Long: true}
	case !utf8.ValidString(text), text != tidyText(text, f.lines):
		return &ReportError{Field: f.name}
	}
	return nil
}

func (k LossKind) known() bool { return k == LossLost || k == LossStolen || k == LossUnsure }

func (p Proof) known() bool { return p == ProofTyped || p == ProofKey }

func (a Answer) valid() bool { return a == "" || a == Yes || a == No || a == NotSure }

// checkTimes is lenient: the clock of a computer at home may be wrong.
func (r *LossReport) checkTimes() error {
	for name, t := range map[string]time.Time{"made": r.Made, "happened": r.HappenedFrom, "happened to": r.HappenedTo, "noticed": r.Noticed} {
		if t.IsZero() && name != "made" {
			continue
		}
		if t.Location() != time.UTC || t.Year() < 2000 || t.Year() > 2200 {
			return &ReportError{Field: name}
		}
	}
	if !r.HappenedTo.IsZero() && r.HappenedFrom.After(r.HappenedTo) {
		return &ReportError{Field: "happened"}
	}
	return nil
}
