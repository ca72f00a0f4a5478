package screens

import (
	"slices"

	"fyne.io/fyne/v2"

	"stowage/crypt/stick"
	"stowage/gui/widgets"
)

// main are the commands that have a button as well.
func (b *browser) main() []widgets.Command {
	w := b.s.Words
	return []widgets.Command{
		{Name: w.T("browser.add"), Icon: widgets.Icon("upload").Resource(), Key: fyne.KeyO, Modifier: widgets.Ctrl, Run: b.addFile, Disabled: b.shut},
		{Name: w.T("browser.newfolder"), Icon: widgets.Icon("folder-new").Resource(), Key: fyne.KeyN, Modifier: widgets.Ctrl | fyne.KeyModifierShift, Run: b.newFolder, Disabled: b.shut},
		{Name: w.T("browser.copy"), Often: true, Icon: widgets.Icon("download").Resource(), Key: fyne.KeyS, Modifier: widgets.Ctrl, Run: b.saveCopy, Disabled: b.none},
		{Name: w.T("browser.openin"), Often: true, Icon: widgets.Icon("edit").Resource(), Key: fyne.KeyE, Modifier: widgets.Ctrl, Run: b.openSelected, Disabled: b.noFile},
		{Name: w.T("browser.delete"), Often: true, Icon: widgets.Icon("delete").Resource(), Key: fyne.KeyDelete, Run: b.remove, Disabled: b.fixed},
	}
}

// Commands is part of gui.Commander.
func (b *browser) Commands() []widgets.Command {
	w := b.s.Words
	list := b.main()
	list = append(list[:1:1], append([]widgets.Command{
		{Name: w.T("browser.addfolder"), Icon: widgets.Icon("folder").Resource(), Run: b.addFolder, Disabled: b.shut},
	}, list[1:]...)...)
	list[2].Divide = true
	list = append(list,
		widgets.Command{Name: w.T("browser.view"), Often: true, Icon: widgets.Icon("show").Resource(), Key: fyne.KeyF3, Run: b.viewSelected, Disabled: b.noFile, Divide: true},
		widgets.Command{Name: w.T("browser.versions"), Often: true, Icon: widgets.Icon("history").Resource(), Key: fyne.KeyH, Modifier: widgets.Ctrl, Run: b.versions, Disabled: b.noFile},
		widgets.Command{Name: w.T("browser.rename"), Often: true, Icon: widgets.Icon("edit").Resource(), Key: fyne.KeyF2, Run: b.rename, Disabled: func() bool { return b.fixed() || len(b.table.Selected()) != 1 }},
		widgets.Command{Name: w.T("browser.cut"), Often: true, Icon: widgets.Icon("cut").Resource(), Key: fyne.KeyX, Modifier: widgets.Ctrl, Run: b.cut, Disabled: b.fixed, Divide: true},
		widgets.Command{Name: w.T("browser.paste"), Often: true, Icon: widgets.Icon("paste").Resource(), Key: fyne.KeyV, Modifier: widgets.Ctrl, Run: b.paste, Disabled: func() bool { return b.shut() || len(b.o.clipboard) == 0 }},
		widgets.Command{Name: w.T("browser.move"), Icon: widgets.Icon("move").Resource(), Key: fyne.KeyM, Modifier: widgets.Ctrl, Run: b.moveTo, Disabled: b.fixed},
		widgets.Command{Name: w.T("browser.all"), Key: fyne.KeyA, Modifier: widgets.Ctrl, Run: b.table.SelectAll, Disabled: b.busyNow},
		widgets.Command{Name: w.T("browser.find"), Icon: widgets.IconSearch.Resource(), Key: fyne.KeyF, Modifier: widgets.Ctrl, Run: func() { b.s.Window.Canvas().Focus(b.searchBox.Focus()) }, Divide: true},
		widgets.Command{Name: w.T("browser.up"), Icon: widgets.Icon("up").Resource(), Key: fyne.KeyBackspace, Run: b.up, Disabled: func() bool { return b.folder == "." && b.query == "" }},
		widgets.Command{Name: w.T("browser.deleted"), Icon: widgets.Icon("archive").Resource(), Run: b.deleted, Disabled: b.busyNow},
	)
	list = append(list, b.driveCommands()...)
	list = append(list, b.careCommands()...)
	return append(list,
		widgets.Command{Name: w.T("choose.title"), Icon: widgets.IconKey.Resource(), Run: func() { b.s.Push(newPassphraseChange(b.o)) }, Disabled: func() bool { return b.shut() || b.o.byCode }, Divide: true},
		widgets.Command{Name: w.T("browser.lock"), Icon: widgets.IconEject.Resource(), Key: fyne.KeyL, Modifier: widgets.Ctrl, Run: b.o.lockAndRemove},
	)
}

// context are the things that one does with a file, for the right button.
func (b *browser) context() []widgets.Command {
	return slices.DeleteFunc(b.Commands(), func(c widgets.Command) bool { return !c.Often })
}

// driveCommands show the stick to other programs.
func (b *browser) driveCommands() []widgets.Command {
	w := b.s.Words
	list := []widgets.Command{{
		Name: w.T("drive.command"), Icon: widgets.Icon("drive").Resource(), Key: fyne.KeyD, Modifier: widgets.Ctrl, Divide: true, Run: b.o.openAsDrive, Disabled: b.busyNow,
	}}
	if b.o.drive != nil {
		list[0].Name = w.T("drive.show")
		list = append(list, widgets.Command{Name: w.T("drive.end"), Icon: widgets.IconEject.Resource(), Run: b.o.endDrive, Disabled: b.busyNow})
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
