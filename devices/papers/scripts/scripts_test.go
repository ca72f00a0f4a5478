package scripts_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stowage/devices/papers/scripts"
)

// TestEveryType shapes a word in each type that is in the program: letters that join or
// combine are fewer outlines than letters, or differ from those of each alone.
func TestEveryType(t *testing.T) {
	words := map[string]string{
		"NotoSans": "Nguyễn", "NotoSansArabic": "محمد", "NotoSansHebrew": "כֹּהֵן", "NotoSansArmenian": "Արամ", "NotoSansGeorgian": "ნინო", "NotoSansDevanagari": "श्री",
		"NotoSansBengali": "ক্ষ", "NotoSansGujarati": "ક્ષ", "NotoSansGurmukhi": "ਪ੍ਰੀ", "NotoSansTamil": "ஸ்ரீ", "NotoSansTelugu": "ష్ణ", "NotoSansKannada": "ಷ್ಣ", "NotoSansMalayalam": "ഷ്ണ",
		"NotoSansSinhala": "ශ්\u200dරී", "NotoSansThai": "ณัฐ", "NotoSansLao": "ບຸນ", "NotoSansKhmer": "សុខា", "NotoSansMyanmar": "အောင်", "NotoSansEthiopic": "ገብረ", "NotoSansThaana": "އަޙް",
		"DroidSansFallback": "欧さ김",
	}
	files, err := fs.Glob(os.DirFS("types"), "*")
	if err != nil || len(files) != len(words) {
		t.Fatalf("%d types, %d words: %v", len(files), len(words), err)
	}
	for _, file := range files {
		word := words[strings.TrimSuffix(filepath.Base(file), "-Regular.ttf.gz")]
		set := scripts.New()
		typeOf, err := set.For(word)
		if err != nil || typeOf == nil {
			t.Errorf("%s does not hold %q: %v", file, word, err)
			continue
		}
		for _, right := range []bool{false, true} {
			outlines, width := typeOf.Shape(word, right)
			if len(outlines) < 10 || outlines[0].Op != scripts.Move || width < 0.5 || width != typeOf.Width(word, right) {
				t.Errorf("%s: %q has %d segments and is %.2f wide", file, word, len(outlines), width)
			}
		}
	}
}

// TestShapes: Arabic letters join, a conjunct of Devanagari is one letter, and a mark takes no room.
func TestShapes(t *testing.T) {
	set := scripts.New()
	width := func(text string, right bool) float64 {
		t.Helper()
		typeOf, err := set.For(text)
		if err != nil || typeOf == nil {
			t.Fatalf("%q: %v", text, err)
		}
		return typeOf.Width(text, right)
	}
	if joined, apart := width("سس", true), 2*width("س", true); joined >= apart {
		t.Errorf("letters that join are %.2f wide, apart %.2f", joined, apart)
	}
	if conjunct, apart := width("क्ष", false), width("क", false)+width("ष", false); conjunct >= apart {
		t.Errorf("a conjunct is %.2f wide, its letters %.2f", conjunct, apart)
	}
	if marked, bare := width("e\u0304\u0301", false), width("e", false); marked != bare {
		t.Errorf("a letter is %.2f wide with marks, %.2f without", marked, bare)
	}
	if typeOf, err := set.For("\U0001f43b"); typeOf != nil || err != nil {
		t.Errorf("a bear: %v", err)
	}
}
