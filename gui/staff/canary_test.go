package staff

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"stowage/crypt/canarytest"
	"stowage/gui/guitest/screenstest"
)

// canaryReport is what nobody may find where it does not belong.
const canaryReport = "CANARY-report-c07a5512"

// TestCanariesOfALossReport reports a stick lost: nothing of what is said is found on the
// computer's disk, or in what the program says.
func TestCanariesOfALossReport(t *testing.T) {
	if home := os.Getenv(screenstest.CanaryHome); home != "" {
		reportCanary(t, home)
		return
	}
	said := screenstest.Child(t, t.TempDir(), func(string) bool { return false })
	if got := canarytest.In([]byte(said), canaryReport); len(got) > 0 {
		t.Errorf("the program says %q:\n%s", got, said)
	}
	if !strings.Contains(said, "the report was seen") {
		t.Errorf("it did not come to its end:\n%s", said)
	}
}

func reportCanary(t *testing.T, home string) {
	h := newHill(t)
	h.me("Alice")
	w := h.window("lost")
	answer(w)
	fill(w, lostOf(w).form.contents, canaryReport)
	w.Press("Send to ICT")
	w.MustSee("ICT has your report.")
	if got := canarytest.Below(t, home, nil, canaryReport, alicePassphrase, string(authorityPassphrase)); len(got) > 0 {
		t.Errorf("on the disk: %s", strings.Join(got, "\n"))
	}
	if got := h.inbox(); len(got) != 1 || !strings.Contains(fmt.Sprintf("%+v", got[0].LossReport), canaryReport) {
		t.Errorf("the report: %+v", got)
	}
	fmt.Println("the report was seen")
}
