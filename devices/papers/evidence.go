package papers

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// notifyWithin is how long a school has to tell the regulator of a breach after
// it became aware of it (UK GDPR, article 33).
const notifyWithin = 72 * time.Hour

// EvidenceFacts is what the evidence about a device says.
type EvidenceFacts struct {
	Device     Device
	Protection Protection
	Seen       Sighting
	BackedUp   time.Time // the newest backup; zero if there is none
	Contents   *Contents // nil if nothing is known
	Incident   *Incident // nil if none is open
	History    []Entry   // oldest first
	Checkpoint Checkpoint
	Commands   []string // how to check the register, to be typed
}

// Evidence writes the evidence about a device for the data-protection lead and
// the governors. It states facts and leaves the decision to people.
func Evidence(w io.Writer, h Head, e EvidenceFacts) error {
	about := joined(", ", e.Device.name(), e.Device.Kind, e.Device.State)
	return write(w, h, "Evidence", about, func(p *page) {
		p.first()
		p.evidenceShort(e)
		if e.Incident != nil {
			p.evidenceClock(*e.Incident)
			p.evidenceIncident(*e.Incident)
		}
		p.evidenceDevice(e)
		p.evidenceProtection(e.Protection)
		p.evidenceGuessing(e.Protection)
		p.evidenceSeen(e)
		p.evidenceContents(e.Contents)
		p.evidenceAnnex(e)
	})
}

// evidenceShort is the summary in plain words.
func (p *page) evidenceShort(e EvidenceFacts) {
	d := e.Device
	what := fmt.Sprintf("%s is a %s", d.name(), or(d.Kind, "device"))
	switch {
	case d.Holder == "":
		what += " of the school."
	case d.Issued.IsZero():
		what += fmt.Sprintf(" that was issued to %s.", d.Holder)
	default:
		what += fmt.Sprintf(" that was issued to %s on %s.", d.Holder, p.head.day(d.Issued))
	}
	if d.State != "" {
		what += " The register has it as " + d.State + "."
	}
	lines := []string{what, protectedShort(e.Protection, p.head)}
	if e.Contents != nil {
		lines = append(lines, fmt.Sprintf("It held %s, %s in all, as far as %s tells.", plural(int64(e.Contents.Files), "file"), size(e.Contents.Bytes), or(e.Contents.Source, "the register")))
	} else {
		lines = append(lines, "What was on it is not known to the register.")
	}
	if !e.BackedUp.IsZero() {
		lines = append(lines, "The school has a copy of the encrypted contents of "+p.head.moment(e.BackedUp)+"; what was added later is not in it.")
	}
	lines = append(lines, "This paper states what is on record. Whether the regulator and the people concerned must be told is for a person to decide and to write down; encryption is one of the facts in that decision and does not decide it.")
	bar, ground := accent(), tint()
	if !e.Protection.encrypted() {
		bar, ground = alarm(), rose()
	}
	p.note("In short", lines, bar, ground)
}

// encrypted reports whether the newest look found the device encrypted.
func (p Protection) encrypted() bool { return len(p.Checks) > 0 && p.Checks[0].Encrypted }

// protectedShort says in one sentence how the device is protected.
func protectedShort(p Protection, h Head) string {
	switch {
	case len(p.Checks) == 0:
		return "Nobody is on record as having checked that it was encrypted. It must be treated as if it was not."
	case !p.encrypted():
		return fmt.Sprintf("When it was last checked, on %s, it was NOT encrypted.", h.day(p.Checks[0].At))
	case p.Stick:
		return fmt.Sprintf("What was stored on it with Stowage is encrypted, names of files included; this was last verified on %s. Reading it needs a key that opens it, and the holder's key needs its passphrase.", h.day(p.Checks[0].At))
	}
	return fmt.Sprintf("It was encrypted with %s when it was last checked, on %s.", p.Checks[0].Method, h.day(p.Checks[0].At))
}

// evidenceClock is the 72 hours.
func (p *page) evidenceClock(i Incident) {
	p.heading("The 72 hours")
	if i.Aware.IsZero() {
		p.paragraph("It is not recorded when the school became aware of the loss. That moment starts the 72 hours within which the regulator must be told of a breach that has to be notified.")
		return
	}
	end, happened := i.Aware.Add(notifyWithin), p.head.moment(i.Happened)
	if i.Until.After(i.Happened) {
		happened = joined(" and ", "between "+happened, p.head.moment(i.Until))
	}
	left := end.Sub(p.head.Made)
	status := span(left) + " left when this paper was made"
	if left < 0 {
		status = "ended " + span(left) + " before this paper was made"
	}
	p.facts(
		fact{"It happened", or(happened, unrecorded)},
		fact{"It was noticed", or(p.head.moment(i.Noticed), unrecorded)},
		fact{"The school became aware", p.head.moment(i.Aware)},
		fact{"The 72 hours end", p.head.moment(end)},
		fact{"Time left", status},
		fact{"Regulator notified", p.head.moment(i.Decision.Sent)},
	)
}

func (p *page) evidenceIncident(i Incident) {
	p.heading(joined(" ", "Incident", i.Number))
	decision := "none recorded yet"
	if i.Decision.What != "" {
		decision = joined(", ", i.Decision.What, "decided by "+or(i.Decision.By, "a person not named"), p.head.moment(i.Decision.At))
	}
	facts := []fact{
		{"Lost or stolen", i.Kind},
		{"Last seen", i.LastSeen},
		{"Circumstances", i.Account},
		{"Police reference", i.Police},
		{"Passphrase with it?", or(i.WithIt, "not known")},
		{"Whose data", i.People},
		{"Special categories", i.Special},
		{"Was it the only copy?", or(i.OnlyCopy, "not known")},
		{"Holder's training", i.Training},
		{"Likely consequences", i.Effects},
		{"What was done", i.Done},
	}
	p.facts(append(facts,
		fact{"Who was told", strings.Join(i.Told, "\n")},
		fact{"Decision on notifying", decision},
		fact{"Reasons", i.Decision.Why},
		fact{"Regulator's reference", i.Decision.Ref},
		fact{"Lessons", i.Lessons},
		fact{"Closed", p.head.moment(i.Closed)},
	)...)
}

func (p *page) evidenceDevice(e EvidenceFacts) {
	d := e.Device
	p.heading("The device and who had it")
	p.facts(append(d.facts(),
		fact{"State in the register", d.State},
		fact{"Holder", or(d.Holder, "nobody")},
		fact{"Issued", p.head.day(d.Issued)},
		fact{"Due back", p.head.day(d.Due)},
	)...)
}

func (p *page) evidenceProtection(x Protection) {
	p.heading("How it was protected")
	if !x.Stick {
		p.paragraph(protectedShort(x, p.head))
		p.checks(x.Checks)
		return
	}
	p.paragraph("The stick holds its files as age files, an open format for encryption that has been reviewed in public. Names and sizes of files, and the holder's name, cannot be seen without a key. What is named below opens it; there is no other way in that the school knows of.")
	onStick := "not on the stick: whoever has the stick needs the key file too"
	if x.KeyOnStick {
		onStick = "on the stick, protected by the holder's passphrase"
	}
	plain := "nobody looked for files outside the encryption"
	switch {
	case x.PlainFiles == 0:
		plain = "none were found outside the encryption"
	case x.PlainFiles > 0:
		plain = plural(int64(x.PlainFiles), "file") + " on the drive were NOT encrypted when last checked"
	}
	var openers []string
	for _, r := range x.Recipients {
		openers = append(openers, joined(", ", r.Whose, className(r.Class)))
	}
	p.facts(
		fact{"Opened by", strings.Join(openers, "\n")},
		fact{"Where the holder's key is", onStick},
		fact{"Other files", plain},
		fact{"Holder's key blocked", p.head.moment(x.KeyBlocked)},
		fact{"Passphrase", passphraseText(x.Passphrase, p.head)},
	)
	p.checks(x.Checks)
}

// className says what a class of key is.
func className(class string) string {
	switch class {
	case "hybrid":
		return "a post-quantum key (ML-KEM-768 with X25519)"
	case "x25519":
		return "an X25519 key"
	}
	return class
}

func passphraseText(x Passphrase, h Head) string {
	if x.Words > 0 {
		return fmt.Sprintf("generated by ICT, %d words drawn at random", x.Words)
	}
	held := fmt.Sprintf("held to the school's policy: at least %d characters, and an estimate of at least %s guesses", x.MinLength, rough(x.MinGuesses))
	if x.Set.IsZero() {
		return "the school has not seen whether the holder has chosen their own yet; one that is chosen is " + held
	}
	return "chosen by the holder on " + h.day(x.Set) + " and " + held
}

func (p *page) checks(checks []Verification) {
	if len(checks) == 0 {
		return
	}
	var rows [][]string
	for _, c := range checks {
		found := "encrypted"
		if !c.Encrypted {
			found = "NOT encrypted"
		}
		rows = append(rows, []string{p.head.brief(c.At), found, c.Method, c.By, c.Note})
	}
	p.gap(1)
	p.table([]column{{title: "Checked", share: 3}, {title: "Found", share: 2.4}, {title: "How it is encrypted", share: 3}, {title: "By", share: 2.4}, {title: "Note", share: 4}}, rows)
}

// evidenceGuessing is the estimate, in plain words.
func (p *page) evidenceGuessing(x Protection) {
	if !x.Stick || x.Passphrase.WorkFactor == 0 || x.Passphrase.guesses() == 0 {
		return
	}
	c := costOf(x.Passphrase)
	what := "Whoever has the stick"
	if !x.KeyOnStick {
		what += " and the key file, which is not on it,"
	}
	what += " can try passphrases for as long as they like. "
	if x.Passphrase.Words > 0 {
		what += "An order of magnitude: hired computers would cost about " + c.pound() + " on average. "
	} else {
		what += "An order of magnitude, if the passphrase is only just as strong as the policy demands: hired computers would cost about " + c.pound() + " on average. For six words drawn at random it would be about " + costOf(Passphrase{WorkFactor: x.Passphrase.WorkFactor, Words: 6}).pound() + ". How strong the holder's own one is, nobody knows. "
	}
	p.need(75)
	p.heading("What it would cost to guess the passphrase")
	p.paragraph(what + "The assumptions are in the annex.")
	p.table([]column{{title: "Who tries", share: 4}, {title: "Guesses a second", share: 3, right: true}, {title: "How long, on average", share: 4}}, c.rows())
	p.note("", []string{"This does not hold if the passphrase was written down with the stick, is known to somebody, is used elsewhere, or can be guessed by somebody who knows the holder."}, alarm(), rose())
}

func (p *page) evidenceSeen(e EvidenceFacts) {
	p.heading("When it was last seen")
	if e.Seen.At.IsZero() && e.BackedUp.IsZero() {
		p.paragraph("It was not seen at school since it is in the register, and there is no backup of it.")
		return
	}
	full := ""
	if e.Seen.Size > 0 {
		full = size(e.Seen.Used) + " of " + size(e.Seen.Size)
	}
	p.facts(
		fact{"Last seen", joined(", ", or(p.head.moment(e.Seen.At), "never"), e.Seen.Place)},
		fact{"Check at that time", or(e.Seen.Health, "not checked")},
		fact{"Space in use", full},
		fact{"Last backup", or(p.head.moment(e.BackedUp), "none")},
	)
}
