package screens

import (
	"fyne.io/fyne/v2"

	"stowage/devices"
	"stowage/devices/school"
	"stowage/gui/parts"
	"stowage/gui/words"
)

var resultKeys = map[school.ScanResult]words.Key{
	school.ScanExpected: "audit.result.expected", school.ScanUnexpected: "audit.result.unexpected",
	school.ScanMissing: "audit.result.lost", school.ScanWrittenOff: "audit.result.writtenoff",
	school.ScanRepeat: "audit.result.repeat", school.ScanStranger: "audit.result.stranger",
}

var resultKinds = map[school.ScanResult]parts.Kind{
	school.ScanExpected: parts.Good, school.ScanUnexpected: parts.Info, school.ScanMissing: parts.Warn,
	school.ScanWrittenOff: parts.Warn, school.ScanRepeat: parts.Info, school.ScanStranger: parts.Bad,
}

// show brings table, counts and buttons up to date.
func (a *audit) show() {
	if a.table == nil {
		return
	}
	scans, rest := []school.Scan{}, []devices.Device{}
	expected := 0
	if a.audit != nil {
		scans, rest, expected = a.audit.Scans(), a.audit.Missing(), a.audit.Expected()
	}
	w := a.s.Words
	parts.SetText(a.counts, w.T("audit.counts", "seen", w.Number(int64(expected-len(rest))), "all", w.Number(int64(expected)), "strangers", w.Number(strangers(scans))))
	a.which.SetText(w.N("audit.show.missing", len(rest)))
	if a.missing {
		a.which.SetText(w.N("audit.show.scanned", len(scans)))
		a.table.SetEmpty(w.T("audit.none.missing"))
		a.table.SetRows(list[devices.Device]{rest, func(d devices.Device) string { return d.ID }, a.missingCell})
	} else {
		newest := make([]school.Scan, 0, len(scans))
		for i := len(scans) - 1; i >= 0; i-- {
			newest = append(newest, scans[i])
		}
		a.table.SetEmpty(w.T("audit.empty"))
		a.table.SetRows(list[school.Scan]{newest, func(s school.Scan) string { return s.Device.ID + "/" + s.Text }, a.scanCell})
	}
	for _, b := range a.buttons {
		b.SetEnabled(len(scans) > 0)
	}
}

func strangers(scans []school.Scan) (n int64) {
	for _, s := range scans {
		if s.Device.ID == "" {
			n++
		}
	}
	return n
}

func (a *audit) scanCell(s school.Scan, column int) parts.Cell {
	switch column {
	case 0:
		icon, colour, back := kindLook(resultKinds[s.Result])
		return parts.Cell{Text: a.s.Words.T(resultKeys[s.Result]), Icon: icon, Color: colour, Back: back}
	case 1:
		if s.Device.ID == "" {
			return parts.Cell{Text: s.Text, Bold: true}
		}
		return parts.Cell{Text: s.Device.Name(), Bold: true}
	case 2:
		return parts.Cell{Text: s.Device.HolderName}
	}
	switch s.Done {
	case "seen":
		return parts.Cell{Text: a.s.Words.T("audit.done.seen"), Icon: "check", Color: parts.ColorGood}
	case "taken back":
		return parts.Cell{Text: a.s.Words.T("audit.done.back"), Icon: "return", Color: parts.ColorGood}
	}
	return parts.Cell{Text: a.s.Words.T("audit.done.not"), Color: parts.ColorMuted}
}

func (a *audit) missingCell(d devices.Device, column int) parts.Cell {
	switch column {
	case 0:
		return parts.Cell{Text: a.s.Words.T("audit.result.notscanned"), Icon: "question", Color: parts.ColorWarn, Back: parts.ColorWarnBack}
	case 1:
		return parts.Cell{Text: d.Name(), Bold: true}
	case 2:
		return parts.Cell{Text: d.HolderName}
	}
	return parts.Cell{}
}

// kindLook is how a kind of answer looks in a table.
func kindLook(k parts.Kind) (icon parts.Icon, colour, back fyne.ThemeColorName) {
	switch k {
	case parts.Good:
		return "good", parts.ColorGood, parts.ColorGoodBack
	case parts.Warn:
		return "warning", parts.ColorWarn, parts.ColorWarnBack
	case parts.Bad:
		return "bad", parts.ColorError, parts.ColorErrorBack
	}
	return "info", parts.ColorInfo, parts.ColorInfoBack
}

// toggle shows what is missing, or what was scanned.
func (a *audit) toggle() {
	a.missing = !a.missing
	a.show()
}

// key takes a slip out of the list.
func (a *audit) key(e *fyne.KeyEvent) bool {
	if e.Name != fyne.KeyDelete || a.missing || a.busy || a.audit == nil {
		return a.s.Typed(e)
	}
	for _, row := range a.table.SelectedRows() {
		a.audit.Forget(len(a.audit.Scans()) - 1 - row)
		break
	}
	a.show()
	return true
}
