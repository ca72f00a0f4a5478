package lists

import "strings"

// known is how other registers call the columns. Those that are looked for first take a name that would do for several.
var known = []target{
	{column: Label, names: []string{
		"asset tag", "asset label", "asset number", "asset no", "asset id", "inventory number", "inventory no", "barcode", "equipment number", "tag",
		"device name", "computer name", "devicename", "hostname", "host name", "asset name", "name",
	}},
	{column: Serial, names: []string{"serial number", "serial no", "serialnumber", "device serial number", "hardware serial", "service tag", "s n"}},
	{column: Kind, fits: func(c column) bool { return c.kinds > 0 }, names: []string{
		"category", "device type", "asset type", "asset category", "type", "form factor",
		"os", "operating system", "operating system name", "os platform", "platform",
	}},
	{column: Make, names: []string{"manufacturer", "brand", "vendor"}},
	{column: Model, names: []string{"model name", "asset model", "product", "product name", "model no", "model number"}},
	{column: Capacity, names: []string{"storage capacity", "disk size"}},
	{column: Site, names: []string{"location", "default location", "campus", "school", "office", "building", "entity", "company"}},
	{column: State, fits: func(c column) bool { return c.states > 0 }, names: []string{"status", "asset status", "status label", "lifecycle state"}},
	{column: Holder, names: []string{
		"checked out to", "checked out", "assigned to", "primary user display name", "issued to", "owner", "borrower", "staff member", "current user",
		"user", "alternate username", "contact person", "username",
	}},
	{column: Email, names: []string{
		"e mail", "email address", "user email", "primary user email address", "primary user upn", "user principal name", "userprincipalname", "upn",
	}},
	{column: Issued, date: true, names: []string{"checkout date", "checked out date", "issue date", "date issued", "assigned date", "loan date"}},
	{column: Due, date: true, names: []string{"expected checkin date", "expected check in date", "expected checkin", "due date", "date due", "due back", "return date", "expected return"}},
	{column: Said, fits: func(c column) bool { return c.yesNo > 0 }, names: []string{
		"encrypted", "encryption", "encryption status", "is encrypted", "isencrypted", "device encryption", "disk encryption", "drive encryption",
		"bitlocker", "bitlocker status", "filevault", "filevault status",
	}},
	{column: Seen, date: true, names: []string{
		"last check in", "last checked in", "last sync", "last sync date", "lastsyncdatetime", "last contact", "last inventory date", "last audit",
	}},
	{column: Notes, names: []string{"note", "comments", "comment", "remarks", "description"}},
}

// Blank tells whether a cell says nothing: it is empty, or has a word by which systems say so.
func Blank(cell string) bool {
	switch strings.ToLower(strings.TrimSpace(cell)) {
	case "", "-", "--", "–", "—", "n/a", "na", "none", "null", "unknown", "(blank)", "not available", "not applicable",
		"to be filled by o.e.m.", "system serial number", "default string", "not specified":
		return true
	}
	return false
}

// KindOf returns the register's word for a kind of device, as people and other registers name it.
func KindOf(cell string) (kind string, ok bool) {
	key := Key(cell)
	for _, k := range []struct {
		kind  string
		words []string
	}{
		{"memory stick", []string{"memory stick", "usb stick", "usb drive", "usb flash drive", "usb memory stick", "flash drive", "pen drive", "thumb drive", "encrypted usb", "usb"}},
		{"external drive", []string{"external drive", "external hard drive", "external disk", "external hdd", "external ssd", "portable drive", "portable hard drive", "usb hard drive"}},
		{"laptop", []string{"laptop", "notebook", "laptop computer", "portable", "portable computer", "ultrabook", "chromebook", "macbook", "convertible", "windows", "macos", "chromeos", "chrome os"}},
		{"tablet", []string{"tablet", "ipad", "ipados", "slate", "detachable"}},
		{"phone", []string{"phone", "mobile", "mobile phone", "smartphone", "smart phone", "handset", "iphone", "ios", "ios ipados", "android"}},
	} {
		for _, word := range k.words {
			if key == word || key == word+"s" {
				return k.kind, true
			}
		}
	}
	for _, system := range []struct{ prefix, kind string }{
		{"windows ", "laptop"},
		{"microsoft windows ", "laptop"},
		{"macos ", "laptop"},
		{"chromeos ", "laptop"},
		{"ipados ", "tablet"},
		{"ipad ", "tablet"},
		{"ios ", "phone"},
		{"android ", "phone"},
	} {
		if strings.HasPrefix(key, system.prefix) && !strings.Contains(key, "server") {
			return system.kind, true
		}
	}
	return "", false
}

// StateOf returns the register's word for a state, as other registers name it: "Ready to Deploy (deployed)" is issued.
func StateOf(cell string) (state string, ok bool) {
	name, meta, _ := strings.Cut(cell, "(")
	if strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(meta), ")")) == "deployed" {
		return "issued", true
	}
	for _, key := range []string{Key(name), Key(meta)} {
		for _, s := range []struct {
			state string
			words []string
		}{
			{"in stock", []string{"in stock", "stock", "available", "ready to deploy", "deployable", "spare", "ready", "new", "pending", "in store", "unassigned"}},
			{"issued", []string{"issued", "in use", "deployed", "checked out", "assigned", "on loan", "active", "in production", "production"}},
			{"returned", []string{"returned", "checked in"}},
			{"lost", []string{"lost", "missing", "lost stolen"}},
			{"stolen", []string{"stolen"}},
			{"found", []string{"found"}},
			{"damaged", []string{"damaged", "broken", "broken not fixable", "faulty", "out for repair", "out for diagnostics", "in repair", "under repair", "undeployable"}},
			{"retired", []string{"retired", "archived", "disposed", "disposed of", "decommissioned", "written off", "scrapped", "end of life"}},
			{"destroyed", []string{"destroyed"}},
		} {
			for _, word := range s.words {
				if key == word {
					return s.state, true
				}
			}
		}
	}
	return "", false
}

// YesNo reads what says yes or no.
func YesNo(cell string) (yes, ok bool) {
	switch Key(cell) {
	case "yes", "true", "1", "y", "on", "encrypted", "fully encrypted", "enabled", "protection on":
		return true, true
	case "no", "false", "0", "n", "off", "not encrypted", "unencrypted", "fully decrypted", "disabled", "protection off":
		return false, true
	}
	return false, false
}
