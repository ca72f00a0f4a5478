package cli

import "stowage/crypt/keys"

// tellContact says how ICT is reached, once, after something told the person to turn to
// them: as the school's directory says, or else the stick, whose signature was not
// checked then.
func (a *App) tellContact() {
	if !a.saidICT || a.JSON {
		return
	}
	if contact := contact(a); contact != "" {
		a.note("ICT: %s", OneLine(contact))
	} else if a.StickContact != "" {
		a.note("ICT, as the stick says, whose signature was not checked: %s", OneLine(a.StickContact))
	}
}

// contact is how ICT is reached as a signed directory says, or "": that of the
// school in use, or of the only school whose sticks were opened on this computer.
func contact(a *App) string {
	if d := knownDirectory(a); d != nil {
		return d.Contact
	}
	return ""
}

// knownDirectory is the newest directory that this computer knows, without a word
// about its age; nil where it knows none.
func knownDirectory(a *App) *keys.Directory {
	seen, err := a.Serials()
	if err != nil {
		return nil
	}
	if path, verifier, err := directoryPath(a); err == nil {
		if known, err := seen.Newest(path, verifier); err == nil {
			return known.Directory
		}
		return nil
	}
	return OnlyOne(seen.All())
}

// OnlyOne is the directory if there is just one: of two schools, which is meant cannot be known.
func OnlyOne(all []*keys.Directory) *keys.Directory {
	if len(all) != 1 {
		return nil
	}
	return all[0]
}
