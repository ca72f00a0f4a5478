package main

import "stowage/crypt/keys"

// tellContact says how ICT is reached, once, after something told the person to turn to
// them: as the school's directory says, or else the stick, whose signature was not
// checked then.
func (a *app) tellContact() {
	if !a.saidICT || a.json {
		return
	}
	if contact := a.contact(); contact != "" {
		a.note("ICT: %s", oneLine(contact))
	} else if a.stickContact != "" {
		a.note("ICT, as the stick says, whose signature was not checked: %s", oneLine(a.stickContact))
	}
}

// contact is how ICT is reached as a signed directory says, or "": that of the
// school in use, or of the only school whose sticks were opened on this computer.
func (a *app) contact() string {
	if d := a.knownDirectory(); d != nil {
		return d.Contact
	}
	return ""
}

// knownDirectory is the newest directory that this computer knows, without a word
// about its age; nil where it knows none.
func (a *app) knownDirectory() *keys.Directory {
	seen, err := a.serials()
	if err != nil {
		return nil
	}
	if path, verifier, err := a.directoryPath(); err == nil {
		if known, err := seen.Newest(path, verifier); err == nil {
			return known.Directory
		}
		return nil
	}
	return onlyOne(seen.All())
}

// onlyOne is the directory if there is just one: of two schools, which is meant cannot be known.
func onlyOne(all []*keys.Directory) *keys.Directory {
	if len(all) != 1 {
		return nil
	}
	return all[0]
}
