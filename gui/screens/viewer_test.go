package screens

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"stowage/gui/guitest/screenstest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"stowage/gui/widgets"
)

// viewDocument puts one of the documents of gui/viewer/office on the stick, and views it.
func (r *rig) viewDocument(name string) {
	r.t.Helper()
	r.Drop(fyne.NewPos(500, 400), filepath.Join("..", "viewer", "office", "testdata", name))
	r.pick(name)
	r.Key(fyne.KeyReturn)
	if _, ok := r.Session.Current().(*viewer); !ok {
		r.t.Fatalf("%s is not viewed", name)
	}
}

// paper is what a viewer shows its page on, which has the focus.
func (r *rig) paper() *widgets.Paper {
	r.t.Helper()
	p, ok := r.Session.Window.Canvas().Focused().(*widgets.Paper)
	if !ok {
		r.t.Fatalf("the page has not the focus, but %q", r.FocusedLabel())
	}
	return p
}

func TestDocumentsAreShownWithoutBeingWritten(t *testing.T) {
	r := openRig(t)
	r.viewDocument("letter.docx")
	r.MustSee("Adroddiad Sŵn", "First bold end.", "Name  Year", "Ana   7", "After the table.")
	if label := r.paper().AccessibilityLabel(); label != "letter.docx\nAdroddiad Sŵn\n\nFirst bold end.\n\none tab\nnext line\n\na point\n\nName  Year\nAna   7\n\nAfter the table." {
		t.Errorf("a screen reader reads %q", label)
	}
	if len(r.opener.paths) > 0 || r.opened().files != nil {
		t.Error("it was decrypted to this computer")
	}
	if entries, _ := os.ReadDir(r.Session.Services.Private); len(entries) > 0 {
		t.Errorf("on this computer: %v", entries)
	}
	r.Key(fyne.KeyEscape)
	if _, ok := r.Session.Current().(*browser); !ok {
		t.Error("Esc did not close it")
	}
}

func TestSheetsAreTurnedOver(t *testing.T) {
	r := openRig(t)
	r.viewDocument("marks.xlsx")
	r.MustSee("Sheet 1 of 2: Marks", "2  Ana    2015-09-03  0.3   25.0%")
	r.Key(fyne.KeyPageDown)
	r.MustSee("Sheet 2 of 2: Hidden · hidden in its own program", "1  secret")
	r.Key(fyne.KeyPageDown) // there is no more
	r.MustSee("Sheet 2 of 2")
	r.Press("Previous")
	r.MustSee("Sheet 1 of 2")
	r.Press("Next")
	r.MustSee("Sheet 2 of 2")
}

func TestPagesAreMadeLarger(t *testing.T) {
	r := openRig(t)
	r.viewDocument("letter.docx")
	height := func() float32 {
		var size float32
		r.Each(func(o fyne.CanvasObject) {
			if text, ok := o.(*canvas.Text); ok && text.Text == "Adroddiad Sŵn" {
				size = text.TextSize
			}
		})
		return size
	}
	usual := height()
	r.Key(fyne.KeyEqual, fyne.KeyModifierControl)
	if larger := height(); larger <= usual {
		t.Errorf("it was %v high and is %v", usual, larger)
	}
	r.Key(fyne.KeyMinus, fyne.KeyModifierControl)
	r.Key(fyne.KeyMinus, fyne.KeyModifierControl)
	if smaller := height(); smaller >= usual {
		t.Errorf("it was %v high and is %v", usual, smaller)
	}
	r.Menu("Usual size")
	if height() != usual {
		t.Errorf("it was %v high and is %v", usual, height())
	}
}

func TestDocumentsThatCannotBeShownAreSaidSo(t *testing.T) {
	r := openRig(t)
	for name, c := range map[string]struct{ data, want string }{
		"locked.docx": {lockedDocument(), "This document opens with a password only"},
		"broken.docx": {"PK\x03\x04 and nothing more\x00", "This kind of file cannot be shown"},
	} {
		r.Drop(fyne.NewPos(500, 400), r.file(name, c.data))
		r.pick(name)
		r.Key(fyne.KeyReturn)
		r.MustSee(c.want, "Open it in its own program")
		r.Key(fyne.KeyEscape)
	}
}

// lockedDocument is as much as tells of a document that Office protects by a password.
func lockedDocument() string {
	data := make([]byte, 2048)
	copy(data, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	data[0x1e], data[0x30] = 9, 1
	for i, c := range "EncryptedPackage" {
		data[1024+2*i] = byte(c)
	}
	return string(data)
}

// TestPicturesHaveThumbnails waits for the small picture in the list of files: red at the left.
func TestPicturesHaveThumbnails(t *testing.T) {
	r := openRig(t)
	picture := image.NewRGBA(image.Rect(0, 0, 400, 200))
	draw.Draw(picture, image.Rect(0, 0, 200, 200), image.NewUniform(color.RGBA{255, 0, 0, 255}), image.Point{}, draw.Src)
	var b bytes.Buffer
	screenstest.Check(t, png.Encode(&b, picture))
	r.Drop(fyne.NewPos(500, 400), r.file("wide.png", b.String()), r.file("no picture.png", "text"))
	thumbs := func() (found []image.Image) {
		r.Each(func(o fyne.CanvasObject) {
			if small, ok := o.(*canvas.Image); ok && small.Image != nil && small.Image.Bounds().Dx() == widestThumb {
				found = append(found, small.Image)
			}
		})
		return found
	}
	r.Until("the thumbnail", func() bool { return len(thumbs()) > 0 })
	all := thumbs()
	if size := all[0].Bounds().Size(); len(all) != 1 || size != image.Pt(64, 32) {
		t.Fatalf("%d thumbnails, the first of %v", len(all), size)
	}
	if red, _, _, _ := all[0].At(10, 10).RGBA(); red < 0xf000 {
		t.Errorf("it is not red at the left: %v", all[0].At(10, 10))
	}
	if entries, _ := os.ReadDir(r.Session.Services.Private); len(entries) > 0 {
		t.Errorf("on this computer: %v", entries)
	}
}
