package screens

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"stowage/cmd/school"
	"stowage/devices"
	"stowage/gui/jobs"
	"stowage/gui/parts"
)

// history is about whether the register's history is as it was written.
func (t *settings) history() fyne.CanvasObject {
	w := t.s.Words
	panel := parts.NewProgress(w)
	var check *parts.Button
	check = parts.NewButton(w.T("verify.do"), parts.Icon("shield").Resource(), func() {
		check.Disable()
		job := work(t.p, t.s, w.T("verify.running"), verifyRegister, func(proof school.RegisterProof, err error) {
			check.Enable()
			t.verified(proof, err)
		})
		panel.Follow(job)
	})
	return parts.Column(2, parts.Heading(w.T("verify.title")), parts.Body(w.T("verify.text")), parts.Row(2, check), panel.View)
}

// verifyRegister computes the whole history anew.
func verifyRegister(ctx context.Context, s *school.School, p jobs.Progress) (school.RegisterProof, error) {
	return s.VerifyRegister(ctx, nil, p)
}

// verified says what came of it. What does not fit is named by its number, which the
// command line and the history show as well.
func (t *settings) verified(proof school.RegisterProof, err error) {
	w := t.s.Words
	if err == nil {
		m := parts.Message{Kind: parts.Good, Happened: w.N("verify.good", int(proof.Tree.Size)), Files: w.T("verify.good.alone"), Details: proof.Tree.Root.String()}
		if n := len(proof.Witnesses); n > 0 {
			m.Files = w.N("verify.good.checkpoints", n)
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
	}
	t.s.Tell(m)
}
