package screens

import (
	"bytes"
	"io"

	"stowage/devices/papers"
	"stowage/gui/widgets"
)

// slip writes the handover slip of a stick that was just issued, with the signature on
// it, into a folder. While the temporary passphrase is still shown, it is on the strip
// to tear off.
func (i *handing) slip(out handedOut) {
	w, d := i.s.Words, out.stick.Device
	i.s.Choose.Folder(w.T("issue.slip.where"), func(folder string) {
		head := papers.Head{School: out.stick.Note.School, Made: i.s.Now(), Zone: i.s.Now().Location()}
		facts := papers.SlipFacts{Return: out.stick.Note.Return, Signature: out.signature, Device: papers.Device{
			Label: d.Label, Kind: string(d.Kind), Make: d.Make, Model: d.Model, Serial: d.Serial, Capacity: d.Capacity, Site: d.Site,
			State: string(d.State), Holder: d.HolderName, Issued: d.Since, Due: d.Due,
		}}
		if len(bytes.Trim(out.temporary, "\x00")) > 0 { // wiped once it is hidden
			facts.Passphrase = out.temporary
		}
		path, err := writeInto(folder, w.T("issue.slip.file", "label", fileName(d.Name()))+".pdf", func(to io.Writer) error { return papers.Slip(to, head, facts) })
		if err != nil {
			i.s.Fail(err)
			return
		}
		i.s.Toast(w.T("issue.slip.done", "path", path), nil)
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
func (i *handing) slipButton(out handedOut) *widgets.Button {
	return widgets.NewButton(i.s.Words.T("issue.slip"), widgets.Icon("print").Resource(), func() { i.slip(out) })
}
