package settings

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/crypt/keys"
	"stowage/devices/school"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/i18n"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// policyForm is the school's policy, to be changed and signed.
type policyForm struct {
	view    *fyne.Container
	t       *settings
	was     keys.Policy
	numbers []*policyNumber
	class   *widgets.Choice[keys.Class]
	carry   *widget.Check
	guesses *widget.Select
	save    *widgets.Button
}

// policyNumber is one number of the policy, with the field that it is typed into.
type policyNumber struct {
	keys.PolicyNumber
	field form.TextField
}

// text is the number's name for people.
func (n *policyNumber) text() i18n.Key {
	return i18n.Key("settings." + strings.ReplaceAll(n.Name, "_", ""))
}

// policyNumbers are the numbers of the policy. The work factor's upper bound keeps a school
// computer from waiting for minutes.
func policyNumbers() []*policyNumber {
	work := keys.PolicyNumber{Name: "work_factor", From: 18, To: 22, Of: func(p *keys.Policy) *int { return (*int)(&p.WorkFactor) }}
	numbers := keys.PolicyNumbers()
	keep := slices.IndexFunc(numbers, func(n keys.PolicyNumber) bool { return n.Name == "keep_days" })
	var all []*policyNumber
	for _, n := range slices.Insert(numbers, keep, work) {
		all = append(all, &policyNumber{PolicyNumber: n})
	}
	return all
}

// The powers of ten that can be chosen for the guesses.
const leastGuesses, mostGuesses = 8, 20

func newPolicyForm(t *settings, p keys.Policy) *policyForm {
	w := t.s.Words
	f := &policyForm{t: t, was: p, numbers: policyNumbers()}
	f.class = form.NewClassChoice(w)
	f.class.Choose(p.Class)
	var powers []string
	for n := leastGuesses; n <= mostGuesses; n++ {
		powers = append(powers, w.T("settings.guesses.value", "n", n))
	}
	f.guesses = widget.NewSelect(powers, nil)
	f.guesses.SetSelectedIndex(min(max(int(math.Round(math.Log10(max(p.MinGuesses, 1)))), leastGuesses), mostGuesses) - leastGuesses)
	f.carry = widget.NewCheck(w.T("settings.carry"), nil)
	f.carry.SetChecked(p.KeysOnStick)
	grid := container.NewGridWithColumns(2)
	for _, n := range f.numbers {
		n.field = form.NewTextField(w.T(n.text()), "", strconv.Itoa(*n.Of(&p)))
		grid.Add(wrapLabel(w.T(n.text())))
		grid.Add(widgets.Column(0, n.field.Entry, n.field.View))
	}
	grid.Add(wrapLabel(w.T("settings.guesses")))
	grid.Add(f.guesses)
	f.save = widgets.NewPrimary(w.T("settings.save"), widgets.Icon("signature").Resource(), f.publish)
	f.view = widgets.Column(2, widgets.Heading(w.T("settings.policy")), widgets.Muted(w.T("settings.policy.text")),
		widgets.FieldLabel(w.T("settings.class")), f.class.View, grid, f.carry, widgets.Row(2, widgets.Spring(), f.save))
	for _, n := range f.numbers { // the label stands at the left, so that only the refusal is below
		n.field.View.Objects = n.field.View.Objects[len(n.field.View.Objects)-1:]
	}
	return f
}

func wrapLabel(text string) fyne.CanvasObject { return widgets.Body(text) }

// read reads the policy, and says which number is wrong.
func (f *policyForm) read() (keys.Policy, bool) {
	p, w, ok := f.was, f.t.s.Words, true
	for _, n := range f.numbers {
		n.field.Refuse("")
		v, err := strconv.Atoi(strings.TrimSpace(n.field.Entry.Text))
		same := err == nil && v == *n.Of(&f.was) // what is there already may stay, whatever it is
		if err != nil || (v < n.From || v > n.To) && !same {
			n.field.Refuse(w.T("settings.number", "from", n.From, "to", n.To))
			ok = false
			continue
		}
		*n.Of(&p) = v
	}
	p.Class, p.KeysOnStick = f.class.Value(), f.carry.Checked
	if power := f.guesses.SelectedIndex() + leastGuesses; int(math.Round(math.Log10(max(f.was.MinGuesses, 1)))) != power {
		p.MinGuesses = math.Pow10(power)
	}
	f.view.Refresh()
	return p, ok
}

// publish signs and publishes the policy.
func (f *policyForm) publish() {
	p, ok := f.read()
	if !ok {
		return
	}
	t := f.t
	t.p.WithAuthority(t.s, "authority.why.settings", func(*school.School) {
		app.Work(t.p, t.s, t.s.Words.T("settings.saving"), func(ctx context.Context, s *school.School, _ jobs.Progress) (*keys.Directory, error) {
			return s.SetPolicy(ctx, p)
		}, func(_ *keys.Directory, err error) {
			if err != nil {
				t.s.Fail(err)
				return
			}
			t.s.Toast(t.s.Words.T("settings.saved"), nil)
			t.load()
		})
	})
}
