package register

import (
	"testing"

	"stowage/devices"
	"stowage/gui/guitest/screenstest"
	"stowage/gui/wording"
)

// TestAttackTwoDesks has the same device shown in two windows. What the one records while a form is open in
// the other is not overwritten: the other is told, and what it repeats is about the device as it is.
func TestAttackTwoDesks(t *testing.T) {
	for _, late := range []devices.Action{devices.Extend, devices.Return, devices.Damage} {
		t.Run(string(late), func(t *testing.T) {
			sc := screenstest.Stocked(t)
			slow, r := openRegister(t, sc)
			yes := slow.Session.Words.T(wording.ActionKey(late))
			r.pick(slow, "MS-0002")
			r.act(late)
			slow.Settle()

			fast, other := openRegister(t, sc)
			other.pick(fast, "MS-0002")
			fast.Press("Extend the loan")
			fast.Press("Extend the loan")
			fast.MustSee("extended")
			want := screenstest.MustFind(t, sc, "MS-0002")

			slow.Press(yes)
			slow.MustSee("Somebody else changed this in the meantime.", "Your change was not made.")
			if got := screenstest.MustFind(t, sc, "MS-0002"); got.Version != want.Version || got.State != devices.Issued || !got.Due.Equal(want.Due) {
				t.Errorf("the slow desk made %+v of %+v", got, want)
			}
			if late == devices.Extend {
				return // it is due then already
			}
			slow.Press("Cancel")
			r.load()
			slow.Settle()
			r.pick(slow, "MS-0002")
			r.act(late)
			slow.Settle()
			slow.Press(yes)
			if got := screenstest.MustFind(t, sc, "MS-0002"); got.Version == want.Version {
				t.Error("it cannot be repeated")
			}
		})
	}
}
