package stickcmd

import (
	"strings"
	"testing"

	"stowage/gui/explain"
)

func TestWhatIsLostIsCounted(t *testing.T) {
	if code, text := (&lostFiles{1, 1}).Words(""); code != explain.Damaged || !strings.Contains(text, "1 file is lost") || !strings.Contains(text, "1 damaged layer is kept") {
		t.Errorf("%d %q", code, text)
	}
}
