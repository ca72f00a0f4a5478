package papers

import (
	"io"
	"time"
)

// DestructionFacts is what a certificate of destruction says.
type DestructionFacts struct {
	Device    Device
	Destroyed time.Time
	Method    string
	Standard  string // as the person named it, such as "NIST SP 800-88 Destroy"; may be empty
	By        string // who did it; may be empty
	Witness   string
	Note      string
	Checks    []Verification // whether it was encrypted before, newest first
	// Entry is the register's entry about it.
	Entry      Entry
	Checkpoint Checkpoint
	Commands   []string // how to check the register, to be typed
}

// Destruction writes the certificate that a device was destroyed.
func Destruction(w io.Writer, h Head, d DestructionFacts) error {
	return write(w, h, "Certificate of destruction", joined(", ", d.Device.name(), d.Device.Kind), func(p *page) {
		p.first()
		p.paragraph("This certifies that the device named here was destroyed as described, in the presence of the witness. The register keeps its record, and it can no longer be issued.")
		p.heading("The device")
		p.facts(append(d.Device.facts(), fact{"Last holder", d.Device.Holder}, fact{"Encrypted before", encryptedBefore(d.Checks, h)})...)
		p.heading("How it was destroyed")
		p.facts(
			fact{"When", or(h.moment(d.Destroyed), unrecorded)},
			fact{"Method", or(d.Method, unrecorded)},
			fact{"Standard, as named", or(d.Standard, "none named")},
			fact{"Carried out by", or(d.By, unrecorded)},
			fact{"Witness", or(d.Witness, unrecorded)},
			fact{"Note", d.Note},
		)
		p.gap(6)
		p.signatures(joined(", ", or(d.By, "Carried out by"), "date"), joined(", ", or(d.Witness, "Witness"), "date"))
		p.heading("In the register")
		p.facts(
			fact{"Entry", entryText(d.Entry)},
			fact{"Recorded", joined(" by ", h.moment(d.Entry.At), d.Entry.By)},
			fact{"Checkpoint", checkpointText(d, h)},
		)
		if d.Checkpoint.Events > 0 {
			p.labelled("Root hash of the register's log, signed by the school", d.Checkpoint.Root)
		}
		if len(d.Commands) > 0 {
			p.labelled("To check the register", d.Commands...)
		}
	})
}

func entryText(e Entry) string {
	if e.Number == 0 {
		return unrecorded
	}
	return joined(": ", "number "+number(e.Number), e.What)
}

func encryptedBefore(checks []Verification, h Head) string {
	switch {
	case len(checks) == 0:
		return "never checked"
	case !checks[0].Encrypted:
		return "NOT encrypted when checked on " + h.day(checks[0].At)
	}
	return joined(", ", checks[0].Method, "verified on "+h.day(checks[0].At)+" by "+or(checks[0].By, "a person not named"))
}

// checkpointText says which checkpoint covers the entry about the destruction.
func checkpointText(d DestructionFacts, h Head) string {
	c := d.Checkpoint
	if c.Events == 0 {
		return "none yet"
	}
	text := joined(", signed on ", "of "+plural(c.Events, "entry"), h.moment(c.At))
	if c.Events < d.Entry.Number {
		text += "; it was made before this entry, which the next one will cover"
	}
	return text
}
