package breachform_test

import (
	"strings"
	"testing"
	"time"

	"stowage/devices"
	"stowage/devices/breachform"
)

var aware = time.Date(2026, 9, 24, 8, 0, 0, 0, time.UTC)

func full() (devices.Incident, breachform.Facts) {
	i := devices.Incident{Holder: "h", State: devices.IncidentOpen, Decision: devices.Decision{Notify: devices.Yes, Why: "health data", TellPeople: devices.Yes, By: "Head"}, IncidentDetails: devices.IncidentDetails{
		Kind: devices.WasStolen, HappenedFrom: aware.Add(-30 * time.Hour), HappenedTo: aware.Add(-20 * time.Hour), Noticed: aware.Add(-10 * time.Hour), Aware: aware,
		LastSeen: "the 42 bus", Circumstances: "Alice left it in her coat; alice rang at once.", Discovered: "she looked for it", Police: "CR/1",
		Told: []devices.Told{{Who: "Mrs Pugh"}}, Passphrase: devices.No, OnlyCopy: devices.Yes, Contents: "reports", Whose: "pupils", Categories: "names",
		People: 31, Records: 62, Special: []string{"health"}, Trained: devices.Yes, TrainedOn: aware.AddDate(-1, 0, 0), Consequences: "distress", Likelihood: "unlikely: the passphrase was not with it",
		Measures: "policy", Done: "searched", RegulatorContact: "the office", FollowUp: "ring Alice Jones", Lessons: "lanyards",
	}}
	return i, breachform.Facts{
		School: "Hill Road Primary", Names: []string{"Alice Jones"}, Now: aware.Add(time.Hour), Zone: time.UTC,
		Device: devices.Device{DeviceDetails: devices.DeviceDetails{Kind: devices.MemoryStick}, HolderName: "Alice Jones", Encryption: devices.Verification{Method: devices.StowageFormat1, At: aware, Encrypted: true}},
	}
}

func TestText(t *testing.T) {
	i, f := full()
	text := breachform.Text(i, f)
	for _, want := range []string{
		"A memory stick of the school was stolen.", "the 42 bus", "confidentiality and availability", "the holder left it in her coat; the holder rang",
		"Between 23 September 2026, 02:00 UTC and", "The school became aware: 24 September 2026, 08:00 UTC", "Stowage format 1", "passphrase was not with it",
		"health.", "About 62.", "About 31.", "pupils", "distress", "unlikely: the passphrase", "A first report.", "It was decided to report it.\nhealth data", "within 72 hours", "searched", "lanyards", "Yes. Last trained 24 September 2025.",
		"Not yet; it was decided", "reference CR/1", "Hill Road Primary\nthe office",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for _, name := range []string{"Alice", "Jones", "Pugh", "Head"} {
		if strings.Contains(text, name) {
			t.Errorf("%s is named in\n%s", name, text)
		}
	}
	at := -1
	for _, question := range []string{
		"First report", "Reason for", "Size of", "What happened", "How it happened", "How it was discovered", "Measures in place", "cyber", "When it happened", "When it was discovered",
		"Categories of personal data", "Special", "records", "Number of people", "Categories of people", "Potential consequences", "Likelihood",
		"training", "Delay", "Action taken", "Preventing", "people concerned", "others been told", "contact",
	} {
		next := strings.Index(text, question)
		if next <= at {
			t.Errorf("%q is out of the form's order", question)
		}
		at = next
	}
}

// TestTextOfNothing: what is not known is said to be so, and nothing is advised.
func TestTextOfNothing(t *testing.T) {
	text := breachform.Text(devices.Incident{IncidentDetails: devices.IncidentDetails{Kind: devices.Unclear, Aware: aware}}, breachform.Facts{Now: aware.Add(80 * time.Hour), Zone: time.UTC})
	if strings.Count(text, "Not known yet.") < 10 || !strings.Contains(text, "never verified") || !strings.Contains(text, "More than 72 hours") || !strings.Contains(text, "Not decided yet.") {
		t.Errorf("%s", text)
	}
	i, f := full()
	for _, text := range []string{text, breachform.Text(i, f)} {
		for _, advice := range []string{"need not", "do not have to", "must notify", "not reportable", "wipe", "revoke", "no risk"} {
			if strings.Contains(strings.ToLower(text), advice) {
				t.Errorf("the text says %q", advice)
			}
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("Alice Jones", "alice jones went; (Jones)")
	f.Add("(", "x")
	f.Fuzz(func(t *testing.T, name, text string) {
		i, facts := full()
		i.Circumstances, facts.Names = text, []string{name}
		breachform.Text(i, facts)
	})
}
