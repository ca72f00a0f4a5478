package settings

import (
	"context"
	"math"
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

// policyNumber is one number of the policy, with its bounds.
type policyNumber struct {
	name     i18n.Key
	from, to int
	get      func(keys.Policy) int
	set      func(*keys.Policy, int)
	field    form.TextField
}

// policyNumbers are the numbers of the policy. The bounds are those of
// keys.Policy.Check; the work factor's upper bound keeps a school computer from
// waiting for minutes.
func policyNumbers() []*policyNumber {
	return []*policyNumber{
		{name: "settings.words", from: 4, to: 20, get: func(p keys.Policy) int { return p.Words }, set: func(p *keys.Policy, n int) { p.Words = n }},
		{name: "settings.length", from: 8, to: 100, get: func(p keys.Policy) int { return p.MinLength }, set: func(p *keys.Policy, n int) { p.MinLength = n }},
		{name: "settings.loan", from: 0, to: 3650, get: func(p keys.Policy) int { return p.LoanDays }, set: func(p *keys.Policy, n int) { p.LoanDays = n }},
		{name: "settings.unseen", from: 1, to: 3650, get: func(p keys.Policy) int { return p.UnseenDays }, set: func(p *keys.Policy, n int) { p.UnseenDays = n }},
		{name: "settings.lock", from: 1, to: 24 * 60, get: func(p keys.Policy) int { return p.LockMinutes }, set: func(p *keys.Policy, n int) { p.LockMinutes = n }},
		{name: "settings.work", from: 18, to: 22, get: func(p keys.Policy) int { return int(p.WorkFactor) }, set: func(p *keys.Policy, n int) { p.WorkFactor = keys.WorkFactor(n) }},
		{name: "settings.keepdays", from: 0, to: 3650, get: func(p keys.Policy) int { return p.KeepDays }, set: func(p *keys.Policy, n int) { p.KeepDays = n }},
		{name: "settings.keepversions", from: 0, to: 1000, get: func(p keys.Policy) int { return p.KeepVersions }, set: func(p *keys.Policy, n int) { p.KeepVersions = n }},
		{name: "settings.keepfree", from: 0, to: 1e6, get: func(p keys.Policy) int { return p.KeepFreeMB }, set: func(p *keys.Policy, n int) { p.KeepFreeMB = n }},
	}
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
		n.field = form.NewTextField(w.T(n.name), "", strconv.Itoa(n.get(p)))
		grid.Add(wrapLabel(w.T(n.name)))
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
		same := err == nil && v == n.get(f.was) // what is there already may stay, whatever it is
		if err != nil || (v < n.from || v > n.to) && !same {
			n.field.Refuse(w.T("settings.number", "from", n.from, "to", n.to))
			ok = false
			continue
		}
		n.set(&p, v)
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
