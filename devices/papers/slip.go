package papers

import (
	"errors"
	"io"
	"time"
)

// SlipFacts is what a handover slip says.
type SlipFacts struct {
	Device     Device
	Return     string // where to return the device, lines
	ICTContact string // how to reach ICT when it is lost; may be empty
	// With says what else was handed over, such as a case.
	With string
	// Signature is a PNG or JPEG picture of the holder's signature, or nil.
	Signature []byte
	// Passphrase is the temporary one, for the strip that is torn off; nil for no
	// strip. A paper that carries it is as secret as the passphrase.
	Passphrase []byte
}

// ErrSignature: the picture of a signature cannot be used.
var ErrSignature = errors.New("not a usable picture of a signature")

// Slip writes what goes with a device when it is handed over: what it is, the
// rules, signatures, and a strip with the temporary passphrase. It fails with
// [ErrSignature], or with [ErrLetters] if the passphrase cannot be shown as it is.
func Slip(w io.Writer, h Head, s SlipFacts) error {
	signature, err := readSignature(s.Signature)
	if err != nil {
		return err
	}
	return write(w, h, "Handover slip", joined(", ", s.Device.name(), s.Device.Kind), func(p *page) {
		p.first()
		p.heading("What was handed over")
		p.facts(append(s.Device.facts(),
			fact{"Together with", s.With},
			fact{"Handed to", or(s.Device.Holder, unrecorded)},
			fact{"On", or(h.day(s.Device.Issued), h.day(h.Made))},
			fact{"To be returned by", or(h.day(s.Device.Due), "no date agreed")},
			fact{"Return it to", or(s.Return, h.School)},
			fact{"Reach ICT", s.ICTContact},
		)...)
		p.heading("The rules")
		p.numbered(rules(s.ICTContact))
		p.gap(4)
		p.handoverSigned(s, signature)
		p.replaced()
		if len(s.Passphrase) > 0 {
			p.strip(s)
		}
	})
}

// rules are the school's, in five lines.
func rules(contact string) []string {
	tell := "tell ICT at once, at any hour. Nobody is blamed for saying so."
	if contact != "" {
		tell = "tell ICT at once: " + contact + ". Nobody is blamed for saying so."
	}
	return []string{
		"Keep it with you or locked away. It is for your work, and for you alone.",
		"Put files on it with Stowage, and use Lock and remove before you pull it out.",
		"Never write the passphrase down and never share it. ICT will never ask for it.",
		"Bring it to school as often as you can, so that it is checked and backed up.",
		"If it is lost or stolen, or somebody may know the passphrase, " + tell,
	}
}

// numbered draws a numbered list.
func (p *page) numbered(items []string) {
	number, text := style{size: 10, ink: accent(), bold: true}, body()
	for i, item := range items {
		p.row([]cell{{x: margin + 1, width: 6, style: number}, {x: margin + 8, width: textWidth - 8, style: text}}, []string{string(rune('1' + i)), item}, 0.5, nil)
	}
}

// handoverSigned is where the two sign.
func (p *page) handoverSigned(s SlipFacts, signature *picture) {
	p.need(40)
	p.paragraph("I have received what is named above, and I know the rules.")
	if signature != nil {
		p.picture(*signature, margin+2, p.y, 60, 14)
	}
	p.signatures(joined(", ", or(s.Device.Holder, "Holder"), "date"), joined(", ", or(p.head.By, "ICT"), "date"))
}

// strip is the end of the page that is torn off. It names neither the school nor
// the holder.
func (p *page) strip(s SlipFacts) {
	const height = 48.0
	top := pageHeight - height
	if p.y > top-11 {
		p.next()
	}
	p.foot = top - 8
	p.pdf.SetDashPattern([]float64{2, 1.6}, 0)
	p.stroke(0, top, pageWidth, top, 0.3, ink())
	p.pdf.SetDashPattern(nil, 0)
	p.y = top + 1.5
	p.put(margin, p.y, "Tear off here", small())
	p.y += 5.5
	name := s.Device.name()
	p.put(margin, p.y, p.fit("Temporary passphrase for "+name, strong(), textWidth), strong())
	p.y += 6
	p.types.replaced = false // of the name; the page has said so
	p.secret(s.Passphrase)
	if p.types.replaced {
		p.pdf.SetError(ErrLetters) // it could not be typed from here
	}
	p.y += 3
	warn := style{size: 9, ink: alarm(), bold: true}
	for _, line := range p.wrap("Choose a passphrase of your own the first time you open the stick, then destroy this strip. Never keep it with the stick, and never photograph it.", warn, textWidth) {
		p.put(margin, p.y, line, warn)
		p.y += warn.height()
	}
}

// secret draws a passphrase so that it can be typed, as large as fits.
func (p *page) secret(passphrase []byte) {
	s := style{size: 16, ink: ink(), mono: true}
	text := string(passphrase)
	for s.size > 9 && len(p.wrap(text, s, textWidth-10)) > 1 {
		s.size--
	}
	lines := p.wrap(text, s, textWidth-10)
	height := float64(len(lines))*s.height() + 5
	p.fill(margin, p.y, textWidth, height, tint())
	for i, line := range lines {
		p.put(margin+5, p.y+2.5+float64(i)*s.height(), line, s)
	}
	p.y += height
}

// ReceiptFacts is what a receipt for a returned device says.
type ReceiptFacts struct {
	Device    Device
	Returned  time.Time
	By        string // who brought it back, if not the holder
	Condition string
	Outcome   string // what happens to it now
	Signature []byte // a PNG or JPEG picture of the signature of who brought it back, or nil
}

// Receipt writes what a holder gets who brings a device back. It fails with
// [ErrSignature].
func Receipt(w io.Writer, h Head, r ReceiptFacts) error {
	signature, err := readSignature(r.Signature)
	if err != nil {
		return err
	}
	return write(w, h, "Receipt for a returned device", joined(", ", r.Device.name(), r.Device.Kind), func(p *page) {
		p.first()
		p.paragraph("The school has taken back the device named here. Nothing is owed for it unless that is stated below.")
		p.heading("What was returned")
		p.facts(append(r.Device.facts(),
			fact{"Had been issued to", or(r.Device.Holder, unrecorded)},
			fact{"Issued", h.day(r.Device.Issued)},
			fact{"Was due back", h.day(r.Device.Due)},
			fact{"Returned", or(h.moment(r.Returned), unrecorded)},
			fact{"Brought back by", r.By},
			fact{"Condition", or(r.Condition, "nothing noted")},
			fact{"What happens now", r.Outcome},
		)...)
		p.gap(8)
		p.need(40)
		if signature != nil {
			p.picture(*signature, margin+(textWidth+10)/2+2, p.y, 60, 14) // above the second line
		}
		p.signatures(joined(", ", or(h.By, "ICT"), "date"), joined(", ", or(or(r.By, r.Device.Holder), "Brought back by"), "date"))
	})
}
