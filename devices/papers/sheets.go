package papers

import (
	"errors"
	"fmt"
	"strings"
)

// Sheet is a sheet of labels on A4. Sizes are in millimetres.
type Sheet struct {
	Name          string // Avery's number
	Columns, Rows int
	Width, Height float64 // of one label
	Left, Top     float64 // where the first label begins
	GapX          float64 // between columns; rows touch
	Use           string  // what it suits
}

// Count is how many labels are on the sheet.
func (s Sheet) Count() int { return s.Columns * s.Rows }

// at is where a label begins; numbered along the rows, from 0.
func (s Sheet) at(n int) (x, y float64) {
	return s.Left + float64(n%s.Columns)*(s.Width+s.GapX), s.Top + float64(n/s.Columns)*s.Height
}

// Sheets are the sheets that labels can be printed on, the smallest labels first.
func Sheets() []Sheet {
	return []Sheet{
		{"L4731", 7, 27, 25.4, 10, 8.6, 13.5, 2.5, "the smallest, for the side of a memory stick"},
		{"L7651", 5, 13, 38.1, 21.2, 4.75, 10.7, 2.5, "memory sticks"},
		{"L6009", 4, 12, 45.7, 21.2, 9.85, 21.3, 2.5, "memory sticks and drives, hard-wearing"},
		{"L7159", 3, 8, 63.5, 33.9, 7.25, 12.9, 2.5, "drives and laptops"},
		{"L7160", 3, 7, 63.5, 38.1, 7.25, 15.15, 2.5, "drives and laptops"},
		{"L7161", 3, 6, 63.5, 46.6, 7.25, 8.7, 2.5, "laptops"},
		{"L7162", 2, 8, 99.1, 33.9, 4.65, 12.9, 2.5, "laptops and cases"},
		{"L7163", 2, 7, 99.1, 38.1, 4.65, 15.15, 2.5, "laptops and cases"},
		{"L7165", 2, 4, 99.1, 67.7, 4.65, 13.1, 2.5, "boxes"},
	}
}

// DefaultSheet is a sheet that many schools have.
const DefaultSheet = "L7160"

// ErrSheet: there is no such sheet of labels.
var ErrSheet = errors.New("no such sheet of labels")

// FindSheet finds a sheet by its number; "Avery" before it and a "J" in place of
// the "L", as inkjet sheets of the same size have, do not matter. It fails with
// [ErrSheet].
func FindSheet(name string) (Sheet, error) {
	wanted := strings.ToUpper(strings.ReplaceAll(name, " ", ""))
	wanted = strings.TrimPrefix(wanted, "AVERY")
	if inkjet, ok := strings.CutPrefix(wanted, "J8"); ok {
		wanted = "L7" + inkjet
	}
	for _, s := range Sheets() {
		if s.Name == wanted {
			return s, nil
		}
	}
	return Sheet{}, fmt.Errorf("%q: %w", name, ErrSheet)
}
