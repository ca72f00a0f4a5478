package settings

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/devices/school/integrity"
	"stowage/gui/app"
	"stowage/gui/i18n"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// history is about whether the register's history is as it was written.
func (t *settings) history() fyne.CanvasObject {
	w := t.s.Words
	panel := widgets.NewProgress(w)
	var check *widgets.Button
	check = widgets.NewButton(w.T("verify.do"), widgets.Icon("shield").Resource(), func() {
		check.Disable()
		job := app.Work(t.p, t.s, w.T("verify.running"), verifyRegister, func(proof integrity.Proof, err error) {
			check.Enable()
			t.verified(proof, err)
		})
		panel.Follow(job)
	})
	return widgets.Column(2, widgets.Heading(w.T("verify.title")), widgets.Body(w.T("verify.text")), widgets.Row(2, check), panel.View)
}

// verifyRegister computes the whole history anew.
func verifyRegister(ctx context.Context, s *school.School, p jobs.Progress) (integrity.Proof, error) {
	return integrity.Verify(ctx, s, nil, p)
}

// verified says what came of it. What does not fit is named by its number, which the
// command line and the history show as well.
func (t *settings) verified(proof integrity.Proof, err error) {
	w := t.s.Words
	if err == nil {
		m := widgets.Message{Kind: widgets.Good, Happened: w.N("verify.good", int(proof.Tree.Size)), Files: w.T("verify.good.alone"), Details: proof.Tree.Root.String()}
		if n := len(proof.Witnesses); n > 0 {
			m.Files = w.N("verify.good.checkpoints", n)
		}
		if len(proof.Restores)+len(proof.Odd) > 0 {
			m.Kind, m.Details = widgets.Warn, m.Details+"\n"+replacedLines(w, proof)
		}
		t.s.Tell(m)
		return
	}
	if errors.Is(err, context.Canceled) {
		t.s.Fail(err)
		return
	}
	m := t.s.Explain(err)
	if tampered, ok := errors.AsType[*devices.TamperError](err); ok {
		m.Files = w.T("verify.first", "event", w.Number(tampered.First))
		if tampered.Witness != nil {
			m.Files += " " + w.T("verify.unexplained")
		}
	}
	t.s.Tell(m)
}

// replacedLines name each time that a backup took the place of the register, and what is not as it should be
// in the school's folder, a line each.
func replacedLines(w *i18n.Words, proof integrity.Proof) string {
	var lines []string
	for _, x := range proof.Restores {
		key := i18n.Key("verify.restored")
		size := int64(0)
		if x.Restored.Unread || len(x.Restored.Replaced) == 0 {
			key = "verify.restored.unread"
		} else {
			size = x.Restored.Replaced[0].Size
		}
		lines = append(lines, w.T(key, "event", w.Number(x.Event.Number), "when", w.DateTime(x.Event.Time), "by", wording.EventBy(w, x.Event),
			"backup", cmp.Or(x.Restored.Backup, "?"), "size", w.Number(size)))
	}
	if n := len(proof.Replaced); n > 0 {
		lines = append(lines, w.N("verify.replaced", n))
	}
	for _, name := range proof.Odd {
		lines = append(lines, w.T("verify.odd", "file", name))
	}
	return strings.Join(lines, "\n")
}
