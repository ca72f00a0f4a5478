package papers_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"stowage/devices/papers"
)

// at is a moment of September 2026.
func at(day, hour, minute int) time.Time {
	return time.Date(2026, 9, day, hour, minute, 0, 0, time.UTC)
}

func head() papers.Head {
	return papers.Head{School: "Hill Road Primary School", Made: at(25, 14, 30), By: "Bronwen Evans", Zone: time.FixedZone("BST", 3600)}
}

func device() papers.Device {
	return papers.Device{
		Label: "HRP-0042", Kind: "memory stick", Make: "SanDisk", Model: "Ultra Fit", Serial: "4C530001180927117362", Capacity: 64e9,
		Site: "Upper school", State: "lost", Holder: "Siân Ŵyn Jones", Issued: at(1, 8, 0), Due: at(30, 22, 59),
	}
}

func checks() []papers.Verification {
	return []papers.Verification{
		{Method: "Stowage format 1", By: "stow", At: at(18, 7, 55), Encrypted: true, Note: "opened, and every layer checked"},
		{Method: "Stowage format 1", By: "stow", At: at(1, 8, 0), Encrypted: true, Note: "issued, and opened again with the recovery key"},
	}
}

func checkpoint() papers.Checkpoint {
	return papers.Checkpoint{
		Events: 1204, Root: "Zx1dQ2l0bGUgYnkgbGl0dGxlLCB0aGUgbG9nIGdyb3dzIQ=", At: at(24, 16, 0),
		Note:     "hillroad.example/stowage\n1204\nZx1dQ2l0bGUgYnkgbGl0dGxlLCB0aGUgbG9nIGdyb3dzIQ=\n\n— hillroad.example/stowage Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n",
		Verifier: "hillroad.example/stowage+ee7a1a4f+AQGu0dZ5Zc0Z0RkH0YyYk7tBv4QyWz6Vq7XjS1HzQdQk",
		Seen:     []string{"HRP-0007 on 24 September 2026", "HRP-0019 on 24 September 2026"},
	}
}

func history(n int) []papers.Entry {
	what := []papers.Entry{
		{By: "Bronwen Evans", What: "device added"},
		{By: "Bronwen Evans", What: "device issued", More: "due 30 September 2026"},
		{By: "stow", What: "device verified", More: "Stowage format 1, issued, and opened again with the recovery key"},
		{By: "stow", What: "device seen", More: "place: Upper school office, health: healthy"},
		{By: "Bronwen Evans", What: "device lost", More: "left on the 14 bus between Hill Road and the station on the way home"},
	}
	var list []papers.Entry
	for i := range n {
		e := what[i%len(what)]
		e.Number, e.At = int64(1100+7*i), at(1, 8, 0).Add(time.Duration(i)*5*time.Hour)
		list = append(list, e)
	}
	return list
}

func evidence() papers.EvidenceFacts {
	return papers.EvidenceFacts{
		Device: device(),
		Protection: papers.Protection{
			Stick: true, Checks: checks(), KeyOnStick: true,
			Recipients: []papers.Recipient{
				{Whose: "Siân Ŵyn Jones", Class: "hybrid", Key: "age1pq1" + string(bytes.Repeat([]byte("qz8y5v"), 320))},
				{Whose: "the school's recovery key", Class: "hybrid", Key: "age1pq1" + string(bytes.Repeat([]byte("7d0kxm"), 320))},
			},
			Passphrase: papers.Passphrase{WorkFactor: 18, WorkFactorFrom: "read from the key file on the stick, as its backup has it", MinGuesses: 1e10, MinLength: 10, Set: at(2, 9, 0)},
			KeyBlocked: at(24, 15, 10),
		},
		Seen:     papers.Sighting{At: at(18, 7, 55), Place: "Upper school office", Health: "healthy", Used: 3_210_000_000, Size: 64e9, Layers: 41},
		BackedUp: at(18, 7, 57),
		Contents: &papers.Contents{
			Source: "the backup", At: at(18, 7, 57), Files: 212, Bytes: 2_950_000_000,
			Types: []papers.TypeCount{{Type: ".docx", Files: 120, Bytes: 48_000_000}, {Type: ".pdf", Files: 61, Bytes: 350_000_000}, {Type: ".xlsx", Files: 30, Bytes: 12_000_000}, {Files: 1, Bytes: 2_540_000_000}},
		},
		Incident: &papers.Incident{
			Number: "3", Kind: "lost", Happened: at(24, 6, 40), Noticed: at(24, 14, 20), Aware: at(24, 15, 5),
			LastSeen: "bus 14, upper deck", Told: []string{"Mr Pugh, data-protection lead, 24 September at 16:30", "the headteacher, 24 September at 16:45"},
			Account: "The stick was in a coat pocket on the way home. The coat was searched, the bus company was called and has nothing yet.",
			WithIt:  "no, says the holder", People: "about 60 pupils of year 4 and their parents", Special: "health (two care plans)", OnlyCopy: "no, the backup has everything until 18 September",
			Training: "data-protection training on 5 September 2026", Effects: "None expected while the passphrase holds.", Done: "The key was blocked in the directory, the bus company was called twice.",
		},
		History: history(5), Checkpoint: checkpoint(),
		Commands: []string{"stow register verify", "stow register history HRP-0042"},
	}
}

func slip(t testing.TB) papers.SlipFacts {
	d := device()
	d.State = "issued"
	return papers.SlipFacts{
		Device: d, Return: "Hill Road Primary School\nHill Road\nSwansea SA1 1AA", ICTContact: "01792 000000, ict@hillroad.example", With: "a strap",
		Signature: signature(t), Passphrase: []byte("orange walrus telescope quietly granite whistle"),
	}
}

// signature is a picture of a stroke.
func signature(t testing.TB) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 300, 80))
	for x := range 260 {
		y := 40 + (x*x/37)%25 - x/9
		for d := range 4 {
			img.Set(20+x, y+d, color.NRGBA{R: 10, G: 20, B: 120, A: 255})
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func labels(sheet string, n int) papers.LabelFacts {
	s, err := papers.FindSheet(sheet)
	if err != nil {
		panic(err)
	}
	f := papers.LabelFacts{Sheet: s, Start: 1, Return: "Hill Road Primary School\nHill Road\nSwansea SA1 1AA"}
	for i := range n {
		f.Labels = append(f.Labels, fmt.Sprintf("HRP-%04d", i+1))
	}
	return f
}

func audit() papers.AuditFacts {
	a := papers.AuditFacts{
		From: at(1, 0, 0), Until: at(30, 23, 0), UnseenDays: 60, Encrypted: 118,
		States:      []papers.Count{{State: "in stock", Count: 12}, {State: "issued", Count: 131}, {State: "returned", Count: 2}, {State: "lost", Count: 1}, {State: "retired", Count: 9}, {State: "destroyed", Count: 4}},
		Overdue:     []papers.Held{{Device: "HRP-0007", Kind: "memory stick", Person: "Bob Evans", State: "issued", When: at(20, 22, 59)}},
		NotSeen:     []papers.Held{{Device: "HRP-0011", Kind: "external drive", Person: "Alice Jones", State: "issued"}},
		Unverified:  []papers.Held{{Device: "HRP-L07", Kind: "laptop", Person: "Alice Jones", State: "issued", When: at(3, 9, 0), More: "BitLocker, protection off"}},
		Incidents:   []papers.Case{{Number: "3", Device: "HRP-0042", Kind: "lost", Aware: at(24, 15, 5), Decision: "notify the regulator", By: "Mr Pugh"}},
		Checkpoints: []papers.Checkpoint{checkpoint()},
		First:       1100, Last: 1204,
	}
	for _, e := range history(30) {
		a.Moves = append(a.Moves, papers.Move{Entry: e, Device: "HRP-0042", Person: "Siân Ŵyn Jones"})
	}
	return a
}

// inScripts is a report in which each script has a line.
func inScripts() papers.AuditFacts {
	var a papers.AuditFacts
	for script, name := range names() {
		a.Overdue = append(a.Overdue, papers.Held{Device: script, Kind: name + " " + name + " " + name, Person: name, State: "issued", When: at(20, 22, 59)})
	}
	slices.SortFunc(a.Overdue, func(a, b papers.Held) int { return strings.Compare(a.Device, b.Device) })
	return a
}

func receipt(t testing.TB) papers.ReceiptFacts {
	return papers.ReceiptFacts{Device: device(), Returned: at(25, 14, 20), Condition: "cap missing", Outcome: "checked and put back in stock", Signature: signature(t)}
}

func destruction() papers.DestructionFacts {
	return papers.DestructionFacts{
		Device: device(), Destroyed: at(25, 13, 0), Method: "shredded to 6 mm", Standard: "NIST SP 800-88 Destroy", By: "Shred-It Cymru", Witness: "B. Evans",
		Checks: checks(), Entry: papers.Entry{Number: 1203, At: at(25, 13, 5), By: "Bronwen Evans", What: "device destroyed"}, Checkpoint: checkpoint(),
		Commands: []string{"stow register verify"},
	}
}
