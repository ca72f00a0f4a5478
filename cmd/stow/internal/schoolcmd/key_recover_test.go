package schoolcmd

import (
	"strings"
	"testing"

	"stowage/gui/explain"
)

func TestACallerWhoHasNoStickIsNamed(t *testing.T) {
	if code, text := (&notTheirs{"Bob"}).Words("HRP-1"); code != explain.State || !strings.Contains(text, "Bob has HRP-1") {
		t.Errorf("%d %q", code, text)
	}
}
