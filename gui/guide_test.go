package gui_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestGuideSaysWhatTheWindowSays: what the guide prints in bold is a text of the window, word for word.
func TestGuideSaysWhatTheWindowSays(t *testing.T) {
	guide, err := os.ReadFile("GUIDE.md")
	if err != nil {
		t.Fatal(err)
	}
	said := englishTexts(t)
	found := 0
	for _, bold := range regexp.MustCompile(`(?s)\*\*(.+?)\*\*`).FindAllStringSubmatch(string(guide), -1) {
		text := strings.Join(strings.Fields(bold[1]), " ")
		found++
		if !said[text] && text != "bold" {
			t.Errorf("the window nowhere says %q", text)
		}
	}
	if found < 30 {
		t.Errorf("only %d texts in bold were found", found)
	}
}

// englishTexts are all texts of the window that are the same every time.
func englishTexts(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("i18n/text/*.en.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no texts were found: %v", err)
	}
	said := map[string]bool{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts := map[string]any{}
		if err := json.Unmarshal(content, &texts); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, text := range texts {
			if s, ok := text.(string); ok {
				said[s] = true
			}
		}
	}
	return said
}
