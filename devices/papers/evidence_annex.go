package papers

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
)

func (p *page) evidenceContents(c *Contents) {
	p.heading("What was on it")
	if c == nil {
		p.paragraph("The register does not know. The holder has to be asked.")
		return
	}
	p.paragraph(fmt.Sprintf("As of %s, from %s: %s, %s in all. Files that were added afterwards are not counted.", or(p.head.moment(c.At), "a time not recorded"), or(c.Source, "the register"), plural(int64(c.Files), "file"), size(c.Bytes)))
	types := slices.Clone(c.Types)
	slices.SortStableFunc(types, func(a, b TypeCount) int {
		return cmp.Or(cmp.Compare(b.Files, a.Files), cmp.Compare(a.Type, b.Type))
	})
	var rows [][]string
	for _, t := range types {
		rows = append(rows, []string{or(t.Type, "no type"), number(int64(t.Files)), size(t.Bytes)})
	}
	if len(rows) > 0 {
		p.table([]column{{title: "Type", share: 5}, {title: "Files", share: 2, right: true}, {title: "Size", share: 2, right: true}}, rows)
	}
	if len(c.Names) > 0 {
		p.paragraph("Names, as asked for. They may be personal data themselves.")
		p.bullets(c.Names)
	}
}

// evidenceAnnex is for people who want to check.
func (p *page) evidenceAnnex(e EvidenceFacts) {
	p.next()
	p.text("Technical annex", style{size: 17, ink: ink(), bold: true})
	if len(e.History) > 0 {
		p.heading("History in the register")
		p.entries(e.History)
	}
	if x := e.Protection; x.Stick {
		p.heading("Format and keys")
		p.facts(
			fact{"Format", "Stowage format 1: layers, each an age file (age-encryption.org/v1) holding a tar"},
			fact{"Contents", "ChaCha20-Poly1305 in chunks of 64 KiB, a fresh file key for each layer"},
			fact{"Key file", fmt.Sprintf("age identity encrypted with a passphrase: scrypt, work factor %d (N = 2^%d, r = 8, p = 1)", x.Passphrase.WorkFactor, x.Passphrase.WorkFactor)},
			fact{"Work factor", x.Passphrase.WorkFactorFrom},
		)
		for _, r := range x.Recipients {
			if r.Key == "" {
				continue
			}
			p.labelled(joined(", ", r.Whose, r.Class), keyLines(r.Key)...)
		}
		if x.Passphrase.WorkFactor > 0 && x.Passphrase.guesses() > 0 {
			p.heading("Assumptions about guessing")
			p.bullets(costOf(x.Passphrase).assumptions(x.Passphrase))
		}
	}
	p.checkpoint(e.Checkpoint, e.Commands)
}

// entries draws a history.
func (p *page) entries(list []Entry) {
	var rows [][]string
	for _, e := range list {
		rows = append(rows, []string{number(e.Number), p.head.brief(e.At), e.By, e.What, e.More})
	}
	p.table([]column{{title: "No.", share: 1.4, right: true}, {title: "When", share: 2.9}, {title: "By", share: 2.2}, {title: "What", share: 2.8}, {title: "Details", share: 5}}, rows)
}

// checkpoint says how the register can be proved.
func (p *page) checkpoint(c Checkpoint, commands []string) {
	p.heading("How the register proves itself")
	p.paragraph("Every entry of the register is a leaf of a tamper-evident log. The school signs its size and root as a checkpoint, and puts it on every stick that is seen at school; an entry that was changed, removed or put in another order afterwards no longer fits.")
	if c.Events == 0 {
		p.paragraph("The register has no checkpoint yet.")
		return
	}
	p.facts(
		fact{"Entries", number(c.Events)},
		fact{"Signed", p.head.moment(c.At)},
		fact{"Also carried by", strings.Join(c.Seen, "\n")},
	)
	if c.Note != "" {
		p.labelled("The signed note", lines(c.Note)...)
	} else {
		p.labelled("Root hash", c.Root)
	}
	if c.Verifier != "" {
		p.labelled("The school's verifier key", c.Verifier)
	}
	if len(commands) > 0 {
		p.labelled("To check it", commands...)
	}
}

// keyLines are the public half of a key. A post-quantum one is some two thousand
// characters long and is shown by its digest.
func keyLines(key string) []string {
	if len(key) <= 120 {
		return []string{key}
	}
	return []string{
		fmt.Sprintf("%s… (%d characters)", key[:60], len(key)),
		fmt.Sprintf("SHA-256 of all of it: %x", sha256.Sum256([]byte(key))),
	}
}
