package issue

import (
	"bytes"
	"context"
	"io"

	"stowage/devices/papers"
	papersfill "stowage/devices/papers/fill"
	"stowage/devices/school"
	"stowage/gui/app"
	"stowage/gui/form"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// slip writes the handover slip of a stick that was just issued into a folder. While the
// temporary passphrase is still shown, it is on the strip to tear off.
func (i *issueWizard) slip(out handedOut) {
	w := i.s.Words
	i.s.Choose.Folder(w.T("issue.slip.where"), func(folder string) {
		now, name := i.s.Now(), w.T("issue.slip.file", "label", fileName(out.stick.Device.Name()))+".pdf"
		options := papersfill.SlipOptions{Return: out.stick.Note.Return}
		if len(bytes.Trim(out.temporary, "\x00")) > 0 { // wiped once it is hidden
			options.Passphrase = bytes.Clone(out.temporary)
		}
		app.Work(i.p, i.s, w.T("paper.making"), func(ctx context.Context, s *school.School, _ jobs.Progress) (string, error) {
			head, err := papersfill.Head(s, now)
			if err != nil {
				return "", err
			}
			facts, err := papersfill.Slip(ctx, s, out.stick.Device.ID, options)
			if err != nil {
				return "", err
			}
			if facts.Signature == nil { // it could not be recorded
				facts.Signature = out.signature
			}
			return form.WriteInto(folder, name, func(to io.Writer) error { return papers.Slip(to, head, facts) })
		}, func(path string, err error) {
			clear(options.Passphrase)
			if err != nil {
				i.s.Fail(err)
				return
			}
			i.s.Toast(w.T("issue.slip.done", "path", path), nil)
		})
	})
}

// fileName is a text without what a file's name cannot have.
func fileName(text string) string {
	safe := []rune(text)
	for i, r := range safe {
		if r < ' ' || r == '/' || r == '\\' || r == ':' || r == '*' || r == '?' || r == '"' || r == '<' || r == '>' || r == '|' {
			safe[i] = '-'
		}
	}
	return string(safe)
}

// slipButton offers the slip.
func (i *issueWizard) slipButton(out handedOut) *widgets.Button {
	return widgets.NewButton(i.s.Words.T("issue.slip"), widgets.Icon("print").Resource(), func() { i.slip(out) })
}
