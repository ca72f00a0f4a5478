package staff

import (
	"context"
	"slices"

	"filippo.io/age"

	"stowage/crypt/stick"
	"stowage/devices/school/keyfiles"
	"stowage/gui/jobs"
)

// look finds the keys of the sticks that are open, and on those that are plugged in.
func (d *decrypt) look() {
	d.forgetOpen()
	for _, o := range d.staff.sticks() {
		if o.Key != nil {
			d.offer([]keyPlace{{name: o.Stick.Note().Label, open: o.Key}})
		}
	}
	plugged := d.s.Services.Drives
	if plugged == nil {
		d.update()
		return
	}
	jobs.Run(d.s.Jobs, d.s.Words.T("decrypt.looking"), func(ctx context.Context, _ jobs.Progress) ([]keyPlace, error) {
		list, err := plugged.List(ctx)
		if err != nil {
			return nil, err
		}
		var found []keyPlace
		for _, drive := range list {
			if k, ok := keyOn(drive.Path, d.staff.openFS); ok {
				found = append(found, k)
			}
		}
		return found, nil
	}, func(found []keyPlace, err error) {
		if err == nil { // without drives there are still key files
			d.offer(found)
		}
	})
}

// forgetOpen takes away the keys of sticks that were open when last looked at.
func (d *decrypt) forgetOpen() {
	d.keys = slices.DeleteFunc(d.keys, func(k keyPlace) bool { return k.open != nil })
	d.with = slices.IndexFunc(d.keys, func(k keyPlace) bool { return k.name == d.group.Selected })
}

// keyOn reads the key that a stick carries, false when there is none.
func keyOn(path string, open func(string) (DriveFS, error)) (keyPlace, bool) {
	if path == "" {
		return keyPlace{}, false
	}
	fsys, err := open(path)
	if err != nil {
		return keyPlace{}, false
	}
	defer fsys.Close()
	summary, err := stick.Inspect(fsys, "")
	if err != nil {
		return keyPlace{}, false
	}
	copies, err := keyfiles.FromStick(fsys)
	return keyPlace{name: summary.Note.Label, copies: copies}, err == nil
}

// offer adds places that are not there yet, and chooses the first if none is chosen.
func (d *decrypt) offer(found []keyPlace) {
	for _, k := range found {
		if !slices.ContainsFunc(d.keys, func(have keyPlace) bool { return have.name == k.name }) {
			d.keys = append(d.keys, k)
		}
	}
	var names []string
	for _, k := range d.keys {
		names = append(names, k.name)
	}
	d.group.Options = names
	if d.with < 0 && len(d.keys) > 0 {
		d.group.SetSelected(names[0])
	}
	d.group.Refresh()
	d.update()
}

// free are the identities of the chosen key when no passphrase is needed, and whose
// it is: that of an open stick, or one of stock age.
func (d *decrypt) free() (ids []age.Identity, holder string) {
	if d.with < 0 {
		return nil, ""
	}
	k := d.keys[d.with]
	if k.open == nil {
		return k.copies.Plain(), ""
	}
	if !slices.ContainsFunc(d.staff.sticks(), func(o OpenStick) bool { return o.Key == k.open }) {
		return nil, "" // it was locked meanwhile, and the key wiped
	}
	return []age.Identity{k.open.Identity()}, k.open.Holder.ID
}
