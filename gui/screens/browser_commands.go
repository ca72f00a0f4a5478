package screens

import (
	"fyne.io/fyne/v2"

	"stowage/crypt/stick"
	"stowage/gui/parts"
)

// main are the commands that have a button as well.
func (b *browser) main() []parts.Command {
	w := b.s.Words
	return []parts.Command{
		{Name: w.T("browser.add"), Icon: parts.Icon("upload").Resource(), Key: fyne.KeyO, Modifier: parts.Ctrl, Run: b.addFile, Disabled: b.shut},
		{Name: w.T("browser.newfolder"), Icon: parts.Icon("folder-new").Resource(), Key: fyne.KeyN, Modifier: parts.Ctrl | fyne.KeyModifierShift, Run: b.newFolder, Disabled: b.shut},
		{Name: w.T("browser.copy"), Icon: parts.Icon("download").Resource(), Key: fyne.KeyS, Modifier: parts.Ctrl, Run: b.saveCopy, Disabled: b.none},
		{Name: w.T("browser.openin"), Icon: parts.Icon("edit").Resource(), Key: fyne.KeyE, Modifier: parts.Ctrl, Run: b.openSelected, Disabled: b.noFile},
		{Name: w.T("browser.delete"), Icon: parts.Icon("delete").Resource(), Key: fyne.KeyDelete, Run: b.remove, Disabled: b.fixed},
	}
}

// Commands is part of gui.Commander.
func (b *browser) Commands() []parts.Command {
	w := b.s.Words
	list := b.main()
	list = append(list[:1:1], append([]parts.Command{
		{Name: w.T("browser.addfolder"), Icon: parts.Icon("folder").Resource(), Run: b.addFolder, Disabled: b.shut},
	}, list[1:]...)...)
	list[2].Divide = true
	list = append(list,
		parts.Command{Name: w.T("browser.view"), Icon: parts.Icon("show").Resource(), Key: fyne.KeyF3, Run: b.viewSelected, Disabled: b.noFile, Divide: true},
		parts.Command{Name: w.T("browser.versions"), Icon: parts.Icon("history").Resource(), Key: fyne.KeyH, Modifier: parts.Ctrl, Run: b.versions, Disabled: b.noFile},
		parts.Command{Name: w.T("browser.rename"), Icon: parts.Icon("edit").Resource(), Key: fyne.KeyF2, Run: b.rename, Disabled: func() bool { return b.fixed() || len(b.table.Selected()) != 1 }},
		parts.Command{Name: w.T("browser.cut"), Icon: parts.Icon("cut").Resource(), Key: fyne.KeyX, Modifier: parts.Ctrl, Run: b.cut, Disabled: b.fixed, Divide: true},
		parts.Command{Name: w.T("browser.paste"), Icon: parts.Icon("paste").Resource(), Key: fyne.KeyV, Modifier: parts.Ctrl, Run: b.paste, Disabled: func() bool { return b.shut() || len(b.o.clipboard) == 0 }},
		parts.Command{Name: w.T("browser.move"), Icon: parts.Icon("move").Resource(), Key: fyne.KeyM, Modifier: parts.Ctrl, Run: b.moveTo, Disabled: b.fixed},
		parts.Command{Name: w.T("browser.all"), Key: fyne.KeyA, Modifier: parts.Ctrl, Run: b.table.SelectAll, Disabled: b.busyNow},
		parts.Command{Name: w.T("browser.find"), Icon: parts.IconSearch.Resource(), Key: fyne.KeyF, Modifier: parts.Ctrl, Run: func() { b.s.Window.Canvas().Focus(b.finder.Focus()) }, Divide: true},
		parts.Command{Name: w.T("browser.up"), Icon: parts.Icon("up").Resource(), Key: fyne.KeyBackspace, Run: b.up, Disabled: func() bool { return b.folder == "." && b.query == "" }},
		parts.Command{Name: w.T("browser.deleted"), Icon: parts.Icon("archive").Resource(), Run: b.deleted, Disabled: b.busyNow},
	)
	list = append(list, b.driveCommands()...)
	list = append(list, b.careCommands()...)
	return append(list,
		parts.Command{Name: w.T("choose.title"), Icon: parts.IconKey.Resource(), Run: func() { b.s.Push(newPassphraseChange(b.o)) }, Disabled: func() bool { return b.shut() || b.o.byCode }, Divide: true},
		parts.Command{Name: w.T("browser.lock"), Icon: parts.IconEject.Resource(), Key: fyne.KeyL, Modifier: parts.Ctrl, Run: b.o.lockAndRemove},
	)
}

// driveCommands show the stick to other programs.
func (b *browser) driveCommands() []parts.Command {
	w := b.s.Words
	list := []parts.Command{{
		Name: w.T("drive.command"), Icon: parts.Icon("drive").Resource(), Key: fyne.KeyD, Modifier: parts.Ctrl, Divide: true, Run: b.o.openAsDrive, Disabled: b.busyNow,
	}}
	if b.o.drive != nil {
		list[0].Name = w.T("drive.show")
		list = append(list, parts.Command{Name: w.T("drive.end"), Icon: parts.IconEject.Resource(), Run: b.o.endDrive, Disabled: b.busyNow})
	}
	return list
}

// busyNow reports whether a job is changing what is shown.
func (b *browser) busyNow() bool { return b.busy == nil || b.busy.Progress.Job() != nil }

// shut reports whether nothing can be stored now.
func (b *browser) shut() bool { return b.busyNow() || b.o.stick.ReadOnly() }

// none reports whether nothing is selected.
func (b *browser) none() bool { return b.busyNow() || len(b.table.Selected()) == 0 }

// fixed reports whether nothing that is selected can be changed.
func (b *browser) fixed() bool { return b.none() || b.o.stick.ReadOnly() }

// noFile reports whether something else than one file is selected.
func (b *browser) noFile() bool {
	_, ok := b.selectedFile()
	return b.busyNow() || !ok
}

// selectedFile is the file that is selected, if it is just one.
func (b *browser) selectedFile() (stick.Entry, bool) {
	selected := b.table.Selected()
	if len(selected) != 1 || selected[0].IsFolder() {
		return stick.Entry{}, false
	}
	return selected[0], true
}

// paths are those of what is selected.
func (b *browser) paths() []string {
	selected := b.table.Selected()
	paths := make([]string, len(selected))
	for i, e := range selected {
		paths[i] = e.Path
	}
	return paths
}

// activate opens what was pressed twice, or Enter: a folder is shown, a picture or text
// is viewed, and everything else is opened in its program.
func (b *browser) activate(e stick.Entry) {
	switch {
	case b.busyNow():
	case e.IsFolder():
		b.enter(e.Path)
	case viewable(e):
		b.view(e)
	default:
		b.openIn(e)
	}
}
