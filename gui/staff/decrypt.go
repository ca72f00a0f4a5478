package staff

import (
	"context"
	"errors"
	"path/filepath"
	"runtime/debug"
	"slices"

	"filippo.io/age"
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"stowage/crypt/keys"
	"stowage/devices/school/filecrypt"
	"stowage/devices/school/keyfiles"
	"stowage/gui"
	"stowage/gui/form"
	"stowage/gui/jobs"
	"stowage/gui/widgets"
)

// decrypt turns age files back into files, with the person's key: one that a stick
// carries, or a key file. The passphrase is asked for once for all of them.
type decrypt struct {
	s      *gui.Session
	staff  *staff
	paths  []string
	failed []string   // of those that were decrypted last, what remains
	keys   []keyPlace // what can be chosen, in order
	with   int        // the one that is chosen, -1 for none

	view       *widgets.Busy
	form       fyne.CanvasObject
	files      *fileList
	group      *widget.RadioGroup
	noKey      *widget.Label
	passphrase *widgets.Passphrase
	where      *destination
	start      *widgets.Button
	result     *results
}

// keyRows is how many lines of keys are seen before they scroll.
const keyRows = 3

// keyPlace is a place where a key of the person's may be.
type keyPlace struct {
	name   string // for people
	copies keyfiles.Copies
	path   string          // of a key file
	open   *keys.HolderKey // of a stick that is open, whose passphrase is not asked for again
}

func newDecrypt(s *gui.Session, k *staff, paths []string) gui.Screen {
	return &decrypt{s: s, staff: k, paths: paths, with: -1}
}

// Title is part of gui.Screen.
func (d *decrypt) Title() string { return d.s.Words.T("decrypt.title") }

// Content is part of gui.Screen.
func (d *decrypt) Content() fyne.CanvasObject {
	w := d.s.Words
	d.files = newFileList(d.s, d.remove)
	d.group = widget.NewRadioGroup(nil, d.chosen)
	d.group.Required = true
	d.noKey = widgets.Body(w.T("decrypt.nokey"))
	d.passphrase = widgets.NewPassphrase(w, widgets.PassphraseOptions{Label: w.T("decrypt.passphrase"), Submit: d.decrypt, Changed: d.update})
	d.where = newDestination(d.s)
	d.start = widgets.NewPrimary("", widgets.IconUnlock.Resource(), d.decrypt)
	d.result = newResults(d.s, d.restart)
	file := widgets.NewButton(w.T("decrypt.file"), widgets.IconKey.Resource(), d.chooseKey)
	places := container.NewVScroll(widgets.Column(0, d.noKey, d.group))
	places.SetMinSize(fyne.NewSize(0, keyRows*d.noKey.MinSize().Height)) // nothing below moves when a stick is plugged in
	right := widgets.Column(3,
		widgets.Column(1, widgets.Heading(w.T("decrypt.with")), places, widgets.Row(1, file)),
		d.passphrase.View,
		d.where.view,
	)
	add := widgets.Row(1, widgets.NewButton(w.T("decrypt.add"), widgets.Icon("add").Resource(), d.addFiles))
	left := container.NewBorder(widgets.Heading(w.T("decrypt.files")), add, nil, nil, d.files.view)
	columns := container.NewGridWithColumns(2, container.NewPadded(left), container.NewPadded(container.NewVScroll(right)))
	d.form = container.NewBorder(nil, widgets.Row(2, widgets.Spring(), d.start), nil, nil, columns)
	d.view = widgets.NewBusy(w, container.NewStack(d.form, d.result.view))
	d.update()
	return d.view.View
}

// Shown is part of gui.Shower: the sticks that are plugged in are looked at.
func (d *decrypt) Shown() {
	if !d.result.shown() {
		d.look()
	}
}

// Hidden is part of gui.Hider.
func (d *decrypt) Hidden() { d.passphrase.Clear() }

// Closed is part of gui.Closer.
func (d *decrypt) Closed() { d.passphrase.Clear() }

// Focus is part of gui.Focuser.
func (d *decrypt) Focus() fyne.Focusable { return d.passphrase.Focus() }

// Commands are part of gui.Commander.
func (d *decrypt) Commands() []widgets.Command {
	w := d.s.Words
	return []widgets.Command{
		{Name: w.T("decrypt.add"), Key: fyne.KeyO, Modifier: widgets.Ctrl, Run: d.addFiles},
		{Name: w.T("decrypt.file"), Key: fyne.KeyK, Modifier: widgets.Ctrl, Run: d.chooseKey},
		{Name: w.T("decrypt.again"), Key: fyne.KeyF5, Run: d.look},
	}
}

// Dropped is part of gui.Dropper: more age files, or a key file.
func (d *decrypt) Dropped(paths []string) {
	if d.result.shown() || d.view.Progress.Job() != nil {
		return
	}
	for _, path := range paths {
		if isSealed(path) && !slices.Contains(d.paths, path) {
			d.paths = append(d.paths, path)
		}
	}
	d.update()
}

func (d *decrypt) remove(path string) {
	d.paths = slices.DeleteFunc(d.paths, func(p string) bool { return p == path })
	d.update()
}

// chosen is told which key is to be used.
func (d *decrypt) chosen(name string) {
	d.with = slices.IndexFunc(d.keys, func(k keyPlace) bool { return k.name == name })
	d.update()
}

// addFiles lets the person choose more age files. What is no age file is said when it is decrypted.
func (d *decrypt) addFiles() {
	d.s.Choose.Files(d.s.Words.T("decrypt.add"), func(paths []string) {
		for _, path := range paths {
			if !slices.Contains(d.paths, path) {
				d.paths = append(d.paths, path)
			}
		}
		d.update()
	})
}

// restart shows the form again, with the files that could not be decrypted: another key may open them.
func (d *decrypt) restart() {
	d.result.hide()
	d.paths = d.failed
	d.look()
	d.s.Window.Canvas().Focus(d.passphrase.Focus())
}

// chooseKey lets the person choose a key file.
func (d *decrypt) chooseKey() {
	d.s.Choose.File(d.s.Words.T("decrypt.file"), func(path string) {
		copies, err := keyfiles.FromFile(path)
		if err != nil {
			d.s.Fail(err)
			return
		}
		name := d.s.Words.T("decrypt.file.named", "name", filepath.Base(path))
		d.offer([]keyPlace{{name: name, copies: copies, path: path}})
		d.group.SetSelected(name)
		d.s.Window.Canvas().Focus(d.passphrase.Focus())
	})
}

func (d *decrypt) ready() bool {
	free, _ := d.free()
	return len(d.paths) > 0 && d.with >= 0 && (!d.passphrase.Empty() || free != nil)
}

// update brings the page up to date.
func (d *decrypt) update() {
	if d.result == nil {
		return
	}
	form.SetVisible(d.form, !d.result.shown())
	form.SetVisible(d.noKey, len(d.keys) == 0)
	form.SetVisible(d.group, len(d.keys) > 0)
	free, _ := d.free()
	form.SetVisible(d.passphrase.View, free == nil)
	d.files.set(d.paths)
	d.start.SetText(d.s.Words.N("decrypt.start", len(d.paths)))
	d.start.SetEnabled(d.ready())
}

// decrypt asks what to do about files that are there already, once for all, and
// decrypts.
func (d *decrypt) decrypt() {
	if !d.ready() {
		return
	}
	folders := []string{d.where.folder}
	if d.where.folder == "" {
		folders = nil
		for _, path := range d.paths {
			folders = append(folders, filepath.Dir(path))
		}
	}
	form.AskPlain(d.s, folders, d.begin)
}

// begin asks about names that are taken, and decrypts.
func (d *decrypt) begin() {
	open := filecrypt.Decrypter{OutDir: d.where.folder, Unpack: true}
	askTaken(d.s, open.Conflicts(d.paths), func(t filecrypt.Conflict) {
		open.Taken = t
		d.run(open)
	})
}

// unsealed is what came of decrypting.
type unsealed struct {
	holder string // id of the holder whose key it was, "" for a key of stock age
	all    []outcome

	// first is set when the passphrase of the key is the temporary one.
	first *firstOfKey
}

func (d *decrypt) run(open filecrypt.Decrypter) {
	paths, copies, passphrase := d.paths, d.keys[d.with].copies, d.passphrase.Take()
	free, holder := d.free()
	path := d.keys[d.with].path
	job := jobs.Run(d.s.Jobs, d.s.Words.N("decrypt.running", len(paths)), func(ctx context.Context, p jobs.Progress) (unsealed, error) {
		defer clear(passphrase)
		open.Progress, open.Made = inAll(ctx, p, paths), &filecrypt.Made{}
		open.Identities = free
		done := unsealed{holder: holder}
		if open.Identities == nil {
			k, err := copies.Unlock(passphrase)
			debug.FreeOSMemory() // scrypt took 256 MiB by design, of no further use
			if err != nil {
				return done, err
			}
			defer k.Wipe()
			if k.Temporary {
				done.first = &firstOfKey{k: d.staff, path: path, current: slices.Clone(passphrase), school: k.School, holder: k.Holder.Name, chosen: d.rechosen}
				return done, keys.ErrMustChange
			}
			done.holder, open.Identities = k.Holder.ID, []age.Identity{k.Identity()}
		}
		var err error
		done.all, err = each(ctx, paths, func(path string) outcome {
			o := outcome{source: path}
			open.Renamed = func(string, string) { o.renamed++ }
			var made string
			if made, o.err = open.Decrypt(ctx, path); o.err == nil {
				o.made = []string{made}
			}
			return o
		})
		return done, err
	}, d.finished)
	d.view.Follow(job)
}

func (d *decrypt) finished(done unsealed, err error) {
	if errors.Is(err, keys.ErrPassphrase) {
		d.passphrase.Refuse(d.s.Words.T("decrypt.wrong"))
		d.view.View.Refresh()
		d.s.Window.Canvas().Focus(d.passphrase.Focus())
		return
	}
	if first := done.first; first != nil && first.path != "" {
		d.s.Push(first)
		return
	} else if first != nil {
		clear(first.current)
	}
	if len(done.all) == 0 {
		if err != nil {
			d.s.Fail(err)
		}
		return
	}
	if failed := d.staff.remember(done.holder); failed != nil {
		d.s.Fail(failed)
	}
	d.failed = nil
	for _, o := range done.all {
		if o.err != nil {
			d.failed = append(d.failed, o.source)
		}
	}
	d.failed = append(d.failed, d.paths[len(done.all):]...) // those that it did not come to
	d.result.set("decrypt", done.all, err, "")
	d.update()
}

// rechosen reads the key file again, whose passphrase was chosen just now.
func (d *decrypt) rechosen() {
	if d.with < 0 {
		return
	}
	copies, err := keyfiles.FromFile(d.keys[d.with].path)
	if err != nil {
		d.s.Fail(err)
		return
	}
	d.keys[d.with].copies = copies
	d.s.Window.Canvas().Focus(d.passphrase.Focus())
}
