package register

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/BurntSushi/toml"

	"stowage/crypt/safefile"
	"stowage/devices"
	"stowage/devices/school/config"
	"stowage/gui/i18n"
	"stowage/gui/widgets"
	"stowage/gui/wording"
)

// registerOrder is what each column of the register sorts by.
func registerOrder() []devices.Column {
	return []devices.Column{
		devices.ByLabel, devices.ByState, devices.ByHolder, devices.ByDue, devices.ByKind, devices.ByModel,
		devices.BySeen, devices.ByVerified, devices.BySite, devices.BySerial,
	}
}

// registerColumns are the columns of the register.
func registerColumns(w *i18n.Words) []widgets.TableColumn {
	return []widgets.TableColumn{
		{Title: w.T("register.column.label"), Width: 120, Search: true},
		{Title: w.T("register.column.state"), Width: 108},
		{Title: w.T("register.column.holder"), Width: 196, Grow: true},
		{Title: w.T("register.column.due"), Width: 136},
		{Title: w.T("register.column.kind"), Width: 122},
		{Title: w.T("register.column.model"), Width: 150},
		{Title: w.T("register.column.seen"), Width: 104},
		{Title: w.T("register.column.verified"), Width: 150},
		{Title: w.T("register.column.site"), Width: 110},
		{Title: w.T("register.column.serial"), Width: 150},
	}
}

// deviceCell is what stands in a column of the register.
func deviceCell(w *i18n.Words, d devices.Device, column int, now time.Time) widgets.Cell {
	switch registerOrder()[column] {
	case devices.ByLabel:
		return widgets.Cell{Text: d.Name(), Icon: wording.KindIcons[d.Kind], Bold: true}
	case devices.ByState:
		color, back := stateColors(d.State)
		return widgets.Cell{Text: wording.StateName(w, d.State), Color: color, Back: back}
	case devices.ByHolder:
		return widgets.Cell{Text: d.HolderName}
	case devices.ByDue:
		if d.Overdue(now) {
			return widgets.Cell{Text: w.ShortDate(devices.DueDay(d.Due, w.Zone())), Icon: "clock", Color: widgets.ColorError, Bold: true}
		}
		return widgets.Cell{Text: shortDay(w, devices.DueDay(d.Due, w.Zone()))}
	case devices.ByKind:
		return widgets.Cell{Text: wording.KindName(w, d.Kind)}
	case devices.ByModel:
		return widgets.Cell{Text: strings.TrimSpace(d.Make + " " + d.Model)}
	case devices.BySeen:
		return widgets.Cell{Text: shortDay(w, d.Seen.At)}
	case devices.ByVerified:
		return verifiedCell(w, d)
	case devices.BySite:
		return widgets.Cell{Text: d.Site}
	}
	return widgets.Cell{Text: d.Serial}
}

// verifiedCell says whether a device was found to be encrypted.
func verifiedCell(w *i18n.Words, d devices.Device) widgets.Cell {
	switch v := d.Encryption; {
	case v.At.IsZero():
		return widgets.Cell{Text: w.T("register.unverified"), Icon: "question", Color: widgets.ColorWarn}
	case !v.Encrypted:
		return widgets.Cell{Text: w.T("register.plain"), Icon: "warning", Color: widgets.ColorError}
	default:
		return widgets.Cell{Text: w.ShortDate(v.At), Icon: widgets.IconShield, Color: widgets.ColorGood}
	}
}

func shortDay(w *i18n.Words, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return w.ShortDate(t)
}

// stateColors are the colours of a state. The state is always there in words too.
func stateColors(s devices.State) (text, back fyne.ThemeColorName) {
	switch s {
	case devices.InStock:
		return widgets.ColorInfo, widgets.ColorInfoBack
	case devices.Issued:
		return widgets.ColorGood, widgets.ColorGoodBack
	case devices.Lost, devices.Stolen:
		return widgets.ColorError, widgets.ColorErrorBack
	case devices.Returned, devices.Found, devices.Damaged:
		return widgets.ColorWarn, widgets.ColorWarnBack
	}
	return widgets.ColorMuted, ""
}

// hasPrefixFold reports whether text begins with prefix, which is in lower case.
func hasPrefixFold(text, prefix string) bool { return strings.HasPrefix(strings.ToLower(text), prefix) }

// View is how a person looks at the register, kept from one time to the next.
type View struct {
	Sort       devices.Column `toml:"sort"`
	Descending bool           `toml:"descending"`
	Widths     []float32      `toml:"widths"`
}

// registerViewFile keeps it, in the folder of settings.
const registerViewFile = "register.toml"

// readRegisterView reads what was kept; what is missing or not in order is as usual.
func readRegisterView(dir string) View {
	return parseRegisterView(readRegisterText(dir))
}

// readRegisterText reads the file; one that is missing or too long is empty.
func readRegisterText(dir string) []byte {
	path := filepath.Join(dir, registerViewFile)
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Size() > 64<<10 {
		return nil
	}
	text, _ := os.ReadFile(path)
	return text
}

func parseRegisterView(text []byte) View {
	var v View
	if toml.Unmarshal(text, &v) != nil {
		v = View{}
	}
	if !slices.Contains(registerOrder(), v.Sort) {
		v.Sort, v.Descending = devices.ByLabel, false
	}
	return v
}

// keep writes it, as a whole or not at all. What a later version kept there stays.
func (v View) keep(dir string) error {
	fail := func(err error) error { return fmt.Errorf("remember the columns: %w", err) }
	before := readRegisterText(dir)
	was := parseRegisterView(before)
	if was.Sort != v.Sort {
		was.Descending = !v.Descending // another order is written whole
	}
	text, err := config.Keep(before, was, v)
	if err != nil {
		return fail(err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return fail(err)
	}
	if err := safefile.Write(filepath.Join(dir, registerViewFile), text, true); err != nil {
		return fail(err)
	}
	return nil
}

func (v View) same(o View) bool {
	return v.Sort == o.Sort && v.Descending == o.Descending && slices.Equal(v.Widths, o.Widths)
}

// column is the column sorted by.
func (v View) column() int { return slices.Index(registerOrder(), v.Sort) }
