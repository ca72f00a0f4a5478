package papers_test

import (
	"io"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"stowage/devices/papers"
)

// filled puts a text into every field of every paper.
func filled(t testing.TB, text string) []paper {
	h := head()
	h.School, h.By = text, text
	d := papers.Device{Label: text, Kind: text, Make: text, Model: text, Serial: text, Site: text, State: text, Holder: text}
	check := []papers.Verification{{Method: text, By: text, Note: text, At: at(1, 1, 1)}}
	proof := papers.Checkpoint{Events: 3, Root: text, Note: text, Verifier: text, Seen: []string{text, text}}
	entry := papers.Entry{Number: 1, By: text, What: text, More: text}
	held := []papers.Held{{Device: text, Kind: text, Person: text, State: text, More: text}}
	return []paper{
		{"evidence", func(w io.Writer) error {
			return papers.Evidence(w, h, papers.EvidenceFacts{
				Device:     d,
				Protection: papers.Protection{Stick: true, Checks: check, Recipients: []papers.Recipient{{Whose: text, Class: text, Key: text}}, Passphrase: papers.Passphrase{WorkFactor: 18, MinGuesses: 1e10}},
				Seen:       papers.Sighting{At: at(1, 1, 1), Place: text, Health: text},
				Contents:   &papers.Contents{Source: text, Types: []papers.TypeCount{{Type: text, Files: 1}}, Names: []string{text}},
				Incident: &papers.Incident{
					Number: text, Kind: text, Aware: at(2, 2, 2), LastSeen: text, Police: text, Told: []string{text}, Account: text, WithIt: text, People: text,
					Special: text, OnlyCopy: text, Training: text, Effects: text, Done: text, Lessons: text, Decision: papers.Decision{What: text, Why: text, By: text, Ref: text},
				},
				History: []papers.Entry{entry}, Checkpoint: proof, Commands: []string{text},
			})
		}},
		{"slip", func(w io.Writer) error {
			return papers.Slip(w, h, papers.SlipFacts{Device: d, Return: text, ICTContact: text, With: text, Passphrase: []byte("orange walrus")})
		}},
		{"receipt", func(w io.Writer) error {
			return papers.Receipt(w, h, papers.ReceiptFacts{Device: d, By: text, Condition: text, Outcome: text})
		}},
		{"destruction", func(w io.Writer) error {
			return papers.Destruction(w, h, papers.DestructionFacts{Device: d, Method: text, Standard: text, By: text, Witness: text, Note: text, Checks: check, Entry: entry, Checkpoint: proof, Commands: []string{text}})
		}},
		{"audit", func(w io.Writer) error {
			return papers.Audit(w, h, papers.AuditFacts{
				Site: text, States: []papers.Count{{State: text, Count: 1}}, Moves: []papers.Move{{Entry: papers.Entry{What: "device lost", By: text, More: text}, Device: text, Person: text}},
				Overdue: held, NotSeen: held, Unverified: held, Incidents: []papers.Case{{Number: text, Device: text, Kind: text, Decision: text, By: text}}, Checkpoints: []papers.Checkpoint{proof},
			})
		}},
	}
}

func TestAwkwardText(t *testing.T) {
	for name, text := range map[string]string{
		"empty":         "",
		"one long word": strings.Repeat("Llanfairpwllgwyngyll", 12),
		"long":          strings.Repeat("Anna-Magdalena ap Gwilym Ŷnyswen ", 9),
		"many lines":    strings.Repeat("line of an address\n", 50),
		"right to left": "\u202eevil\u202c ישראל \u200fمدرسة\u200e abc",
		"controls":      "a\x00b\x1b[31mc\x7f\u0085d\u2028e",
		"not UTF-8":     "\xff\xfe caf\xe9",
		"marks":         "e\u0301\u0302\u0303\u0304 " + strings.Repeat("\u0301", 40),
		"other scripts": "Ελένη Ντόκου, Наталія Шевченко, Nguyễn Thị Ánh, 山田太郎, \U0001f469\u200d\U0001f3eb",
		"blanks":        strings.Repeat(" \u00a0\t", 60),
	} {
		for _, p := range filled(t, text) {
			t.Run(name+"/"+p.name, func(t *testing.T) {
				got := read(t, p.make)
				checkLayout(t, got, 20)
				if len(got.pages) > 80 {
					t.Errorf("%d pages", len(got.pages))
				}
			})
		}
	}
}

// names are what people are called, in the scripts that the papers have.
func names() map[string]string {
	return map[string]string{
		"Welsh": "Siân Ŵyn Ŷnyswen", "Polish": "Łukasz Żółć", "Hungarian": "Őrsi Dvořák", "Irish": "O’Brien", "Vietnamese": "Nguyễn Thị Ánh", "Yoruba": "Ọlátúńjí Ẹ̀ṣọ́",
		"Greek": "Ελένη Ντόκου", "Ukrainian": "Наталія Їжакевич", "Arabic": "محمد عبد الله", "Urdu": "فاطمہ چوہدری", "Persian": "علی\u200cرضا پژمان", "Hebrew": "שָׂרָה כֹּהֵן",
		"Chinese": "欧阳淑婷 龔", "Japanese": "山田 さくら ユウキ", "Korean": "김민준", "Hindi": "श्रीकृष्ण त्रिवेदी", "Bengali": "শ্রী ক্ষিতীশ", "Panjabi": "ਹਰਪ੍ਰੀਤ ਸਿੰਘ",
		"Gujarati": "ક્ષિતિજ પટેલ", "Tamil": "ஸ்ரீ கௌதம்", "Telugu": "కృష్ణమూర్తి", "Kannada": "ಕೃಷ್ಣಪ್ಪ", "Malayalam": "കൃഷ്ണൻ", "Sinhala": "ශ්\u200dරී කුමාර", "Thai": "ณัฐวุฒิ",
		"Lao": "ບຸນມີ", "Khmer": "សុខា", "Burmese": "အောင်ဆန်း", "Amharic": "ገብረ ሥላሴ", "Georgian": "ნინო ჭავჭავაძე", "Armenian": "Արամ Խաչատրյան", "Dhivehi": "އަޙްމަދު",
		"both ways": "Sami سامي (Year 6) 2026",
	}
}

// TestNamesInAnyScript finds names as they were entered, without a doubt.
func TestNamesInAnyScript(t *testing.T) {
	for script, name := range names() {
		t.Run(script, func(t *testing.T) {
			d := papers.Device{Label: "HRP-0042", Holder: name}
			got := read(t, func(w io.Writer) error { return papers.Slip(w, head(), papers.SlipFacts{Device: d, Return: name}) })
			checkLayout(t, got, 20)
			text := got.all()
			bare := func(text string) string { return strings.ReplaceAll(norm.NFC.String(text), " ", "") } // types may change within
			if n := strings.Count(bare(text), bare(name)); n < 3 {
				t.Errorf("the slip has %q %d times: %s", name, n, text)
			}
			if strings.Contains(text, "none of the types") {
				t.Errorf("the slip doubts %q", name)
			}
		})
	}
}

// TestLettersThatAreMissing are shown by their number, which is said: two that differ stay two.
func TestLettersThatAreMissing(t *testing.T) {
	for _, p := range filled(t, "Sam \U0001f469\u200d\U0001f3eb") {
		if text := read(t, p.make).all(); !strings.Contains(text, "Sam [U+1F469][U+1F3EB]") || !strings.Contains(text, "Some characters are in none of the types of this paper") {
			t.Errorf("%s: %s", p.name, text)
		}
	}
}

// FuzzText puts a text into every field of one paper; taking the paper apart again is what
// takes long, so each run does one.
func FuzzText(f *testing.F) {
	const kinds = 5
	for which := range uint8(kinds) {
		f.Add(which, "Alice Jones")
	}
	f.Add(uint8(0), "\u202e\x00\xff 山田 \U0001f469\u200d\U0001f3eb")
	f.Add(uint8(2), "سامي (Year 6) 123 456 שָׂרָה [2026] श्रीकृ\u200dष्ण 龔")
	f.Add(uint8(1), strings.Repeat("é", 200))
	f.Add(uint8(4), "a\u0301 line\nand\t another\u00a0one")
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		if len(text) > 400 {
			t.Skip()
		}
		p := filled(t, text)[which%kinds]
		checkLayout(t, read(t, p.make), 20)
	})
}
