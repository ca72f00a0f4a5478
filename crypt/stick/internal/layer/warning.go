package layer

import "fmt"

// WarningKind says what is wrong with something on the stick.
type WarningKind string

// The kinds of warning. Nothing that a warning names was read, and nothing
// was removed because of it.
const (
	WarnTorn       WarningKind = "torn"        // a layer that is not whole: it was never written to its end, and nothing in it reported as stored, or it was damaged since
	WarnDamaged    WarningKind = "damaged"     // a layer that cannot be read as it was written
	WarnForged     WarningKind = "forged"      // a layer made by somebody who does not have this stick's key
	WarnMisplaced  WarningKind = "misplaced"   // a layer of another stick or of another place in the order
	WarnMissing    WarningKind = "missing"     // a layer that must be there and is not
	WarnForeign    WarningKind = "foreign"     // a file that does not belong in the folder
	WarnEntry      WarningKind = "entry"       // one entry of a layer that is not allowed and was left out
	WarnAltered    WarningKind = "altered"     // a key or text beside the layers that is not as it was written
	WarnRolledBack WarningKind = "rolled back" // the stick is older than one already seen
	WarnForked     WarningKind = "forked"      // the stick was put back to an earlier state and then written on
)

// Warning is something on the stick that is not as it should be.
type Warning struct {
	Kind WarningKind
	Name string   // the file on the drive, where there is one
	Seq  int64    // the layer's number, where known
	Err  error    // what exactly, never nil
	At   Position // of a layer that is missing
}

// Position is where a layer is missing among the others. The newest ones are missed only by who remembers them, such as a
// table of contents.
type Position int

// The positions.
const (
	Anywhere Position = iota // not of a layer that is missing
	AtTheBeginning
	InTheMiddle
	AtTheEnd
)

func (w Warning) String() string { return fmt.Sprintf("%s: %s: %v", w.Kind, w.Name, w.Err) }
