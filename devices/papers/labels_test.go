package papers_test

import (
	"bytes"
	"errors"
	"image"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ledongthuc/pdf"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"golang.org/x/text/unicode/norm"

	"stowage/devices/papers"
)

// TestSheets holds the sheets to the maker's figures: what is left of A4 on
// either side of the labels is the same, and nothing leaves the page.
func TestSheets(t *testing.T) {
	for _, s := range papers.Sheets() {
		width := float64(s.Columns)*s.Width + float64(s.Columns-1)*s.GapX
		height := float64(s.Rows) * s.Height
		if math.Abs(210-width-2*s.Left) > 0.05 || math.Abs(297-height-2*s.Top) > 0.05 {
			t.Errorf("%s: %.2f by %.2f with %.2f and %.2f round it is not A4", s.Name, width, height, s.Left, s.Top)
		}
		if found, err := papers.FindSheet("avery " + strings.ToLower(s.Name)); err != nil || found != s {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
	if s, err := papers.FindSheet("J8160"); err != nil || s.Name != "L7160" {
		t.Errorf("J8160: %v, %v", s, err)
	}
	if _, err := papers.FindSheet("A4"); !errors.Is(err, papers.ErrSheet) {
		t.Errorf("A4: %v", err)
	}
}

// place is where label n (from 0) of a sheet is.
func place(s papers.Sheet, n int) image.Rectangle {
	x, y := s.Left+float64(n%s.Columns)*(s.Width+s.GapX), s.Top+float64(n/s.Columns)*s.Height
	return image.Rect(int(x*100), int(y*100), int((x+s.Width)*100), int((y+s.Height)*100))
}

// TestLabelsStayOnTheirLabels prints every sheet, with labels of every length,
// reads the codes and finds all text on the label that it belongs to.
func TestLabelsStayOnTheirLabels(t *testing.T) {
	for _, s := range papers.Sheets() {
		for _, label := range []string{"7", "HRP-0042", "HILLROAD-UPPER-SCHOOL-MEMORY-STICK-0042", "山田 ŷ"} {
			for _, inQR := range []bool{false, true}[:1+len(label)/8%2] { // a few of both
				f := papers.LabelFacts{Sheet: s, Start: s.Count() - 1, Labels: []string{label, label, label}, Return: "Hill Road Primary School\nHill Road, Swansea SA1 1AA", ReturnInQR: inQR}
				got := read(t, func(w io.Writer) error { return papers.Labels(w, head(), f) })
				if len(got.pages) != 2 {
					t.Fatalf("%s: %d pages", s.Name, len(got.pages))
				}
				onLabel(t, got.pages[0][:len(got.pages[0])/2], place(s, s.Count()-2))
				onLabel(t, got.pages[1], place(s, 0))
				want := label
				if inQR {
					want += "\nIf found, return to: Hill Road Primary School, Hill Road, Swansea SA1 1AA"
				}
				if read := scan(t, got.rects[1]); read != want {
					t.Errorf("%s: the code says %q, want %q", s.Name, read, want)
				}
			}
		}
	}
}

func onLabel(t *testing.T, boxes []box, in image.Rectangle) {
	t.Helper()
	if len(boxes) == 0 {
		t.Error("nothing is printed")
	}
	for i, b := range boxes {
		at := image.Rect(int(b.left*100), int(b.top*100), int(b.right*100), int(b.bottom*100))
		if !at.In(in) {
			t.Errorf("%v leaves its label, %v", b, in)
		}
		for _, c := range boxes[i+1:] {
			if b.over(c) {
				t.Errorf("%v lies on %v", b, c)
			}
		}
	}
}

// scan reads the code that is drawn, as a scanner does: from a picture of what is
// dark at the middle of each of its dots.
func scan(t *testing.T, rects []pdf.Rect) string {
	t.Helper()
	left, bottom, right, top, dot := math.Inf(1), math.Inf(1), 0.0, 0.0, math.Inf(1)
	for _, r := range rects {
		left, right = min(left, r.Min.X, r.Max.X), max(right, r.Min.X, r.Max.X)
		bottom, top = min(bottom, r.Min.Y, r.Max.Y), max(top, r.Min.Y, r.Max.Y)
		dot = min(dot, math.Abs(r.Max.X-r.Min.X))
	}
	const scale, quiet = 4, 4
	n := int(math.Round((right - left) / dot))
	img := image.NewGray(image.Rect(0, 0, (n+2*quiet)*scale, (n+2*quiet)*scale))
	for i := range img.Pix {
		x, y := i%img.Stride/scale-quiet, i/img.Stride/scale-quiet
		img.Pix[i] = 255
		if dark(rects, left+(float64(x)+0.5)*dot, top-(float64(y)+0.5)*dot) {
			img.Pix[i] = 0
		}
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
	if err != nil {
		t.Errorf("the code cannot be read: %v", err)
		return ""
	}
	return result.GetText()
}

// dark reports whether a point lies on something drawn.
func dark(rects []pdf.Rect, x, y float64) bool {
	return slices.ContainsFunc(rects, func(r pdf.Rect) bool {
		return x > min(r.Min.X, r.Max.X) && x < max(r.Min.X, r.Max.X) && y > min(r.Min.Y, r.Max.Y) && y < max(r.Min.Y, r.Max.Y)
	})
}

// TestLabelsAreNeverCut prints sheets of labels that are hard to tell apart. Each is
// found whole on its place, so that no two read the same, or the sheet is refused.
func TestLabelsAreNeverCut(t *testing.T) {
	random := rand.New(rand.NewPCG(15, 3))
	alphabets := []string{"IL1|", "HRP-0", "ŵŷâ ", "مدرسة", "山田川", "श्री", "ab  "}
	refused := map[error]int{}
	for round := range 28 {
		sheet := papers.Sheets()[round%len(papers.Sheets())]
		letters := []rune(alphabets[round%len(alphabets)])
		stem := strings.Repeat(string(letters[:2]), random.IntN(24))
		f := papers.LabelFacts{Sheet: sheet, Return: "Ysgol Bryn Coch, Abertawe SA1 1AA"}
		for range min(sheet.Count(), 24) {
			label := stem
			for range 1 + random.IntN(6) {
				label += string(letters[random.IntN(len(letters))])
			}
			if label = strings.TrimSpace(label); label != "" && !slices.Contains(f.Labels, label) {
				f.Labels = append(f.Labels, label)
			}
		}
		var out bytes.Buffer
		if err := papers.Labels(&out, head(), f); err != nil {
			var of *papers.LabelError
			if !errors.As(err, &of) || !slices.Contains(f.Labels, of.Label) || out.Len() > 0 {
				t.Errorf("%s: %v, %d bytes", sheet.Name, err, out.Len())
			}
			refused[of.Err]++
			continue
		}
		got := read(t, func(w io.Writer) error { _, err := w.Write(out.Bytes()); return err })
		for i, label := range f.Labels {
			in := place(sheet, i)
			var said strings.Builder
			for _, b := range got.pages[0] {
				if image.Pt(int(b.left*100), int(b.bottom*100)).In(in) {
					said.WriteString(b.text)
				}
			}
			bare := func(text string) string { return strings.ReplaceAll(norm.NFC.String(text), " ", "") }
			if !strings.HasPrefix(bare(said.String()), bare(label)) {
				t.Errorf("%s: label %q reads %q", sheet.Name, label, said.String())
			}
		}
	}
	if refused[papers.ErrAlike] == 0 || refused[papers.ErrRoom]+refused[papers.ErrAlike] > 14 {
		t.Errorf("refused: %v", refused)
	}
}

func TestLabelsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*papers.LabelFacts)
		want   error
	}{
		"none":           {func(l *papers.LabelFacts) { l.Labels = nil }, papers.ErrLabels},
		"empty":          {func(l *papers.LabelFacts) { l.Labels = []string{" "} }, papers.ErrLabels},
		"too long":       {func(l *papers.LabelFacts) { l.Labels = []string{strings.Repeat("x", 300)} }, papers.ErrLabels},
		"too much in QR": {func(l *papers.LabelFacts) { l.ReturnInQR, l.Return = true, strings.Repeat("x", 5000) }, papers.ErrLabels},
		"no room":        {func(l *papers.LabelFacts) { l.Sheet, l.Labels = papers.Sheets()[0], []string{strings.Repeat("W", 190)} }, papers.ErrRoom},
		"alike":          {func(l *papers.LabelFacts) { l.Labels = []string{"HRP-\u200b1", "HRP-1"} }, papers.ErrAlike},
		"no type":        {func(l *papers.LabelFacts) { l.Labels = []string{"HRP \U0001f43b"} }, papers.ErrLetters},
		"no type below":  {func(l *papers.LabelFacts) { l.Return = "School \U0001f43b" }, papers.ErrLetters},
		"before first":   {func(l *papers.LabelFacts) { l.Start = -1 }, papers.ErrStart},
		"after last":     {func(l *papers.LabelFacts) { l.Start = 22 }, papers.ErrStart},
	} {
		l := labels("L7160", 1)
		test.change(&l)
		if err := papers.Labels(io.Discard, head(), l); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
