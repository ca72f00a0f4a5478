package audit

import (
	"fyne.io/fyne/v2"

	schoolaudit "stowage/devices/school/audit"

	"stowage/devices"
	"stowage/gui/form"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
)

var resultKeys = map[schoolaudit.ScanResult]i18n.Key{
	schoolaudit.ScanExpected: "audit.result.expected", schoolaudit.ScanUnexpected: "audit.result.unexpected",
	schoolaudit.ScanMissing: "audit.result.lost", schoolaudit.ScanWrittenOff: "audit.result.writtenoff",
	schoolaudit.ScanRepeat: "audit.result.repeat", schoolaudit.ScanStranger: "audit.result.stranger",
}

var resultKinds = map[schoolaudit.ScanResult]widgets.Kind{
	schoolaudit.ScanExpected: widgets.Good, schoolaudit.ScanUnexpected: widgets.Info, schoolaudit.ScanMissing: widgets.Warn,
	schoolaudit.ScanWrittenOff: widgets.Warn, schoolaudit.ScanRepeat: widgets.Info, schoolaudit.ScanStranger: widgets.Bad,
}

// show brings table, counts and buttons up to date.
func (a *audit) show() {
	if a.table == nil {
		return
	}
	scans, rest := []schoolaudit.Scan{}, []devices.Device{}
	expected := 0
	if a.audit != nil {
		scans, rest, expected = a.audit.Scans(), a.audit.Missing(), a.audit.Expected()
	}
	w := a.s.Words
	widgets.SetText(a.counts, w.T("audit.counts", "seen", w.Number(int64(expected-len(rest))), "all", w.Number(int64(expected)), "strangers", w.Number(strangers(scans))))
	a.which.SetText(w.N("audit.show.missing", len(rest)))
	if a.missing {
		a.which.SetText(w.N("audit.show.scanned", len(scans)))
		a.table.SetEmpty(w.T("audit.none.missing"))
		a.table.SetRows(form.List[devices.Device]{Rows: rest, KeyOf: func(d devices.Device) string { return d.ID }, CellOf: a.missingCell})
	} else {
		newest := make([]schoolaudit.Scan, 0, len(scans))
		for i := len(scans) - 1; i >= 0; i-- {
			newest = append(newest, scans[i])
		}
		a.table.SetEmpty(w.T("audit.empty"))
		a.table.SetRows(form.List[schoolaudit.Scan]{Rows: newest, KeyOf: func(s schoolaudit.Scan) string { return s.Device.ID + "/" + s.Text }, CellOf: a.scanCell})
	}
	for _, b := range a.buttons {
		b.SetEnabled(len(scans) > 0)
	}
}

func strangers(scans []schoolaudit.Scan) (n int64) {
	for _, s := range scans {
		if s.Device.ID == "" {
			n++
		}
	}
	return n
}

func (a *audit) scanCell(s schoolaudit.Scan, column int) widgets.Cell {
	switch column {
	case 0:
		icon, colour, back := kindLook(resultKinds[s.Result])
		return widgets.Cell{Text: a.s.Words.T(resultKeys[s.Result]), Icon: icon, Color: colour, Back: back}
	case 1:
		if s.Device.ID == "" {
			return widgets.Cell{Text: s.Text, Bold: true}
		}
		return widgets.Cell{Text: s.Device.Name(), Bold: true}
	case 2:
		return widgets.Cell{Text: s.Device.HolderName}
	}
	switch s.Done {
	case "seen":
		return widgets.Cell{Text: a.s.Words.T("audit.done.seen"), Icon: "check", Color: widgets.ColorGood}
	case "taken back":
		return widgets.Cell{Text: a.s.Words.T("audit.done.back"), Icon: "return", Color: widgets.ColorGood}
	}
	return widgets.Cell{Text: a.s.Words.T("audit.done.not"), Color: widgets.ColorMuted}
}

func (a *audit) missingCell(d devices.Device, column int) widgets.Cell {
	switch column {
	case 0:
		return widgets.Cell{Text: a.s.Words.T("audit.result.notscanned"), Icon: "question", Color: widgets.ColorWarn, Back: widgets.ColorWarnBack}
	case 1:
		return widgets.Cell{Text: d.Name(), Bold: true}
	case 2:
		return widgets.Cell{Text: d.HolderName}
	}
	return widgets.Cell{}
}

// kindLook is how a kind of answer looks in a table.
func kindLook(k widgets.Kind) (icon widgets.Icon, colour, back fyne.ThemeColorName) {
	switch k {
	case widgets.Good:
		return "good", widgets.ColorGood, widgets.ColorGoodBack
	case widgets.Warn:
		return "warning", widgets.ColorWarn, widgets.ColorWarnBack
	case widgets.Bad:
		return "bad", widgets.ColorError, widgets.ColorErrorBack
	}
	return "info", widgets.ColorInfo, widgets.ColorInfoBack
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
